import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
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
    const common = {
      host,
      port,
      user,
      password,
      database,
      maxConnections: 5,
      ...patience,
      log: silentLogger(),
      clock: systemClock,
    };
    const former = await temporaryFolder();
    copyFormerMigrations(former.path);
    const old = await openServerPostgres({ ...common, migrationsFolder: former.path });
    const opened = [old];
    try {
      const waiting = `select relation::regclass::text as table from pg_locks
      where not granted and database = (select oid from pg_database where datname = current_database())`;
      const upgrading = await old.db.transaction(async (tx) => {
        await tx.execute(sql`insert into accounts (name, name_key, password_hash) values ('ann', 'ann', 'x')`);
        const next = openServerPostgres({ ...common, migrationsFolder }).then((made) => void opened.push(made));
        await becomes(() => server.query(waiting, database), [{ table: 'accounts' }]);
        return { next };
      });
      await upgrading.next;
      const streams = `select name, version::int from user_streams join accounts on accounts.id = user_id`;
      expect(await server.query(streams, database)).toEqual([{ name: 'ann', version: 0 }]);
    } finally {
      for (const postgres of opened) await postgres.close();
      await former.remove();
    }
  },
);
