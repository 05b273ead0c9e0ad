import type { Clock } from '@tickfolio/lib/clock';
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
  /** Whoever asks for the same key meanwhile gets the same read. @param maxAgeMs how old the last try, good or bad, may be */
  get<T>(key: string, maxAgeMs: number, load: () => Promise<T>): Promise<Reading<T>>;
}

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
      if (!entry.loading && clock.monotonic() - entry.triedAtMs < maxAgeMs) return entry.reading as Reading<T>;
      entry.loading ??= load(entry, work);
      return (await entry.loading) as Reading<T>;
    },
  };
};
