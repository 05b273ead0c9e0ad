import { type Clock, sleep } from '@tickfolio/lib/clock';
import { type AppError, toAppError } from '@tickfolio/lib/errors';

/** Something that was read, perhaps a while ago. */
export interface Reading<T> {
  /** What the last read that succeeded gave; undefined when none did. */
  readonly value: T | undefined;
  readonly readAtMs: number;
  /** Why the last try failed; undefined when it did not. */
  readonly fault: AppError | undefined;
}

/** Keeps what was read for a moment, so that many viewers cost one query, and longer for when the next read fails. */
export interface Readings {
  /**
   * Whoever asks for the same key meanwhile gets the same read. @param maxAgeMs how old it may be; a failed try counts
   * for a second at most
   */
  get<T>(key: string, maxAgeMs: number, load: () => Promise<T>): Promise<Reading<T>>;
}

/** A reader who can be shown what was read before waits no longer than this for what is new. */
const patienceMs = 1_500;
/** So soon is tried again what failed. */
const maxFaultAgeMs = 1_000;

interface Entry {
  reading: Reading<unknown>;
  triedAtMs: number;
  loading: Promise<Reading<unknown>> | undefined;
}

/** @param maxEntries the keys asked for longest ago are forgotten first */
export const createReadings = (clock: Clock, maxEntries: number): Readings => {
  const entries = new Map<string, Entry>();

  const load = async (entry: Entry, work: () => Promise<unknown>): Promise<Reading<unknown>> => {
    try {
      const value = await work();
      entry.reading = { value, readAtMs: clock.now(), fault: undefined };
    } catch (err) {
      entry.reading = { ...entry.reading, fault: toAppError(err) };
    }
    entry.triedAtMs = clock.monotonic();
    entry.loading = undefined;
    return entry.reading;
  };
  return {
    get: async <T>(key: string, maxAgeMs: number, work: () => Promise<T>) => {
      const empty = { value: undefined, readAtMs: 0, fault: undefined };
      const entry = entries.get(key) ?? { reading: empty, triedAtMs: Number.NEGATIVE_INFINITY, loading: undefined };
      // The order of a Map is the order of insertion: what is asked for goes to the end.
      entries.delete(key);
      entries.set(key, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
      const keptMs = entry.reading.fault ? Math.min(maxAgeMs, maxFaultAgeMs) : maxAgeMs;
      if (!entry.loading && clock.monotonic() - entry.triedAtMs < keptMs) return entry.reading as Reading<T>;
      entry.loading ??= load(entry, work);
      const loading = entry.loading as Promise<Reading<T>>;
      if (entry.reading.value === undefined) return loading;
      // What was read before is better than a page that does not come.
      const waiting = new AbortController();
      const known = entry.reading as Reading<T>;
      try {
        return await Promise.race([loading, sleep(clock, patienceMs, waiting.signal).then(() => known)]);
      } finally {
        waiting.abort();
      }
    },
  };
};
