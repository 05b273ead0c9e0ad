import { systemClock as clock } from '../../../clock/clock.js';
import { createPostgresEventLog, migrationsFolder as logMigrations } from '../../../event-log/postgres/postgres.js';
import { deadLettersOf } from '../../../events/topic.js';
import { openPgliteEngine } from '../../../postgres/pglite/pglite.js';
import { databaseTime as time } from '../../../postgres/postgres.js';
import { createMetrics, silentLogger } from '../../../telemetry/telemetry.js';
import { tellCommits } from '../../commits.js';
import { raiseEpoch } from '../../epoch.js';
import { boatEvents, boatTables, createBoats, source } from '../../kit/boats.js';
import { createListEvents } from '../../list-events.js';
import { startRelay } from '../../relay.js';
import { startInbox } from '../start-inbox.js';
import { boatsTopic, harbourTables, restart } from './harbour.js';

export interface EmbeddedRunOptions {
  readonly folder: string;
  readonly boatsMigrations: string;
  readonly harbourMigrations: string;
  /** The folder is an older copy. Default false. */
  readonly isRestored?: boolean;
  /** Told of what was taken in, once it was committed. */
  readonly took?: (stream: string, version: number) => void;
}

/** Who moves boats, sends it, keeps the log and takes it in, in one process and on one embedded database. */
export const openEmbeddedRun = async (options: EmbeddedRunOptions) => {
  const { folder, boatsMigrations, harbourMigrations, isRestored = false, took } = options;
  const about = { clock, log: silentLogger(), time };
  const engine = await openPgliteEngine({ ...about, folder });
  const boats = await engine.database({ schema: 'boats', migrationsFolder: boatsMigrations });
  const harbour = await engine.database({ schema: 'harbour', migrationsFolder: harbourMigrations });
  const eventLog = createPostgresEventLog({
    ...about,
    metrics: createMetrics('log'),
    database: engine.database({ schema: 'events_log', migrationsFolder: logMigrations }),
    topics: async () => [boatEvents, deadLettersOf(boatEvents.name)],
  });
  if (isRestored) await raiseEpoch(boats.db, boatTables);
  const { db, note, onCommit } = tellCommits(boats.db);
  const deps = { ...about, metrics: createMetrics('boats'), db, tables: boatTables, eventLog };
  const relay = startRelay(deps, { source, holder: 'run', pollMs: 100 });
  onCommit(relay.wake);
  const inbox = startInbox(
    { ...about, metrics: createMetrics('harbour'), db: harbour.db, tables: harbourTables, eventLog },
    {
      group: 'harbour',
      topics: [boatsTopic(createListEvents({ db: boats.db, tables: boatTables, time, source }))],
      restart,
      committed: (events) => {
        for (const { stream, version } of events) took?.(stream, version);
      },
    },
  );
  const { moveWithin } = createBoats(db, time);
  return {
    boats: boats.db,
    harbour: harbour.db,
    failed: inbox.failed,
    move: (name: string, to: number) =>
      db.transaction((tx) => {
        note(tx);
        return moveWithin(tx, name, to);
      }),
    close: async () => {
      await inbox.close();
      await relay.close();
      await eventLog.close();
      await engine.close();
    },
  };
};
