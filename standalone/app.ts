import { join } from 'node:path';
import { cookiesInWords } from '@tickfolio/bff/app';
import type { Clock } from '@tickfolio/lib/clock';
import type { Lifecycle } from '@tickfolio/lib/lifecycle';
import type { Logger } from '@tickfolio/lib/telemetry';
import { findBackups } from './backup/backups.js';
import { serveSnapshots } from './backup/snapshots.js';
import type { StandaloneConfig } from './config.js';
import { ownFarewell } from './farewell.js';
import { createServiceMetrics } from './metrics.js';
import { aggregator } from './parts/aggregator.js';
import { clickhouse } from './parts/clickhouse.js';
import { dashboard } from './parts/dashboard.js';
import { databases } from './parts/databases.js';
import { exchange } from './parts/exchange-sim.js';
import { priceWatch } from './parts/price-watch.js';
import { socket } from './parts/socket.js';
import { sqlPort } from './parts/sql-port.js';
import { bff, parts } from './parts.js';
import { type Walked, walkParts } from './run/walk.js';
import { banner } from './start/banner.js';
import { dialTarget, shownTarget } from './start/dial.js';
import { tellFirstPrice } from './start/first-price.js';
import { checkPorts, placesAsSet } from './start/ports.js';
import { choosePriceSource, realExchange } from './start/price-source.js';
import { settle } from './start/settle.js';
import { type DataFolder, openDataFolder } from './stores/data-folder.js';
import { type DiskWatch, storesInDanger, watchDisks } from './stores/disk-watch.js';
import { checkRoom, embeddedStores } from './stores/embedded-stores.js';
import { adviseOnStore } from './stores/store-advice.js';
import { elsewhereInWords, storesInWords } from './stores/stores-in-words.js';

export interface StandaloneDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** A logger under a service's own name. */
  readonly logOf: (service: string) => Logger;
  /** Owns everything that is opened here, in the order of opening. */
  readonly life: Lifecycle;
  readonly random: () => number;
  /** Whether a person set a variable of the environment. */
  readonly isSet: (variable: string) => boolean;
  /** Shows a text to the person who started the run. */
  readonly print: (text: string) => void;
}

/** Starts every service in this process, real gRPC between them, on embedded stores where no server is named. */
export const startStandalone = async (deps: StandaloneDeps, config: StandaloneConfig): Promise<void> => {
  const farewell = ownFarewell(deps.life, deps.print);
  const advised = (err: unknown) =>
    adviseOnStore(err, { stores: embeddedStores(config), backups: findBackups(config.DATA_DIR) });
  try {
    await startParts(deps, config, (err) => deps.life.fail(advised(err) as Error));
  } catch (err) {
    if (!deps.life.signal.aborted) farewell.mute();
    throw advised(err);
  }
};

/** @param fail ends the run, in order: a store broke for good while it ran */
const startParts = async (
  deps: StandaloneDeps,
  config: StandaloneConfig,
  fail: (err: Error) => void,
): Promise<void> => {
  const { clock, log, logOf, life, random, print } = deps;
  const { signal } = life;
  const folder = life.own('data folder', await openDataFolder(config.DATA_DIR, clock));
  if (folder.finishedRestore)
    print('A restore that was cut off in its last step has been finished: this is the restored data folder.');
  for (const left of folder.left)
    print(`${left} is left of a restore that was cut off. It is not used; the next restore removes it, or you do.`);
  const metricsOf = createServiceMetrics();
  metricsOf('bff'); // The first one carries the process's own figures.

  const choosing = choosePriceSource(config.PRICE_SOURCE, realExchange(config), { clock, log });
  const places = parts.flatMap((part) => part.listens?.(config) ?? []);
  await checkPorts(placesAsSet(places, deps.isSet), choosing);
  checkRoom(config, folder);
  const disks = life.own('disk watch', watchDisks({ clock, log }));
  // The folder first: what shares its disk is told by its name.
  disks.watch({ name: 'the data folder', path: folder.path, danger: storesInDanger });

  const walked = await walkParts(parts, {
    ...{ config, clock, log, random, print, folder, disks, choosing, signal, fail },
    own: life.own,
    service: (name) => ({ clock, log: logOf(name), metrics: metricsOf(name) }),
    watchStore: (name) => disks.watch({ name, path: folder.part(join(name, 'data')), danger: storesInDanger }),
  });
  if (walked) await tellStart(deps, config, { folder, disks, walked });
};

interface Started {
  readonly folder: DataFolder;
  readonly disks: DiskWatch;
  readonly walked: Walked;
}

/** Gives copies of the stores from now on, and shows where everything is. */
const tellStart = async (
  deps: StandaloneDeps,
  config: StandaloneConfig,
  { folder, disks, walked }: Started,
): Promise<void> => {
  const { clock, log, life, print } = deps;
  const { source, from, simulated, tell } = walked.made(exchange);
  const archive = walked.made(clickhouse);
  const archiveStore = typeof archive === 'string' ? undefined : archive.store;
  const stores = [...walked.made(databases).stores, ...(archiveStore ? [archiveStore] : [])];
  const elsewhere = elsewhereInWords(config);
  life.own(
    'snapshots',
    await serveSnapshots({ clock, log, dataFolder: folder.path, stores, elsewhere, watch: disks.watch }),
  );
  const http = { host: config.HTTP_HOST, port: walked.made(bff).port };
  const { url: aggregatorUrl } = walked.made(aggregator);
  const settled = await settle({ clock, signal: life.signal }, { bffUrl: `http://${dialTarget(http)}`, aggregatorUrl });
  tell(settled.simulated);
  if (life.signal.aborted) return;
  const { app } = walked.made(socket);
  const boundPort = walked.made(sqlPort)?.port;
  const sql =
    boundPort === undefined
      ? undefined
      : shownTarget({ host: config.CLICKHOUSE_HTTP_ADDR?.host ?? '', port: boundPort });
  const dashboardPort = walked.made(dashboard)?.port ?? 0;
  print(
    banner({
      http: shownTarget(http),
      publicUrls: config.PUBLIC_URL,
      basePath: config.BASE_PATH,
      cookies: cookiesInWords(config.ENV !== 'local', config.PUBLIC_URL),
      archive:
        typeof archive === 'string'
          ? archive
          : { dashboard: shownTarget({ host: config.HTTP_HOST, port: dashboardPort }), sql },
      source,
      exchange: { restUrl: from.restUrl, wsUrl: app.streamUrl },
      usualWsUrl: source.source === 'binance' ? config.BINANCE_WS_URL : app.streamUrl,
      streamFault: app.streamFault,
      simulated: simulated(),
      dataFolder: folder.path,
      stores: storesInWords(config),
      logs:
        config.LOG_LEVEL === undefined
          ? 'warnings, in words (LOG_LEVEL=info shows more, as JSON)'
          : `LOG_LEVEL=${config.LOG_LEVEL}`,
    }),
  );
  void tellFirstPrice(walked.made(priceWatch), { clock, log, aggregatorUrl, print });
};
