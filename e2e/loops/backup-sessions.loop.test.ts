import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationsFolder } from '@tickfolio/auth/app';
import { migrationsFolder as profileMigrations } from '@tickfolio/bff/app';
import { systemClock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createPostgresEventLog, migrationsFolder as eventLogMigrations } from '@tickfolio/lib/event-log/postgres';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { openPglite, openPgliteEngine, type PgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { restoreBackup } from '@tickfolio/standalone/backup/restore';
import { takeBackup } from '@tickfolio/standalone/backup/take';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';

const deps = { clock: systemClock, log: silentLogger(), signal: new AbortController().signal };

/** Works with the event log of an engine, as the all-in-one run opens it. */
const withEventLog = async (engine: PgliteEngine, work: (eventLog: EventLog) => Promise<void>) => {
  const database = engine.database({ schema: 'events_log', migrationsFolder: eventLogMigrations });
  const eventLog = createPostgresEventLog({ ...deps, database, metrics: createMetrics('test') });
  await work(eventLog);
  await eventLog.close();
};

it('a restore ends the sessions of every database with accounts, whatever the run that was backed up called it', async () => {
  const place = await temporaryFolder();
  const [dataFolder, backup, target] = ['data', 'backup', 'new'].map((name) => join(place.path, name)) as [
    string,
    string,
    string,
  ];
  const open = (folder: string, migrations = migrationsFolder) =>
    openPglite({ ...deps, folder, migrationsFolder: migrations });
  const auth = await open(join(dataFolder, 'people'));
  await auth.db.execute(sql`with maria as (insert into accounts (name, name_key, password_hash) values ('maria', 'maria', '-') returning id)
    insert into sessions (user_id, created_at, expires_at) select id, now(), now() + interval '1 hour' from maria`);
  await auth.close();
  await (await open(join(dataFolder, 'profile_db'), profileMigrations)).close();
  await writeFile(join(dataFolder, 'jwt-secret'), 'secret');
  await takeBackup(deps, dataFolder, backup);

  expect(await restoreBackup(deps, { backup, dataFolder: target })).toMatchObject({
    accountStores: ['people'],
    endedSessions: 1,
  });
  const restored = await open(join(target, 'people'));
  const { rows } = (await restored.db.execute(sql`select revoked_because from sessions`)) as unknown as {
    rows: unknown[];
  };
  expect(rows).toEqual([{ revoked_because: 'everywhere' }]);
  await restored.close();
  await place.remove();
});

it('a restore ends them also where all databases are in one engine, in which the event log is of the same moment', async () => {
  const place = await temporaryFolder();
  const [dataFolder, backup, target] = ['data', 'backup', 'new'].map((name) => join(place.path, name)) as [
    string,
    string,
    string,
  ];
  const openAll = (folder: string) => openPgliteEngine({ ...deps, folder: join(folder, 'databases') });
  const engine = await openAll(dataFolder);
  const { db } = await engine.database({ schema: 'people', migrationsFolder });
  await engine.database({ schema: 'profile_db', migrationsFolder: profileMigrations });
  await withEventLog(engine, (eventLog) => eventLog.append('user-events', [{ key: 'maria', value: '{"epoch":1}' }]));
  await db.execute(sql`with maria as (insert into accounts (name, name_key, password_hash) values ('maria', 'maria', '-') returning id)
    insert into sessions (user_id, created_at, expires_at) select id, now(), now() + interval '1 hour' from maria`);
  await engine.close();
  await writeFile(join(dataFolder, 'jwt-secret'), 'secret');
  await takeBackup(deps, dataFolder, backup);
  const later = await openAll(dataFolder);
  await withEventLog(later, (eventLog) => eventLog.append('user-events', [{ key: 'maria', value: '{"epoch":1}' }]));
  await later.close();

  expect(await restoreBackup(deps, { backup, dataFolder: target })).toMatchObject({
    accountStores: ['people'],
    endedSessions: 1,
  });
  const restored = await openAll(target);
  await withEventLog(restored, async (eventLog) => {
    const nexts = (await eventLog.offsets('user-events')).map(({ next }) => next).toSorted();
    expect(nexts).toEqual(['0', '0', '1']);
  });
  // Though the log is restored too: what accounts tell from now on is of a later epoch.
  const raised = await restored.session.query('select epoch > 1 as is_later from people.database_epoch');
  expect(raised.rows).toEqual([{ is_later: true }]);
  const { rows } = await restored.session.query('select revoked_because from people.sessions');
  expect(rows).toEqual([{ revoked_because: 'everywhere' }]);
  await restored.close();
  await place.remove();
});
