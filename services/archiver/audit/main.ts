import { parseArgs } from 'node:util';
import { clickHouseLogin } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { sleep, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { readSettings } from '@tickfolio/lib/lifecycle';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { auditConfig } from '../config.js';
import { keptSinceMs } from '../schema.js';
import { type AuditDeps, auditAll, type PartitionAudit } from './audit.js';
import { help } from './help.js';
import { auditTable, verdict } from './table.js';

const defaultWaitSeconds = '15';
const maxWaitSeconds = 3_600;
const pauseMs = 500;

/** Audits until nothing waits or the time is over. */
const settledAudit = async (deps: AuditDeps, waitMs: number): Promise<readonly PartitionAudit[]> => {
  const untilMs = systemClock.monotonic() + waitMs;
  for (;;) {
    const audits = await auditAll(deps);
    const settled = audits.every(({ waiting, missing }) => waiting === 0n && missing === 0n);
    if (settled || systemClock.monotonic() >= untilMs) return audits;
    await sleep(systemClock, pauseMs);
  }
};

const audit = async (waitMs: number): Promise<number> => {
  const config = readSettings('audit', auditConfig(), process.env);
  const clock = systemClock;
  const log = createLogger('audit', config.LOG_LEVEL);
  const clickhouse = openServerClickHouse({ ...clickHouseLogin(config), address: config.CLICKHOUSE_ADDR, log, clock });
  const eventLog = createKafkaEventLog({
    brokers: config.KAFKA_BROKERS,
    clientId: 'audit',
    topics: [],
    clock,
    log,
    metrics: createMetrics('audit'),
  });
  try {
    const names = archiveNames(config.CLICKHOUSE_DATABASE, config.CLICKHOUSE_TABLE);
    const deps = {
      clickhouse,
      eventLog,
      names,
      topic: config.KAFKA_TOPIC,
      group: config.KAFKA_GROUP_ID,
      clock,
      keptSinceMs: keptSinceMs(clock, config.RETENTION),
    };
    const audits = await settledAudit(deps, waitMs);
    process.stdout.write(
      `${config.KAFKA_TOPIC} against ${names.view}\n\n${auditTable(audits)}\n\n${verdict(audits)}\n`,
    );
    return audits.every(({ missing, duplicate }) => missing === 0n && duplicate === 0n) ? 0 : 1;
  } catch (err) {
    process.stderr.write(`The audit could not be made: ${err instanceof AppError ? err.message : err}\n`);
    return 2;
  } finally {
    await eventLog.close();
    await clickhouse.close();
  }
};

const { values } = parseArgs({
  options: { wait: { type: 'string', default: defaultWaitSeconds }, help: { type: 'boolean', short: 'h' } },
});
const waitSeconds = /^\d{1,4}$/.test(values.wait) ? Number(values.wait) : Number.NaN;
if (values.help) process.stdout.write(help);
else if (!(waitSeconds <= maxWaitSeconds)) {
  process.stderr.write(`--wait must be a number of seconds from 0 to ${maxWaitSeconds}, not "${values.wait}".\n`);
  process.exitCode = 2;
} else process.exitCode = await audit(waitSeconds * 1_000);
