import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Postgres } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import pg from 'pg';
import { expect, it } from 'vitest';
import { migrationsFolder } from '../migrations-folder.js';

const server = await shareTestPostgres();

/** The migrations of the build before there were events. */
const copyFormerMigrations = (folder: string) => {
  cpSync(migrationsFolder, folder, { recursive: true });
  const file = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8'));
  journal.entries = journal.entries.filter(({ idx }: { idx: number }) => idx < 7);
  writeFileSync(file, JSON.stringify(journal));
};

it.skipIf(!server)(
  'signs in who registered with the old replica while the new one brought the tables up to date',
  async () => {
    if (!server) return;
    const database = `auth_${randomBytes(6).toString('hex')}`;
    await server.createDatabase(database);
    const { host, port, user, password } = server;
    const common = { host, port, user, password, database, maxConnections: 5, log: silentLogger(), clock: systemClock };
    const former = await temporaryFolder();
    copyFormerMigrations(former.path);
    const before = await openServerPostgres({ ...common, migrationsFolder: former.path });
    await before.close();
    await former.remove();
    const old = new pg.Client({ host, port, user, password, database });
    await old.connect();
    let upgrading: Promise<Postgres> | undefined;
    try {
      await old.query('begin');
      const made = `insert into accounts (name, name_key, password_hash) values ('ann', 'ann', 'x') returning id`;
      const { rows } = await old.query<{ id: string }>(made);
      upgrading = openServerPostgres({ ...common, migrationsFolder });
      const waiting = `select relation::regclass::text as table from pg_locks
      where not granted and database = (select oid from pg_database where datname = current_database())`;
      await becomes(() => server.query(waiting, database), [{ table: 'accounts' }]);
      await old.query('commit');
      await upgrading;
      const streams = `select user_id, version::int from user_streams`;
      expect(await server.query(streams, database)).toEqual([{ user_id: rows[0]?.id, version: 0 }]);
    } finally {
      await old.end();
      await (await upgrading)?.close();
    }
  },
);
