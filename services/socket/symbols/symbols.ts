import { createHash } from 'node:crypto';
import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { type Clock, sleep, type Timer } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { createBackoff } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { SocketLimits } from '../limits.js';
import { createPauses } from './pauses.js';

/** What the exchange's symbol list says: a status such as `TRADING`, `absent`, or undefined before it was read. */
export type Listing = string | 'absent' | undefined;

/** One reading of the exchange's symbol list. */
export interface SymbolList {
  readonly symbols: readonly ListedSymbol[];
  readonly simulated: boolean;
  /** Filters that could not be read, with their symbols. Default none. */
  readonly badFilters?: readonly string[];
}

export interface SymbolsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** @throws AppError */
  readonly read: (signal: AbortSignal) => Promise<SymbolList>;
  readonly changed: () => void;
}

export type SymbolsLimits = Pick<
  SocketLimits,
  | 'symbolsRefreshMs'
  | 'symbolsSoonMs'
  | 'symbolsCloselyMs'
  | 'symbolsLookAgainMs'
  | 'symbolsLookAgainWaitMs'
  | 'backoffBaseMs'
  | 'backoffCapMs'
>;

/**
 * The exchange's symbols, read at start and again from time to time, more often while something that traded pauses.
 * Goes on with what it has while the exchange does not answer.
 */
export interface Symbols {
  readonly current: (SymbolList & { readonly revision: string }) | undefined;
  /** Why the last reading failed, in words. */
  readonly fault: string | undefined;
  listing(symbol: string): Listing;
  /**
   * Reads the list at once, because somebody asks for what is not on it or a pause may be over. Resolves when that is
   * done, or at once where it was done lately or the exchange does not answer. Never rejects.
   */
  lookAgain(): Promise<void>;
  close(): Promise<void>;
}

const revisionOf = ({ symbols, simulated }: SymbolList): string =>
  createHash('sha256')
    .update(JSON.stringify([simulated, symbols]))
    .digest('hex')
    .slice(0, 16);

/** So many are named. */
const maxNamedFilters = 5;

export const createSymbols = ({ clock, log, random, read, changed }: SymbolsDeps, limits: SymbolsLimits): Symbols => {
  const stop = new AbortController();
  const backoff = createBackoff({ minRetryMs: limits.backoffBaseMs, maxRetryMs: limits.backoffCapMs, random });
  const pauses = createPauses(clock);
  let current: (SymbolList & { readonly revision: string }) | undefined;
  let statuses = new Map<string, string>();
  let fault: string | undefined = 'not read yet';
  let reading: Promise<void> | undefined;
  let timer: Timer | undefined;
  let lookedAgainMs = Number.NEGATIVE_INFINITY;
  let saidBadFilters = false;

  const sayBadFilters = (bad: readonly string[]) => {
    if (bad.length === 0 || saidBadFilters) return;
    saidBadFilters = true;
    const facts = { filters: bad.length, such: bad.slice(0, maxNamedFilters) };
    log.warn(facts, 'the symbol list has filters that cannot be read; they are left out');
  };
  const take = ({ symbols, simulated, badFilters = [] }: SymbolList) => {
    sayBadFilters(badFilters);
    const list = { simulated, symbols: pauses.mark(symbols) };
    const revision = revisionOf(list);
    fault = undefined;
    if (revision === current?.revision) return;
    const next = new Map(list.symbols.map(({ symbol, status }) => [symbol, status]));
    log.info(
      { symbols: next.size, revision, simulated: list.simulated },
      current ? 'the symbol list changed' : 'the symbol list was read',
    );
    current = { ...list, revision };
    statuses = next;
    changed();
  };
  const waitAfter = { usually: limits.symbolsRefreshMs, soon: limits.symbolsSoonMs, closely: limits.symbolsCloselyMs };
  /** @returns how long to wait until the next one */
  const readOnce = async (): Promise<number> => {
    try {
      take(await read(stop.signal));
      if (backoff.failures > 0) log.warn('the symbol list can be read again');
      backoff.reset();
      return Math.min(limits.symbolsRefreshMs, waitAfter[pauses.watch]) * (0.9 + 0.1 * random());
    } catch (thrown) {
      if (stop.signal.aborted) return 0;
      const err = toAppError(thrown);
      fault = err.message;
      const waitMs = Math.max(backoff.next(), err.retryAfterMs ?? 0);
      if (backoff.failures <= 3)
        log.warn({ reason: err.message, retryInMs: Math.round(waitMs) }, 'the symbol list could not be read');
      return waitMs;
    }
  };
  const refresh = (): Promise<void> => {
    timer?.cancel();
    reading ??= readOnce().then((waitMs) => {
      reading = undefined;
      if (!stop.signal.aborted) timer = clock.after(waitMs, () => void refresh());
    });
    return reading;
  };
  void refresh();

  return {
    get current() {
      return current;
    },
    get fault() {
      return fault;
    },
    listing: (symbol) => (current ? (statuses.get(symbol) ?? 'absent') : undefined),
    lookAgain: async () => {
      const nowMs = clock.monotonic();
      if (!reading) {
        // An exchange that fails or refuses is asked again when it is its turn.
        if (backoff.failures > 0 || stop.signal.aborted || nowMs - lookedAgainMs < limits.symbolsLookAgainMs) return;
        lookedAgainMs = nowMs;
      }
      const late = new AbortController();
      await Promise.race([refresh(), sleep(clock, limits.symbolsLookAgainWaitMs, late.signal)]);
      late.abort();
    },
    close: async () => {
      stop.abort();
      timer?.cancel();
      await reading;
    },
  };
};
