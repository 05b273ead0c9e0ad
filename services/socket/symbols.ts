import { createHash } from 'node:crypto';
import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import { createBackoff } from './backoff.js';
import type { Listing } from './feed.js';

/** One reading of the exchange's symbol list. */
export interface SymbolList {
  readonly symbols: readonly ListedSymbol[];
  readonly simulated: boolean;
}

export interface SymbolsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** @throws AppError */
  readonly read: (signal: AbortSignal) => Promise<SymbolList>;
  readonly changed: () => void;
}

export interface SymbolsOptions {
  readonly refreshMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

/** The exchange's symbols, read at start and again from time to time. Goes on with what it has while the exchange does not answer. */
export interface Symbols {
  readonly current: (SymbolList & { readonly revision: string }) | undefined;
  /** Why the last reading failed, in words. */
  readonly fault: string | undefined;
  listing(symbol: string): Listing;
  close(): Promise<void>;
}

const revisionOf = ({ symbols, simulated }: SymbolList): string =>
  createHash('sha256')
    .update(JSON.stringify([simulated, symbols]))
    .digest('hex')
    .slice(0, 16);

export const createSymbols = ({ clock, log, random, read, changed }: SymbolsDeps, options: SymbolsOptions): Symbols => {
  const stop = new AbortController();
  const backoff = createBackoff({ baseMs: options.backoffBaseMs, capMs: options.backoffCapMs, random });
  let current: (SymbolList & { readonly revision: string }) | undefined;
  let statuses = new Map<string, string>();
  let fault: string | undefined = 'not read yet';

  const take = (list: SymbolList) => {
    const revision = revisionOf(list);
    fault = undefined;
    if (revision === current?.revision) return;
    const next = new Map(list.symbols.map(({ symbol, status }) => [symbol, status]));
    log.info({ symbols: next.size, revision, simulated: list.simulated }, current ? 'the symbol list changed' : 'the symbol list was read');
    current = { ...list, revision };
    statuses = next;
    changed();
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      let waitMs = options.refreshMs * (0.9 + 0.1 * random());
      try {
        take(await read(stop.signal));
        backoff.reset();
      } catch (thrown) {
        if (stop.signal.aborted) return;
        const err = toAppError(thrown);
        fault = err.message;
        waitMs = Math.max(backoff.next(), err.retryAfterMs ?? 0);
        if (backoff.failures <= 3) log.warn({ reason: err.message, retryInMs: Math.round(waitMs) }, 'the symbol list could not be read');
      }
      await sleep(clock, waitMs, stop.signal);
    }
  };
  const running = run();

  return {
    get current() {
      return current;
    },
    get fault() {
      return fault;
    },
    listing: (symbol) => (current ? (statuses.get(symbol) ?? 'absent') : undefined),
    close: async () => {
      stop.abort();
      await running;
    },
  };
};
