import { archiverConfig, archiverOptions } from '@tickfolio/archiver/config';
import { duration } from '@tickfolio/lib/config';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { clickhouse } from './clickhouse.js';
import { eventLog } from './messages.js';

/** Rows appear while one looks. */
export const batchTimeout = duration('1s').describe('A smaller batch goes after this time.');

/** Undefined where there is no archive on this machine. */
export const archiver = definePart({
  name: 'archiver',
  needs: { clickhouse, eventLog },
  settings: (env) => ({
    ...inRun(archiverConfig(env).shape),
    BATCH_TIMEOUT: batchTimeout,
  }),
  topics: async ({ KAFKA_TOPIC }) => (await import('@tickfolio/archiver/app')).archiveTopics(KAFKA_TOPIC),
  start: async ({ config, fail, service }, given) => {
    if (typeof given.clickhouse === 'string') return undefined;
    const { startArchiver } = await import('@tickfolio/archiver/app');
    const { traceClickHouse } = await import('@tickfolio/lib/clickhouse/tracing');
    const store = traceClickHouse(given.clickhouse.clickhouse);
    const app = await startArchiver(
      { ...service('archiver'), eventLog: given.eventLog, clickhouse: store },
      archiverOptions(config),
    );
    void app.failed.then(fail);
    return app;
  },
});
