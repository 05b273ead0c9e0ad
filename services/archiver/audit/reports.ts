import { sleep, unlessAborted } from '@tickfolio/lib/clock';
import { auditColumns } from '@tickfolio/lib/events/archive';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { ArchiverMetrics } from '../metrics.js';
import { type AuditDeps, createRunningAudit, type PartitionAudit } from './audit.js';

export interface AuditReportsDeps extends AuditDeps {
  readonly log: Logger;
  readonly metrics: ArchiverMetrics;
}

/** The audit's last result, for people. */
export interface AuditReport {
  readonly at: string;
  readonly missing: number;
  readonly duplicate: number;
}

const sumOf = (audits: readonly PartitionAudit[], of: (audit: PartitionAudit) => bigint): number =>
  Number(audits.reduce((sum, audit) => sum + of(audit), 0n));

/**
 * Runs the standing audit and tells its result as metrics, as rows for the dashboard, and in the log when something is
 * wrong.
 */
export const createAuditReports = (deps: AuditReportsDeps) => {
  const { clickhouse, names, topic, clock, log, metrics } = deps;
  const audit = createRunningAudit(deps);
  let latest: AuditReport | undefined;

  const report = async (intervalMs: number): Promise<void> => {
    const audits = await audit();
    const at = new Date(clock.now()).toISOString();
    for (const { partition, missing, duplicate } of audits) {
      metrics.missing.set({ partition: String(partition) }, Number(missing));
      metrics.duplicate.set({ partition: String(partition) }, Number(duplicate));
    }
    metrics.auditTime.set(clock.now() / 1_000);
    latest = { at, missing: sumOf(audits, (one) => one.missing), duplicate: sumOf(audits, (one) => one.duplicate) };
    const wrong = audits.filter(({ missing, duplicate }) => missing !== 0n || duplicate !== 0n);
    for (const { partition, first, next, missing, duplicate } of wrong) {
      const fields = {
        partition,
        from: String(first),
        to: String(next),
        missing: String(missing),
        duplicate: String(duplicate),
      };
      log.error(fields, 'the audit found messages that are missing or counted twice');
    }
    const time = at.replace('T', ' ').slice(0, -1);
    const rows = audits.map((one) => [
      time,
      topic,
      one.partition,
      String(one.messages),
      String(one.archived),
      String(one.repeated),
      String(one.deadLetters),
      String(one.missing),
      String(one.duplicate),
      String(one.waiting),
      String(one.first),
      String(one.next),
      intervalMs,
    ]);
    if (rows.length > 0) await clickhouse.insert(names.audits, auditColumns, rows);
  };

  return {
    get latest() {
      return latest;
    },
    /** Until the signal. An audit that fails for want of a server is left out; the next one comes. */
    run: async (intervalMs: number, signal: AbortSignal): Promise<void> => {
      metrics.auditInterval.set(intervalMs / 1_000);
      while (!signal.aborted) {
        await unlessAborted(signal, report(intervalMs)).catch((err: unknown) => {
          if (!signal.aborted) log.warn({ err }, 'the audit could not be made this time');
        });
        await sleep(clock, intervalMs, signal);
      }
    },
  };
};
