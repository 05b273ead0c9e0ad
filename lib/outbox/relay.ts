import type { Clock, Timer } from '../clock/clock.js';
import { waitUntil } from '../clock/clock.js';
import type { EventLog } from '../event-log/event-log.js';
import { inBackground } from '../postgres/postgres.js';
import { doubledMs } from '../retry/backoff.js';
import type { Logger, Metrics } from '../telemetry/telemetry.js';
import { detached } from '../tracing/tracing.js';
import { bounded } from './bounded.js';
import { messageOf } from './envelope.js';
import { createLease, type LeaseDeps } from './lease.js';
import { createUnsent, type UnsentDeps, type UnsentRow, type Waiting } from './unsent.js';

/** Sends what is written down. */
export interface Relay {
  /** Something was committed: looks at once, where this is the replica that sends. Never waits. */
  wake(): void;
  /** Lets the batch that runs end, no longer than until the signal, and another replica send. */
  close(until?: AbortSignal): Promise<void>;
}

export interface RelayDeps extends LeaseDeps, UnsentDeps {
  readonly tables: LeaseDeps['tables'] & UnsentDeps['tables'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly eventLog: Pick<EventLog, 'append'>;
}

export interface RelayOptions {
  /** The service. */
  readonly source: string;
  /** Names this replica; another one after each start. */
  readonly holder: string;
  /** How often the one that sends looks by itself: others may have written. */
  readonly pollMs: number;
}

const maxBatch = 500;
/** The log's own bound may be longer than the lease. What arrives later is there twice. */
const appendMs = 5_000;
/** How often the others try to become the one that sends; and the longest pause while the log is away. */
const tryMs = 5_000;
const minRetryMs = 100;

/**
 * Starts sending what was committed to the event log, oldest first, in one replica at a time; what was not acknowledged
 * is sent again. So everything arrives at least once and, of one stream, for the first time in order. While the
 * log is asked there is no transaction open.
 */
export const startRelay = (deps: RelayDeps, { source, holder, pollMs }: RelayOptions): Relay => {
  const { clock, log, metrics, eventLog } = deps;
  const lease = createLease(deps, { name: 'relay', holder });
  const unsent = createUnsent(deps);
  const sent = metrics.counter({ name: 'events_sent_total', help: 'Events that the log has acknowledged' });
  const age = metrics.gauge({
    name: 'events_unsent_age_seconds',
    help: 'For how long the oldest event waits that the log has not acknowledged; 0 where none waits',
  });
  const closing = new AbortController();
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let failures = 0;
  let isHolder = true; // Until it was tried.

  let seen: { readonly seq: number; readonly sinceMs: number } | undefined;
  /** What was written before the clock was set back is of no age by that, so it waits since it was first seen waiting. */
  const tellAge = (oldest: Waiting | undefined) => {
    const nowMs = clock.monotonic();
    if (oldest?.seq !== seen?.seq) seen = oldest && { seq: oldest.seq, sinceMs: nowMs };
    age.set(oldest && seen ? Math.max(oldest.ageS, (nowMs - seen.sinceMs) / 1_000) : 0);
  };
  const append = async (topic: string, rows: readonly UnsentRow[]): Promise<void> => {
    const messages = rows.map((row) => messageOf(row, { source, epoch: row.epoch }));
    await bounded(clock, appendMs, 'The event log', eventLog.append(topic, messages));
  };
  /** @returns the first topic that the log does not take, with what it said */
  const sendRows = async (rows: readonly UnsentRow[]) => {
    for (const topic of new Set(rows.map((row) => row.topic))) {
      const ofTopic = rows.filter((row) => row.topic === topic);
      try {
        await append(topic, ofTopic);
      } catch (thrown) {
        return { topic, thrown };
      }
      await unsent.sent(ofTopic);
      sent.inc(ofTopic.length);
    }
    return undefined;
  };
  /** Until nothing waits but topics that the log does not take: the others go on. @throws what it said of the first */
  const send = async (): Promise<void> => {
    const refused = new Map<string, unknown>();
    while (!closing.signal.aborted) {
      isHolder = await lease.take();
      if (!isHolder) {
        tellAge(await unsent.oldest());
        return;
      }
      const rows = await unsent.read(maxBatch, [...refused.keys()]);
      if (refused.size === 0) tellAge(rows[0]);
      const left = await sendRows(rows);
      if (left) {
        refused.set(left.topic, left.thrown);
        continue;
      }
      if (refused.size === 0) tellAge(undefined);
      if (rows.length < maxBatch) break;
    }
    if (refused.size === 0) return;
    tellAge(await unsent.oldest());
    throw [...refused.values()][0];
  };
  const round = async (): Promise<void> => {
    again = false;
    try {
      await send();
      if (failures > 0) log.info('events are sent again');
      failures = 0;
    } catch (err) {
      failures += 1;
      const words = 'events could not be sent to the event log; they wait in the database';
      if (failures === 1 && !closing.signal.aborted) log.warn({ err }, words);
    }
  };
  const pauseMs = () => {
    if (failures > 0) return doubledMs(minRetryMs, tryMs, failures - 1);
    return isHolder ? pollMs : tryMs;
  };
  const look = () => {
    if (closing.signal.aborted) return;
    if (running) {
      again = true;
      return;
    }
    timer?.cancel();
    running = detached(() => inBackground(round)).finally(() => {
      running = undefined;
      if (closing.signal.aborted) return;
      // Here and not in the round: what is committed while that ends would wait for the next look.
      if (again && failures === 0 && isHolder) look();
      else timer = clock.after(pauseMs(), look);
    });
  };
  timer = clock.after(pollMs, look);

  return {
    wake: () => {
      // Who holds the lease elsewhere looks by itself, and a log that is away is not asked more often for that.
      if (isHolder && failures === 0) look();
    },
    close: async (until) => {
      closing.abort();
      timer?.cancel();
      await waitUntil(until, running ?? Promise.resolve());
      await waitUntil(
        until,
        lease.release().catch((err: unknown) => log.debug({ err }, 'the lease of the relay runs out by itself')),
      );
    },
  };
};
