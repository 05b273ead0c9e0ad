import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog, PartitionOffsets } from '@tickfolio/lib/event-log';
import type { ArchiveNames } from '@tickfolio/lib/events/archive';
import { readKeptSince } from './kept-since.js';
import { notesCountSince } from './topic-life.js';

/** What became of one partition's messages from offset `first` up to `next`. */
export interface PartitionAudit {
  readonly partition: number;
  readonly first: bigint;
  /** One past the last message that was looked at. */
  readonly next: bigint;
  readonly messages: bigint;
  /** Messages whose ticker is in the table. */
  readonly archived: bigint;
  /** Of those, messages whose ticker the topic holds more than once; the table holds it once. */
  readonly repeated: bigint;
  readonly deadLetters: bigint;
  /** Messages that are neither in the table nor dead letters. */
  readonly missing: bigint;
  /** Rows that a query over the table counts too often. */
  readonly duplicate: bigint;
  /** Messages at the end that the archiver has not committed yet. */
  readonly waiting: bigint;
}

export interface AuditDeps {
  readonly clickhouse: ClickHouse;
  readonly eventLog: EventLog;
  readonly names: ArchiveNames;
  readonly topic: string;
  readonly group: string;
  readonly clock: Clock;
  /**
   * Rows older than this may be gone by the table's own rule, and count as archived. Epoch milliseconds; absent: none
   * is.
   */
  readonly keptSinceMs?: () => number;
}

/** Offsets compared in one query, which bounds its memory. */
const sliceOffsets = 1_000_000n;

interface SliceCounts {
  readonly archived: bigint;
  readonly dead: bigint;
  readonly rows: bigint;
  readonly ids: bigint;
}

interface Slice {
  readonly partition: number;
  readonly first: bigint;
  readonly next: bigint;
  /** What was noted before is about another topic of this name. Epoch milliseconds. */
  readonly notedSinceMs: number;
  /** Rows of a time before this may be gone. Epoch milliseconds. */
  readonly keptSinceMs: number;
}

const countSlice = async (
  { clickhouse, names, topic }: AuditDeps,
  { partition, first, next, notedSinceMs, keptSinceMs }: Slice,
): Promise<SliceCounts> => {
  const params = { topic, partition, first: String(first), next: String(next), notedSince: notedSinceMs };
  const place =
    'kafka_partition = {partition:UInt16} AND kafka_offset >= {first:UInt64} AND kafka_offset < {next:UInt64}';
  const sinceThen = (column: string) => `${column} >= fromUnixTimestamp64Milli({notedSince:Int64})`;
  const noted = `topic = {topic:String} AND ${place} AND ${sinceThen('noted_at')}`;
  const [known] = await clickhouse.query<{ dead: string; oldest: string; newest: string }>(
    `SELECT countIf(dead_letter) AS dead, toUnixTimestamp64Milli(minIf(event_time, NOT dead_letter)) AS oldest,
       toUnixTimestamp64Milli(maxIf(event_time, NOT dead_letter)) AS newest
     FROM ${names.offsets} FINAL WHERE ${noted}`,
    params,
  );
  if (!known) return { archived: 0n, dead: 0n, rows: 0n, ids: 0n };
  // As numbers: the text of a time would be read in the zone of whoever reads it.
  const times = { ...params, oldest: known.oldest, newest: known.newest, keptSince: keptSinceMs };
  const moment = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64})`;
  const between = `event_time >= ${moment('oldest')} AND event_time <= ${moment('newest')}`;
  const [stored] = await clickhouse.query<{ archived: string }>(
    `SELECT count() AS archived FROM ${names.offsets} FINAL WHERE ${noted} AND NOT dead_letter
       AND (event_time < ${moment('keptSince')} OR (symbol, event_time) IN (SELECT symbol, event_time FROM ${names.view} WHERE ${between}))`,
    times,
  );
  const [seen] = await clickhouse.query<{ rows: string; ids: string }>(
    `SELECT count() AS rows, uniqExact(message_id) AS ids FROM ${names.view}
     WHERE ${between} AND kafka_topic = {topic:String} AND ${place} AND ${sinceThen('inserted_at')}`,
    times,
  );
  return {
    archived: BigInt(stored?.archived ?? 0),
    dead: BigInt(known.dead),
    rows: BigInt(seen?.rows ?? 0),
    ids: BigInt(seen?.ids ?? 0),
  };
};

/** Compares the messages from offset `first` up to `next` with the table. */
export const auditPartition = async (
  deps: AuditDeps,
  of: PartitionOffsets,
  first: bigint,
  next: bigint,
): Promise<PartitionAudit> => {
  const total = { archived: 0n, dead: 0n, rows: 0n, ids: 0n };
  const { partition } = of;
  const keptSinceMs = await readKeptSince(deps);
  const notedSinceMs =
    first < next ? await notesCountSince(deps, { partition, kept: BigInt(of.first), first, next }) : 0;
  for (let from = first; from < next; from += sliceOffsets) {
    const to = from + sliceOffsets < next ? from + sliceOffsets : next;
    const counts = await countSlice(deps, { partition, first: from, next: to, notedSinceMs, keptSinceMs });
    for (const name of ['archived', 'dead', 'rows', 'ids'] as const) total[name] += counts[name];
  }
  const messages = next - first;
  const committed = BigInt(of.committed ?? of.first);
  const end = BigInt(of.next);
  return {
    partition: of.partition,
    first,
    next,
    messages,
    archived: total.archived,
    repeated: total.archived > total.rows ? total.archived - total.rows : 0n,
    deadLetters: total.dead,
    missing: messages - total.archived - total.dead,
    duplicate: total.rows - total.ids,
    waiting: end > committed ? end - committed : 0n,
  };
};
