import { statSync } from 'node:fs';
import { chdbNeedsBytes } from '@tickfolio/lib/clickhouse/chdb';
import { freeBytes, freeInWords, neededInWords } from '@tickfolio/lib/embedded-store';
import { StartError } from '@tickfolio/lib/errors';
import { pgliteNeedsBytes } from '@tickfolio/lib/postgres/pglite';
import type { DataFolder } from './data-folder.js';
import { allDatabases, realArchive, simulatedArchive } from './store-names.js';

/** One store of the data folder. */
export interface EmbeddedStore {
  /** Of its folder in the data folder. */
  readonly name: string;
  /** What it holds, for people. */
  readonly holds: string;
  /** What it means to go on without it. */
  readonly without: string;
}

interface StoreNames {
  readonly AUTH_POSTGRES_DB: string;
  readonly PROFILE_POSTGRES_DB: string;
}

/** What may lie on a server instead. */
interface StoreSettings {
  readonly POSTGRES_HOST?: string | undefined;
  readonly CLICKHOUSE_ADDR?: unknown;
}

/** Every store that a run may keep in its data folder. */
export const embeddedStores = ({ AUTH_POSTGRES_DB, PROFILE_POSTGRES_DB }: StoreNames): readonly EmbeddedStore[] => [
  {
    name: allDatabases,
    holds: 'accounts and sessions, portfolios and their values over time',
    without: 'then there are no accounts and no portfolios',
  },
  // As earlier builds left them.
  {
    name: AUTH_POSTGRES_DB,
    holds: 'accounts and sessions',
    without: 'then there are no accounts, and the portfolios that are there belong to nobody',
  },
  {
    name: PROFILE_POSTGRES_DB,
    holds: 'portfolios and their values over time',
    without: 'then every portfolio is empty',
  },
  { name: realArchive, holds: 'the archive of tickers', without: 'then the archive begins anew' },
  { name: simulatedArchive, holds: 'the archive of simulated tickers', without: 'then that archive begins anew' },
];

/**
 * Looks, before anything is made, whether the disk has room for the stores that this run opens in its data folder.
 * @throws StartError saying how much is needed and how much there is
 */
export const checkRoom = (config: StoreSettings, folder: DataFolder): void => {
  // A store that is a link to another disk looks for room there when it is opened.
  const isElsewhere = (name: string) =>
    (statSync(folder.part(name), { throwIfNoEntry: false }) ?? statSync(folder.path)).dev !== statSync(folder.path).dev;
  const bytesHere = (name: string, needsBytes: (path: string) => number) =>
    isElsewhere(name) ? 0 : needsBytes(folder.part(name));
  const needs = [
    ...(config.POSTGRES_HOST ? [] : [{ name: 'the databases', bytes: bytesHere(allDatabases, pgliteNeedsBytes) }]),
    // Which of the two archives it will be is not known yet.
    ...(config.CLICKHOUSE_ADDR
      ? []
      : [
          {
            name: 'the archive',
            bytes: Math.min(...[realArchive, simulatedArchive].map((name) => bytesHere(name, chdbNeedsBytes))),
          },
        ]),
  ].filter(({ bytes }) => bytes > 0);
  const needed = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  const free = freeBytes(folder.path);
  if (free >= needed) return;
  const parts = needs.map(({ name, bytes }) => `${neededInWords(bytes)} for ${name}`).join(', ');
  throw new StartError(
    `The disk of the data folder ${folder.path} is too full for a start: ${freeInWords(free)} are free, ${neededInWords(needed)} are needed (${parts}). ` +
      `Free ${neededInWords(needed - free)}, or set DATA_DIR to a folder on another disk.`,
  );
};
