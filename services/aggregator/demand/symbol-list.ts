import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { createBackoff, type RetryPolicy } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { MarketFeed } from '../feed/market-feed.js';

/** The pauses are those after a failed reading, by default 100 ms to 1 s. */
export interface SymbolListOptions extends RetryPolicy {
  /** Costs next to nothing while the list is the same. Default 3 000. */
  readonly refreshMs: number;
}

export const symbolListDefaults: SymbolListOptions = { refreshMs: 3_000, minRetryMs: 100, maxRetryMs: 1_000 };

/** What is kept of a listed symbol; its rules for orders are asked for where there are orders. */
export type KnownSymbol = Pick<
  ListedSymbol,
  'symbol' | 'baseAsset' | 'quoteAsset' | 'status' | 'tickSize' | 'stepSize' | 'paused'
>;

const knownOf = ({ symbol, baseAsset, quoteAsset, status, tickSize, stepSize, paused }: ListedSymbol): KnownSymbol => ({
  symbol,
  baseAsset,
  quoteAsset,
  status,
  tickSize,
  stepSize,
  paused,
});

/** The exchange's symbols as the socket service knows them, read again and again. */
export interface SymbolList {
  /** False until the list was read once. */
  readonly known: boolean;
  readonly revision: string;
  readonly simulated: boolean;
  readonly symbols: readonly KnownSymbol[];
  /** @param symbol lower case */
  has(symbol: string): boolean;
  /** Why the last reading failed, or undefined. */
  readonly fault: string | undefined;
  /**
   * Has the exchange asked again, because somebody looks for what is not listed. Resolves with the newest list here;
   * never rejects.
   */
  lookAgain(): Promise<void>;
  close(): void;
}

/** @param changed told when there is another list. */
export const createSymbolList = (
  deps: {
    readonly clock: Clock;
    readonly feed: Pick<MarketFeed, 'listSymbols'>;
    readonly log: Logger;
    readonly changed: () => void;
  },
  options: SymbolListOptions = symbolListDefaults,
): SymbolList => {
  const { clock, feed, log, changed } = deps;
  const controller = new AbortController();
  let known = false;
  let revision = '';
  let simulated = false;
  let symbols: readonly KnownSymbol[] = [];
  let names: ReadonlySet<string> = new Set();
  let fault: string | undefined = 'the list was not read yet';
  let turn: Promise<void> = Promise.resolve();
  let looking: Promise<void> | undefined;

  const read = async (fresh: boolean) => {
    const answer = await feed.listSymbols(revision, fresh, controller.signal);
    fault = undefined;
    simulated = answer.simulated;
    if (known && answer.revision === revision) return;
    known = true;
    revision = answer.revision;
    symbols = answer.symbols.map(knownOf);
    names = new Set(symbols.map(({ symbol }) => symbol));
    log.info({ symbols: symbols.length, revision, simulated }, 'symbol list read');
    changed();
  };
  /** One after the other: an answer says what changed since the revision it was asked with. */
  const refresh = (fresh = false): Promise<void> => {
    const mine = turn.then(() => read(fresh));
    turn = mine.catch(() => undefined); // Told to who asked.
    return mine;
  };
  const follow = async () => {
    const backoff = createBackoff(options);
    while (!controller.signal.aborted) {
      let waitMs = options.refreshMs;
      try {
        await refresh();
        backoff.reset();
      } catch (thrown) {
        if (controller.signal.aborted) return;
        const error = toAppError(thrown);
        fault = error.message;
        waitMs = backoff.next();
        // The first ones are a start in which the socket service is not up yet.
        if (backoff.failures === 3) log.warn({ code: error.code, reason: error.message }, 'symbol list cannot be read');
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
    lookAgain: () => {
      looking ??= refresh(true)
        .catch((thrown: unknown) =>
          log.warn({ reason: toAppError(thrown).message }, 'the exchange’s list could not be looked at again'),
        )
        .finally(() => {
          looking = undefined;
        });
      return looking;
    },
    close: () => controller.abort(),
  };
};
