import { startArchiver } from '@tickfolio/archiver/app';
import { archiverOptions } from '@tickfolio/archiver/config';
import { startDashboard } from '@tickfolio/dashboard/app';
import { dashboardOptions } from '@tickfolio/dashboard/config';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { NoEngineError, openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { startClickHouseHttp } from '@tickfolio/lib/clickhouse/sql-port';
import { traceClickHouse } from '@tickfolio/lib/clickhouse/tracing';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { Lifecycle } from '@tickfolio/lib/lifecycle';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { NamedStore } from '../backup/snapshots.js';
import type { StandaloneConfig } from '../config.js';
import type { DataFolder } from './data-folder.js';
import { archiveName } from './store-names.js';

export interface ArchiveDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly life: Lifecycle;
  /** A service's own clock, logger and metrics. */
  readonly part: (service: string) => { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics };
  readonly folder: DataFolder;
  readonly eventLog: EventLog;
  /** Prices come from an own simulator. */
  readonly invented: boolean;
  /** Whether prices come from a simulator; undefined while that is not known. */
  readonly simulated: () => boolean | undefined;
}

/** What of the archive can be looked at. */
export interface ArchivePlaces {
  readonly clickhouse: ClickHouse;
  readonly dashboardPort: number;
  /** The embedded one, to be held and copied. */
  readonly store: NamedStore | undefined;
  /** Port of the read-only ClickHouse interface; undefined when it is off or a ClickHouse server is used. */
  readonly sqlPort: number | undefined;
}

/**
 * Starts the archive of mini-tickers and what shows it.
 * @returns in words why there is none on this machine, where the embedded engine does not exist for it
 * @throws StartError for a port in use, or an archive that cannot be opened
 */
export const startArchive = async (deps: ArchiveDeps, config: StandaloneConfig): Promise<ArchivePlaces | string> => {
  const { clock, life, part, folder, eventLog, simulated } = deps;
  const { clickhouse, engine, store } = await openClickHouse(deps, config, folder).catch((err: unknown) => {
    if (err instanceof NoEngineError) return { clickhouse: undefined, engine: err.message, store: undefined };
    throw err;
  });
  if (!clickhouse) return engine;
  life.own('clickhouse', clickhouse);
  if (life.signal.aborted) return 'the run was ended while it was starting';

  const archiver = await startArchiver({ ...part('archiver'), eventLog, clickhouse: traceClickHouse(clickhouse) }, archiverOptions(config));
  life.own('archiver', archiver);
  void archiver.failed.then((err) => life.fail(err));
  const kind = (config.BROKERS ?? config.KAFKA_BROKERS) === undefined ? 'memory' : 'kafka';
  const dashboard = await startDashboard(
    { ...part('dashboard'), clickhouse: traceClickHouse(clickhouse) },
    { ...dashboardOptions(config), simulated, tickerLog: { kind, batchMs: config.BATCH_TIMEOUT } },
  );
  life.own('dashboard', dashboard);
  if (!engine || !config.CLICKHOUSE_HTTP_ADDR) return { clickhouse, store, dashboardPort: dashboard.port, sqlPort: undefined };
  const { host, port } = config.CLICKHOUSE_HTTP_ADDR;
  const options = { host, port, portVariable: 'CLICKHOUSE_HTTP_ADDR' };
  const sql = life.own('sql port', await startClickHouseHttp({ engine, clock, log: part('clickhouse').log }, options));
  return { clickhouse, store, dashboardPort: dashboard.port, sqlPort: sql.port };
};

const openClickHouse = async ({ clock, log, invented }: ArchiveDeps, config: StandaloneConfig, folder: DataFolder) => {
  if (config.CLICKHOUSE_ADDR) {
    const address = config.CLICKHOUSE_ADDR;
    const clickhouse: ClickHouse = openServerClickHouse({
      address,
      user: config.CLICKHOUSE_USER,
      password: config.CLICKHOUSE_PASSWORD,
      log,
      clock,
    });
    return { clickhouse, engine: undefined, store: undefined };
  }
  const name = archiveName(invented);
  const clickhouse = await openChdbClickHouse({ path: folder.part(name), clock, log });
  return { clickhouse, engine: clickhouse.engine, store: { name, hold: clickhouse.hold, linked: true } };
};
