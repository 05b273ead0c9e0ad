import { type ArchiveNames, archivePart } from '@tickfolio/lib/events/archive';
import type { Archive } from './archive.js';

const minuteMs = 60_000;
/** How far back the rate of rows is shown. */
export const rateMinutes = 60;
/** Older results of the audit say nothing about now. */
const auditDays = 30;
const maxPartitions = 1_000;

/** Tickers per minute by their own time, oldest first, a figure for every minute; the running minute is left out. */
export const readRates = async (archive: Archive, names: ArchiveNames, nowMs: number): Promise<readonly number[]> => {
  const toMs = Math.floor(nowMs / minuteMs) * minuteMs;
  const fromMs = toMs - rateMinutes * minuteMs;
  const answers = await archive.read<{ startS: string; rows: string }>(
    `SELECT toUnixTimestamp(bar.start) AS startS, sum(bar.tickers) AS rows FROM ${names.minutes} AS bar
     WHERE bar.start >= toDateTime({from:UInt32}) AND bar.start < toDateTime({to:UInt32}) GROUP BY startS`,
    { from: fromMs / 1_000, to: toMs / 1_000 },
    rateMinutes + 1,
  );
  const rows = new Map(answers.map((answer) => [Number(answer.startS) * 1_000, Number(answer.rows)]));
  return Array.from({ length: rateMinutes }, (_, at) => rows.get(fromMs + at * minuteMs) ?? 0);
};

/** The newest result of the archiver's audit of one partition. Counts are exact texts. */
export interface PartitionAudit {
  readonly auditedMs: number;
  readonly topic: string;
  readonly partition: number;
  readonly missing: bigint;
  readonly duplicate: bigint;
  readonly lag: bigint;
  /** One past the last offset that was compared. */
  readonly checkedTo: bigint;
  /** How long after it the next result was to come. */
  readonly intervalMs: number;
}

/** The archiver audits every minute unless set otherwise; older versions did not note how often. */
const usualIntervalMs = 60_000;
/** A result may be this late before it is missed, and one of a long interval by as much as that. */
const auditSilenceMs = 5 * 60_000;

/** How old a result may be before the next one is missed. */
export const maxAuditAgeMs = ({ intervalMs }: Pick<PartitionAudit, 'intervalMs'>): number =>
  Math.max(auditSilenceMs, 2 * intervalMs);

interface AuditAnswer {
  readonly auditedMs: string;
  readonly topic: string;
  readonly partition: number;
  readonly missing: string;
  readonly duplicate: string;
  readonly lag: string;
  readonly checkedTo: string;
  /** Missing in an archive that an older archiver made. */
  readonly interval_ms?: string;
}

export const readAudits = async (
  archive: Archive,
  names: ArchiveNames,
  nowMs: number,
): Promise<readonly PartitionAudit[]> => {
  const answers = await archive.read<AuditAnswer>(
    `SELECT toUnixTimestamp64Milli(audited_at) AS auditedMs, topic, kafka_partition AS partition, missing, duplicate, lag,
       checked_to AS checkedTo, COLUMNS('^interval_ms$')
     FROM ${names.audits} WHERE audited_at >= fromUnixTimestamp64Milli({from:Int64})
     ORDER BY audited_at DESC LIMIT 1 BY topic, kafka_partition`,
    { from: String(nowMs - auditDays * 86_400_000) },
    maxPartitions,
  );
  return answers
    .map(({ topic, partition, ...counts }) => ({
      topic,
      partition,
      auditedMs: Number(counts.auditedMs),
      missing: BigInt(counts.missing),
      duplicate: BigInt(counts.duplicate),
      lag: BigInt(counts.lag),
      checkedTo: BigInt(counts.checkedTo),
      intervalMs: Number(counts.interval_ms ?? 0) || usualIntervalMs,
    }))
    .sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
};

/**
 * Those of topics that are audited still: after a topic got another name its last results stay, and say nothing about
 * now.
 */
export const currentAudits = (audits: readonly PartitionAudit[]): readonly PartitionAudit[] => {
  const newestMs = Math.max(...audits.map(({ auditedMs }) => auditedMs));
  const current = new Set(
    audits.filter((one) => newestMs - one.auditedMs <= maxAuditAgeMs(one)).map(({ topic }) => topic),
  );
  return audits.filter(({ topic }) => current.has(topic));
};

/**
 * Messages that could not be read, per topic and partition (`topic/partition`), as long as the archive notes offsets:
 * 30 days.
 */
export const readDeadLetters = async (archive: Archive, names: ArchiveNames): Promise<ReadonlyMap<string, bigint>> => {
  const answers = await archive.read<{ topic: string; partition: number; dead: string }>(
    `SELECT topic, kafka_partition AS partition, uniqExact(kafka_offset) AS dead
     FROM ${names.offsets} WHERE dead_letter GROUP BY topic, kafka_partition`,
    {},
    maxPartitions,
  );
  return new Map(answers.map(({ topic, partition, dead }) => [`${topic}/${partition}`, BigInt(dead)]));
};

/** What the archive takes on disk. */
export interface StorageSize {
  readonly rows: bigint;
  readonly bytes: bigint;
  /** Before compression. */
  readonly plainBytes: bigint;
}

/** The rows of tickers count, the bytes are those of all tables of the archive. */
export const readStorage = async (archive: Archive, names: ArchiveNames): Promise<StorageSize> => {
  const [sum] = await archive.read<{ rows: string; bytes: string; plainBytes: string }>(
    `SELECT sumIf(p.rows, p.table = {rows:String}) AS rows, sum(p.bytes_on_disk) AS bytes, sum(p.data_uncompressed_bytes) AS plainBytes
     FROM system.parts AS p WHERE p.active AND p.database = {database:String} AND startsWith(p.table, {prefix:String})`,
    { database: names.database, prefix: `${names.table}_`, rows: archivePart(names.table, 'rows') },
    1,
  );
  return { rows: BigInt(sum?.rows ?? 0), bytes: BigInt(sum?.bytes ?? 0), plainBytes: BigInt(sum?.plainBytes ?? 0) };
};
