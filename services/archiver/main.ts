import { hostname } from 'node:os';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { traceClickHouse } from '@tickfolio/lib/clickhouse/tracing';
import { systemClock } from '@tickfolio/lib/clock';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { traceEventLog } from '@tickfolio/lib/event-log/tracing';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { startTracing } from '@tickfolio/lib/otlp';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { startArchiver } from './app.js';
import { archiverConfig, archiverOptions } from './config.js';
import { archiveTopics } from './topics.js';

const config = readSettings('archiver', archiverConfig(process.env), process.env);
const clock = systemClock;
const log = createLogger('archiver', config.LOG_LEVEL);
const metrics = createMetrics('archiver', { process: true });

await runProcess(
  async (life) => {
    life.own('traces', await startTracing({ service: 'archiver', env: process.env, log, clock: systemClock, random: Math.random }));
    const clickhouse = traceClickHouse(
      life.own(
        'clickhouse',
        openServerClickHouse({
          address: config.CLICKHOUSE_ADDR,
          user: config.CLICKHOUSE_USER,
          password: config.CLICKHOUSE_PASSWORD,
          log,
          clock,
        }),
      ),
    );
    const eventLog = traceEventLog(
      life.own(
        'event log',
        createKafkaEventLog({
          brokers: config.KAFKA_BROKERS,
          clientId: `archiver-${hostname()}`,
          topics: archiveTopics(config.KAFKA_TOPIC),
          clock,
          log,
          metrics,
        }),
      ),
    );
    const app = await startArchiver(
      { eventLog, clickhouse, clock, log, metrics },
      { ...archiverOptions(config), operationsAddress: config.METRICS_ADDR },
    );
    life.own('archiver', app);
    void app.failed.then((err) => life.fail(err));
  },
  { log },
);
