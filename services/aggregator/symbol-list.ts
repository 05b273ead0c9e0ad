import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { MarketFeed } from './market-feed.js';

export interface SymbolListOptions {
  /** Default 10 000. */
  readonly refreshMs: number;
  /** After a failed reading; doubled up to the second. Default 100 and 1 000. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
}

export const symbolListDefaults: SymbolListOptions = { refreshMs: 10_000, minRetryMs: 100, maxRetryMs: 1_000 };

/** The exchange's symbols as the socket service knows them, read again and again. */
export interface SymbolList {
  /** False until the list was read once. */
  readonly known: boolean;
  readonly revision: string;
  readonly simulated: boolean;
  readonly symbols: readonly ListedSymbol[];
  /** @param symbol lower case */
  has(symbol: string): boolean;
  /** Why the last reading failed, or undefined. */
  readonly fault: string | undefined;
  close(): void;
}

/** @param changed told when there is another list. */
export const createSymbolList = (
  deps: { readonly clock: Clock; readonly feed: Pick<MarketFeed, 'listSymbols'>; readonly log: Logger; readonly changed: () => void },
  options: SymbolListOptions = symbolListDefaults,
): SymbolList => {
  const { clock, feed, log, changed } = deps;
  const controller = new AbortController();
  let known = false;
  let revision = '';
  let simulated = false;
  let symbols: readonly ListedSymbol[] = [];
  let names: ReadonlySet<string> = new Set();
  let fault: string | undefined = 'the list was not read yet';

  const refresh = async () => {
    const answer = await feed.listSymbols(revision, controller.signal);
    fault = undefined;
    simulated = answer.simulated;
    if (known && answer.revision === revision) return;
    known = true;
    revision = answer.revision;
    symbols = answer.symbols;
    names = new Set(symbols.map(({ symbol }) => symbol));
    log.info({ symbols: symbols.length, revision, simulated }, 'symbol list read');
    changed();
  };
  const follow = async () => {
    let failures = 0;
    while (!controller.signal.aborted) {
      let waitMs = options.refreshMs;
      try {
        await refresh();
        failures = 0;
      } catch (thrown) {
        if (controller.signal.aborted) return;
        const error = toAppError(thrown);
        fault = error.message;
        waitMs = Math.min(options.maxRetryMs, options.minRetryMs * 2 ** Math.min(failures, 16));
        failures += 1;
        // The first ones are a start in which the socket service is not up yet.
        if (failures === 3) log.warn({ code: error.code, reason: error.message }, 'symbol list cannot be read');
      }
      await sleep(clock, waitMs, controller.signal);
    }
  };
  void follow();

  return {
    get known() {
      return known;
    },
    get revision() {
      return revision;
    },
    get simulated() {
      return simulated;
    },
    get symbols() {
      return symbols;
    },
    has: (symbol) => names.has(symbol),
    get fault() {
      return fault;
    },
    close: () => controller.abort(),
  };
};
