import { hostname } from 'node:os';
import { clickHouseLogin } from '@tickfolio/lib/clickhouse';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { traceClickHouse } from '@tickfolio/lib/clickhouse/tracing';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { traceEventLog } from '@tickfolio/lib/event-log/tracing';
import { runService } from '@tickfolio/lib/service';
import { startArchiver } from './app.js';
import { archiverConfig, archiverOptions } from './config.js';
import { archiveTopics } from './topics.js';

const surroundings = { env: process.env, random: Math.random };

await runService('archiver', archiverConfig(process.env), surroundings, async ({ config, life, ...part }) => {
  const login = clickHouseLogin(config);
  const clickhouse = life.own(
    'clickhouse',
    openServerClickHouse({ ...part, ...login, address: config.CLICKHOUSE_ADDR }),
  );
  const kafka = {
    brokers: config.KAFKA_BROKERS,
    clientId: `archiver-${hostname()}`,
    topics: archiveTopics(config.KAFKA_TOPIC),
  };
  const eventLog = life.own('event log', createKafkaEventLog({ ...part, ...kafka }));
  const adapters = { clickhouse: traceClickHouse(clickhouse), eventLog: traceEventLog(eventLog) };
  const options = { ...archiverOptions(config), operationsAddress: config.METRICS_ADDR };
  const archiver = life.own('archiver', await startArchiver({ ...part, ...adapters }, options));
  void archiver.failed.then((err) => life.fail(err));
});
