import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { notCovered, patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sqlState, uniqueViolation } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { createAccounts } from './accounts/accounts.js';
import { createPasswordHasher } from './accounts/password-hasher.js';
import { cheapHashes, codeOf, startTestAuth } from './kit/auth.js';
import { migrationsFolder } from './migrations-folder.js';

const server = await shareTestPostgres();
// Debian's and npm's PostgreSQL have ICU's locales; the C library's are rarely installed.
const [icu] =
  (await server?.query<{ found: boolean }>(
    `select exists (select from pg_collation where collprovider = 'i') as found`,
  )) ?? [];
if (server && !icu?.found)
  notCovered(`${server.origin} was built without ICU, so names were not tested in a Turkish database`);

/** The migrations as a build had them that knew nothing of name keys. */
const earlierMigrations = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-migrations-'));
  cpSync(migrationsFolder, folder, { recursive: true });
  const file = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: unknown[] };
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 2) }));
  return folder;
};

describe.skipIf(!icu?.found).each(['tr-TR', 'az-AZ'])('names in a database of the locale %s', (locale) => {
  const open: { close(): unknown }[] = [];
  const lines: string[] = [];
  afterEach(async () => {
    for (let thing = open.pop(); thing; thing = open.pop()) await thing.close();
  });
  const keep = <T extends { close(): unknown }>(thing: T): T => {
    open.push(thing);
    return thing;
  };
  const made = async (name: string): Promise<string> => {
    const database = `${name}_${locale.slice(0, 2)}`;
    await server?.createDatabase(
      database,
      `template template0 encoding 'UTF8' locale_provider icu icu_locale '${locale}'`,
    );
    return database;
  };
  const database = async (name: string, folder = migrationsFolder): Promise<Postgres> => {
    if (!server) throw new Error('no server');
    const { host, port, user, password } = server;
    const log = createLogger('test', 'warn', (line) => lines.push(line));
    return keep(
      await openServerPostgres({
        host,
        port,
        user,
        password,
        database: name,
        ...patience,
        migrationsFolder: folder,
        log,
        clock: systemClock,
      }),
    );
  };
  const serve = async (postgres: Postgres) => keep(await startTestAuth(postgres));
  /** As a build without keys writes an account. */
  const insertEarlier = (postgres: Postgres, name: string, passwordHash: string) =>
    postgres.db.execute(sql`insert into accounts (name, password_hash) values (${name}, ${passwordHash})`);

  it('with a capital I can sign in, in whatever case, and exist once', async () => {
    const { register, login } = await serve(await database(await made('capital')));
    const { userId } = await register('BILLIE');
    for (const name of ['BILLIE', 'billie', 'Billie'])
      expect(await login(name)).toMatchObject({ userId, userName: 'BILLIE' });
    expect(await codeOf(register('billie', 'another password'))).toBe('already_exists');
  });

  it('that stood side by side: whoever could sign in still can, whoever could not now can, and it is logged', async () => {
    const name = await made('pairs');
    const folder = earlierMigrations();
    const earlier = await database(name, folder);
    rmSync(folder, { recursive: true });
    const hasher = await createPasswordHasher({ maxConcurrent: 2, maxWaiting: 10, cost: cheapHashes });
    const hash = (secret: string) => hasher.hash(secret, new AbortController().signal);
    await insertEarlier(earlier, 'BILLIE', await hash('of the older one'));
    await insertEarlier(earlier, 'billie', await hash('of the younger one'));
    await insertEarlier(earlier, 'IRIS', await hash('of her alone'));
    const { login, register } = await serve(await database(name));
    const userOf = async (as: string, secret: string) => (await login(as, secret)).userName;
    // Until now all of these found the younger one.
    for (const as of ['billie', 'Billie', 'BILLIE']) expect(await userOf(as, 'of the younger one')).toBe('billie');
    expect(await userOf('BILLIE', 'of the older one')).toBe('BILLIE');
    expect(await codeOf(login('billie', 'of the older one'))).toBe('unauthenticated');
    for (const as of ['IRIS', 'iris']) expect(await userOf(as, 'of her alone')).toBe('IRIS');
    for (const as of ['BILLIE', 'billie', 'BilliE']) expect(await codeOf(register(as))).toBe('already_exists');
    expect(
      lines.filter((line) => /account \S+ has the name of account \S+ but for capital letters/.test(line)),
    ).toHaveLength(1);
  });

  it('are guarded also beside a replica of an earlier build', async () => {
    const postgres = await database(await made('beside'));
    const accounts = createAccounts(postgres.db);
    await insertEarlier(postgres, 'IVAN', 'hash');
    expect((await accounts.find('ivan')).map(({ name }) => name)).toEqual(['IVAN']);
    await accounts.create('Ilse', 'hash');
    for (const name of ['ilse', 'ILSE', 'ivan']) {
      const refused = await insertEarlier(postgres, name, 'hash').then(
        () => undefined,
        (err: unknown) => sqlState(err),
      );
      expect(refused).toBe(uniqueViolation);
    }
    lines.length = 0;
  });
});
