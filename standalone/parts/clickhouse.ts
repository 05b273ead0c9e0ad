import { archiverConfig } from '@tickfolio/archiver/config';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { ChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import type { NamedStore } from '../backup/snapshots.js';
import { definePart } from '../run/part.js';
import { archiveName } from '../stores/store-names.js';
import { exchange } from './exchange-sim.js';

export const clickHouseSettings = (env: NodeJS.ProcessEnv) => {
  const { CLICKHOUSE_ADDR, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = archiverConfig(env).shape;
  return {
    CLICKHOUSE_ADDR: CLICKHOUSE_ADDR.optional().describe('A ClickHouse (its HTTP port) instead of the embedded one.'),
    CLICKHOUSE_USER,
    CLICKHOUSE_PASSWORD,
  };
};

export interface OpenedArchive {
  readonly clickhouse: ClickHouse;
  /** The embedded one; undefined where it is a server's. */
  readonly engine: ChdbClickHouse['engine'] | undefined;
  /** The embedded one, to be held and copied. */
  readonly store: NamedStore | undefined;
}

/**
 * What the archive lies in, or in words why there is none on this machine. What comes from a simulator is kept apart.
 */
export const clickhouse = definePart({
  name: 'clickhouse',
  needs: { exchange },
  settings: clickHouseSettings,
  start: async ({ config, clock, log, folder, own, watchStore }, given): Promise<OpenedArchive | string> => {
    if (config.CLICKHOUSE_ADDR) {
      const address = config.CLICKHOUSE_ADDR;
      const [user, password] = [config.CLICKHOUSE_USER, config.CLICKHOUSE_PASSWORD];
      const { openServerClickHouse } = await import('@tickfolio/lib/clickhouse/server');
      const server = own('clickhouse', openServerClickHouse({ address, user, password, log, clock }));
      return { clickhouse: server, engine: undefined, store: undefined };
    }
    const { NoEngineError, openChdbClickHouse } = await import('@tickfolio/lib/clickhouse/chdb');
    const name = archiveName(given.exchange.source.source === 'simulated');
    watchStore(name);
    try {
      const opened = own('clickhouse', await openChdbClickHouse({ path: folder.part(name), clock, log }));
      const store: NamedStore = { name, hold: opened.hold, linked: true };
      return { clickhouse: opened, engine: opened.engine, store };
    } catch (err) {
      if (err instanceof NoEngineError) return err.message;
      throw err;
    }
  },
});
