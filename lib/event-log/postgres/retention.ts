import type { Clock, Timer } from '../../clock/clock.js';
import { inBackground } from '../../postgres/background.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { detached } from '../../tracing/tracing.js';
import type { TopicSettings } from '../event-log.js';
import { planForgetting } from './forgetting.js';
import type { PostgresLogLimits } from './limits.js';
import type { LogTopic, LogTopics } from './log-topics.js';

/** Removes what need not be kept any more, in small pieces, behind all others who ask the database. */
export interface Retention {
  /** Messages came. */
  appended(topic: LogTopic): void;
  /** Lets the piece that runs end. */
  close(): Promise<void>;
}

export interface RetentionDeps {
  readonly topics: LogTopics;
  readonly settings: () => Promise<readonly TopicSettings[]>;
  /** Counts what goes although a group has not read it. */
  readonly dropped: (topic: string, messages: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: PostgresLogLimits;
}

/** What came to a topic since it was looked at, as a part of what is kept; then it is looked at before its time. */
const muchMore = 0.1;

const keptMessages = ({ partitions }: LogTopic): number =>
  partitions.reduce((sum, partition) => sum + partition.bounds().next - partition.bounds().first, 0);

export const startRetention = (deps: RetentionDeps): Retention => {
  const { topics, settings, dropped, clock, log, limits } = deps;
  /** The oldest message of a topic, once it was looked for. */
  const oldest = new Map<string, Date>();
  /** How many messages it had when it was looked at. */
  const looked = new Map<string, number>();
  /** When it was looked first; on the monotonic clock. */
  let begunMs: number | undefined;
  let running: Promise<void> | undefined;
  let closed = false;
  let timer: Timer | undefined;

  /** @returns whether something went, so that there may be more */
  const forgetPiece = async (topic: LogTopic, keptSince: Date): Promise<boolean> => {
    const kept = keptMessages(topic);
    const known = oldest.get(topic.name);
    if (kept === 0 || (kept <= limits.maxMessages && known && known >= keptSince)) return false;
    const store = await topics.store();
    const heads = await Promise.all(
      topic.partitions.map((one, partition) =>
        store.heads({ topic: topic.name, partition, ...one.bounds() }, limits.maxForgetBatches),
      ),
    );
    begunMs ??= clock.monotonic();
    const mayReturn = clock.monotonic() - begunMs < limits.returnMs;
    const groups = [...topic.groups.values()].filter((group) => mayReturn || group.isKeptFor(keptSince.getTime()));
    const readUpTo = (partition: number) =>
      Math.min(...groups.map((group) => group.committed(partition) ?? group.position(partition)));
    const read = topic.partitions.reduce((sum, one, partition) => {
      const { first, next } = one.bounds();
      return sum + Math.max(0, Math.min(next, readUpTo(partition)) - first);
    }, 0);
    const plan = planForgetting(
      heads,
      { all: kept, read },
      { maxMessages: limits.maxMessages, maxUnreadMessages: limits.maxUnreadMessages, keptSince, readUpTo },
      { maxBatches: limits.maxForgetBatches, maxBytes: limits.maxForgetBytes },
    );
    if (plan.before.size === 0) {
      const times = heads.flatMap(([head]) => (head ? [head.at.getTime()] : []));
      if (times.length > 0) oldest.set(topic.name, new Date(Math.min(...times)));
      return false;
    }
    await store.forget(topic.name, plan.before);
    for (const [partition, before] of plan.before) topic.partitions[partition]?.forgotten(before);
    oldest.delete(topic.name);
    if (plan.unread > 0) tellMissed(topic, plan.unread);
    return true;
  };
  const tellMissed = (topic: LogTopic, messages: number) => {
    dropped(topic.name, messages);
    const slow = [...topic.groups.values()].filter((group) => group.hasMissed()).map(({ name }) => name);
    log.warn(
      { topic: topic.name, groups: slow, maxUnreadMessages: limits.maxUnreadMessages },
      'the event log is full; its oldest messages are dropped although they were not read',
    );
  };
  const sweep = async () => {
    try {
      const all = [...topics.all()];
      const keepMs = new Map(all.length > 0 ? (await settings()).map((topic) => [topic.name, topic.keepMs]) : []);
      for (const topic of all) {
        const keptSince = new Date(clock.now() - (keepMs.get(topic.name) ?? limits.keepMs));
        while (!closed && (await forgetPiece(topic, keptSince)));
        looked.set(topic.name, keptMessages(topic));
      }
    } catch (err) {
      log.info({ err }, 'old messages of the event log were not removed; it is tried again');
    }
  };
  const run = () => {
    if (closed || running) return;
    timer?.cancel();
    running = detached(() => inBackground(sweep)).finally(() => {
      running = undefined;
      if (!closed) timer = clock.after(limits.forgetEveryMs, run);
    });
  };
  timer = clock.after(limits.forgetEveryMs, run);

  return {
    appended: (topic) => {
      // Some are kept for a slow group, however often one looks.
      const expected = Math.max(limits.maxMessages, looked.get(topic.name) ?? 0);
      if (keptMessages(topic) > expected + muchMore * limits.maxMessages) run();
    },
    close: async () => {
      closed = true;
      timer?.cancel();
      await running;
    },
  };
};
