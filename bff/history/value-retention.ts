import type { Clock } from '@tickfolio/lib/clock';
import { inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { ExchangeClock } from '../market/exchange-clock.js';
import type { ValueHistory } from './value-history.js';
import type { ValuePartitions } from './value-partitions.js';

export interface ValueRetentionDeps {
  readonly partitions: ValuePartitions;
  /** What values are stamped by: the partitions are those of the database's days. */
  readonly history: Pick<ValueHistory, 'now'>;
  readonly clock: Clock;
  /**
   * Held against the clocks here and of the database, each of which may be off by days for a while, as after a virtual
   * machine's resume.
   */
  readonly exchange: Pick<ExchangeClock, 'known' | 'now'>;
  readonly log: Logger;
}

/**
 * Makes room for the values of the days to come, and removes what is kept no longer; apart from the recording, which
 * goes on whatever becomes of it.
 */
export interface ValueRetention {
  /** Does not wait for what is being done: it can be repeated. */
  close(): void;
}

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
/** What could not be done is tried again after so long. */
const retryMs = 10 * minuteMs;
/** A start has more urgent things to ask of the database. */
const firstMs = 1_000;
/** Rows are removed for so long a minute. */
const budgetMs = 3_000;

/**
 * Work that is due once a day (UTC), when it failed again later, and where it came to no end a minute later.
 * @param now undefined while nobody knows what day it is
 */
const daily = (
  clock: Pick<Clock, 'monotonic'>,
  now: () => Promise<number | undefined>,
  work: (nowMs: number) => Promise<boolean>,
  onFault: (err: unknown) => void,
) => {
  let day = Number.NaN;
  let dueMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (clock.monotonic() < dueMs) return;
    try {
      const nowMs = await now();
      if (nowMs === undefined) return;
      const today = Math.floor(nowMs / dayMs);
      if (today !== day && (await work(nowMs))) day = today;
    } catch (err) {
      dueMs = clock.monotonic() + retryMs;
      onFault(err);
    }
  };
};

export const createValueRetention = ({
  partitions,
  history,
  clock,
  exchange,
  log,
}: ValueRetentionDeps): ValueRetention => {
  let closed = false;
  const warn = (err: unknown, words: string) => {
    if (!closed) log.warn({ err }, words);
  };
  const prepare = daily(
    clock,
    history.now,
    (nowMs) => partitions.prepare(nowMs),
    (err) =>
      warn(err, 'no tables could be made for the values of the next days; those are recorded into the common one'),
  );
  /**
   * What is removed stays so: all clocks have to say that it is over. While the exchange's is not known nothing new is
   * recorded either.
   */
  const agreedNow = async () => {
    const databaseMs = await history.now();
    return exchange.known ? Math.min(clock.now(), exchange.now(), databaseMs) : undefined;
  };
  const prune = daily(
    clock,
    agreedNow,
    (nowMs) => partitions.prune(nowMs, budgetMs),
    (err) => warn(err, 'values that are kept no longer could not be removed'),
  );
  let running = false;
  const round = async () => {
    if (running) return;
    running = true;
    await prepare();
    await prune();
    running = false;
  };
  const first = clock.after(firstMs, () => void inBackground(round));
  const others = clock.every(minuteMs, () => void inBackground(round));
  return {
    close: () => {
      closed = true;
      first.cancel();
      others.cancel();
    },
  };
};
