import { AppError } from '@tickfolio/lib/errors';
import type { PartitionOffsets } from '@tickfolio/lib/event-log';
import { offsetsDays } from '../schema.js';
import { namesOf } from '../takeover/zoneless.js';
import { type AuditDeps, auditPartition, type PartitionAudit } from './partition-audit.js';
import { wereWrittenBy } from './topic-life.js';

export type { AuditDeps, PartitionAudit } from './partition-audit.js';

const dayMs = 86_400_000;
/** A day less, because a note is made after its message was written, and by another clock. */
const comparableMs = (offsetsDays - 1) * dayMs;

/**
 * @throws AppError unavailable while rows are on their way from one table to another, so that none of them passes for
 * missing
 */
const refuseTakeover = async ({ clickhouse, names }: AuditDeps): Promise<void> => {
  const { zoneless, full } = namesOf(names, 'rows');
  const [found] = await clickhouse.query(
    "SELECT 1 FROM system.tables WHERE concat(database, '.', name) = {name:String}",
    {
      name: full(zoneless),
    },
  );
  if (found)
    throw new AppError(
      'unavailable',
      'The archiver is still setting older rows right; please ask again when it is done.',
    );
};

/** From where on the messages of each partition can be compared: what became of older ones is not noted any more. */
const comparableFrom = async (
  deps: AuditDeps,
  offsets: readonly PartitionOffsets[],
): Promise<ReadonlyMap<number, bigint>> => {
  const oldest = await deps.eventLog.offsetsAt(deps.topic, deps.clock.now() - comparableMs);
  return new Map(
    offsets.map(({ partition, first }) => {
      const [kept, comparable] = [BigInt(first), BigInt(oldest[partition] ?? first)];
      return [partition, comparable > kept ? comparable : kept];
    }),
  );
};

/**
 * Compares every message that Kafka still has, committed or not, with the table; of a topic that keeps them for longer
 * than 29 days, those of the last 29.
 * @throws AppError unavailable when Kafka or ClickHouse does not answer, or the archiver is setting older rows right.
 */
export const auditAll = async (deps: AuditDeps): Promise<readonly PartitionAudit[]> => {
  await refuseTakeover(deps);
  const offsets = await deps.eventLog.offsets(deps.topic, deps.group);
  const begin = await comparableFrom(deps, offsets);
  const audits: PartitionAudit[] = [];
  for (const of of offsets)
    audits.push(await auditPartition(deps, of, begin.get(of.partition) ?? BigInt(of.first), BigInt(of.next)));
  return audits;
};

/**
 * One past the newest message of a range that was noted so long ago that its note, and those before it, may go at any
 * moment: what went wrong before it cannot be told from what is forgotten.
 */
const forgottenUpTo = async (
  { clickhouse, names, topic, clock }: AuditDeps,
  partition: number,
  first: bigint,
  next: bigint,
): Promise<bigint> => {
  const [old] = await clickhouse.query<{ notes: string; newest: string }>(
    `SELECT count() AS notes, max(kafka_offset) AS newest FROM ${names.offsets} FINAL
     WHERE topic = {topic:String} AND kafka_partition = {partition:UInt16} AND kafka_offset >= {first:UInt64} AND kafka_offset < {next:UInt64}
       AND noted_at < fromUnixTimestamp64Milli({before:Int64})`,
    { topic, partition, first: String(first), next: String(next), before: String(clock.now() - comparableMs) },
  );
  return old && old.notes !== '0' ? BigInt(old.newest) + 1n : first;
};

/**
 * Compares, again and again, the messages that were committed since the last time with the table. What was found right
 * once is not looked at a second time; what was not is looked at until it is, or until what became of its neighbours is
 * not known any more either.
 */
export const createRunningAudit = (deps: AuditDeps) => {
  /** From where on each partition is looked at, and those of which something was wrong there. */
  const begins = new Map<number, bigint>();
  const wrong = new Set<number>();
  let begunMs = 0;

  const beginOf = async (of: PartitionOffsets, comparable: bigint, next: bigint): Promise<bigint> => {
    const { partition, first: kept } = of;
    const known = begins.get(partition);
    if (known === undefined || known > next) return comparable;
    // Also what the log itself has let go since.
    if (!wrong.has(partition)) return known;
    const told = comparable > BigInt(kept) && comparable > known ? comparable : known;
    return told < next ? forgottenUpTo(deps, partition, told, next) : next;
  };
  return async (): Promise<readonly PartitionAudit[]> => {
    // A topic that was made anew is another one, also where it has grown past what was known of the former.
    if (begins.size > 0 && !(await wereWrittenBy(deps, begunMs, begins))) begins.clear();
    const startedMs = deps.clock.now();
    const offsets = await deps.eventLog.offsets(deps.topic, deps.group);
    const comparable = await comparableFrom(deps, offsets);
    const audits: PartitionAudit[] = [];
    for (const of of offsets) {
      const { partition } = of;
      const next = BigInt(of.committed ?? of.first);
      const first = await beginOf(of, comparable.get(partition) ?? BigInt(of.first), next);
      const audit = await auditPartition(deps, of, first, next > first ? next : first);
      const isRight = audit.missing === 0n && audit.duplicate === 0n;
      begins.set(partition, isRight ? audit.next : first);
      if (isRight) wrong.delete(partition);
      else wrong.add(partition);
      audits.push(audit);
    }
    begunMs = startedMs;
    return audits;
  };
};
