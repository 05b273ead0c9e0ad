import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { ArchiveNames } from '@tickfolio/lib/events/archive';

export interface TopicLifeDeps {
  readonly clickhouse: ClickHouse;
  readonly eventLog: Pick<EventLog, 'offsetsAt'>;
  readonly names: Pick<ArchiveNames, 'offsets'>;
  readonly topic: string;
  readonly clock: Clock;
}

/** A part of one partition, and the oldest message that the log keeps of it. */
export interface NotedRange {
  readonly partition: number;
  readonly kept: bigint;
  readonly first: bigint;
  readonly next: bigint;
}

/**
 * So much may the clocks of those who write messages and of ClickHouse differ. A topic that was lost is not made anew
 * so soon.
 */
const skewMs = 10_000;
/** How exactly the beginning is looked for. */
const precisionMs = 1_000;
const dayMs = 86_400_000;

const offsetAt = async ({ eventLog, topic }: TopicLifeDeps, partition: number, timeMs: number): Promise<bigint> =>
  BigInt((await eventLog.offsetsAt(topic, timeMs))[partition] ?? 0);

/**
 * A topic that was lost and made anew counts its offsets from 0 again, and what was noted of the former one says
 * nothing about it. No message can have been noted before it was written.
 * @returns the time (epoch milliseconds) from which notes of this range count; 0 where all of them do
 */
export const notesCountSince = async (
  deps: TopicLifeDeps,
  { partition, kept, first, next }: NotedRange,
): Promise<number> => {
  const { clickhouse, names, topic, clock } = deps;
  const [noted] = await clickhouse.query<{ notes: string; oldest: string }>(
    `SELECT count() AS notes, toUnixTimestamp64Milli(min(noted_at)) AS oldest FROM ${names.offsets} FINAL
     WHERE topic = {topic:String} AND kafka_partition = {partition:UInt16} AND kafka_offset >= {first:UInt64} AND kafka_offset < {next:UInt64}`,
    { topic, partition, first: String(first), next: String(next) },
  );
  if (!noted || noted.notes === '0') return 0;
  // A log that has let go of messages of the range tells of them only that they were there.
  const begin = first < kept ? first : kept;
  let before = Number(noted.oldest) + skewMs;
  if ((await offsetAt(deps, partition, before)) > begin) return 0;
  // Everything of the topic is younger than the oldest note. Its oldest message was written after `before` and not
  // after `since`.
  let since = clock.now() + dayMs;
  while (since - before > precisionMs) {
    const middle = Math.floor((before + since) / 2);
    if ((await offsetAt(deps, partition, middle)) > begin) since = middle;
    else before = middle;
  }
  return before - skewMs;
};

/**
 * Whether everything before these offsets had been written at a moment (epoch milliseconds): else the topic is another
 * one by now.
 */
export const wereWrittenBy = async (
  deps: TopicLifeDeps,
  timeMs: number,
  offsets: ReadonlyMap<number, bigint>,
): Promise<boolean> => {
  const reached = await deps.eventLog.offsetsAt(deps.topic, timeMs + skewMs);
  return [...offsets].every(([partition, offset]) => BigInt(reached[partition] ?? 0) >= offset);
};
