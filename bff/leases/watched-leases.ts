import type { Clock } from '@tickfolio/lib/clock';
import { inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { HeldSymbol } from '../market/symbols.js';
import type { SymbolLeases } from './symbol-leases.js';

export interface WatchedLeasesDeps {
  /** What is watched on connections of this replica. */
  readonly watched: () => readonly HeldSymbol[];
  readonly leases: Pick<SymbolLeases, 'follow'>;
  /** What is followed may be more now. */
  readonly onChange: () => void;
  readonly clock: Pick<Clock, 'every' | 'monotonic'>;
  readonly log: Logger;
}

const lookEveryMs = 1_000;
/** A lease ends after a minute; what could not be written has two more tries before. */
const renewEveryMs = 20_000;
const retryMs = 5_000;

/** Has what is watched followed for as long as somebody here is told of it, and up to a minute longer. */
export const startWatchedLeases = (deps: WatchedLeasesDeps): { close(): void } => {
  const { watched, leases, onChange, clock, log } = deps;
  let followed: ReadonlySet<string> = new Set();
  let dueMs = Number.NEGATIVE_INFINITY;
  let isWriting = false;

  const write = async (symbols: readonly HeldSymbol[], isMore: boolean) => {
    isWriting = true;
    try {
      await leases.follow(symbols);
      followed = new Set(symbols.map(({ symbol }) => symbol));
      dueMs = clock.monotonic() + renewEveryMs;
      if (isMore) onChange();
    } catch (err) {
      log.warn({ err }, 'what is watched cannot be followed; trying again');
      dueMs = clock.monotonic() + retryMs;
      followed = new Set(symbols.map(({ symbol }) => symbol)); // Tried again when that is due, not at once.
    }
    isWriting = false;
  };
  const look = clock.every(lookEveryMs, () => {
    if (isWriting) return;
    const symbols = watched();
    if (symbols.length === 0) return;
    const isMore = symbols.some(({ symbol }) => !followed.has(symbol));
    if (isMore || clock.monotonic() >= dueMs) void inBackground(() => write(symbols, isMore));
  });
  return { close: () => look.cancel() };
};
