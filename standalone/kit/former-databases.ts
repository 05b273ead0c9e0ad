import { join } from 'node:path';
import { migrationsFolder as authMigrations } from '@tickfolio/auth/app';
import { migrationsFolder as profileMigrations } from '@tickfolio/bff/app';
import { systemClock } from '@tickfolio/lib/clock';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { allDatabases } from '../stores/store-names.js';

// A data folder as the builds made it in which each database had an engine to itself.

export const former = [
  { name: 'auth_db', migrationsFolder: authMigrations },
  { name: 'profile_db', migrationsFolder: profileMigrations },
];
const deps = { clock: systemClock, log: silentLogger() };

const accounts = (users: number) => [
  `insert into accounts (name, password_hash) select 'User ' || n || ' 币安 "(a,b)" \\', 'hash ' || n from generate_series(1, ${users}) n`,
  `insert into sessions (user_id, created_at, expires_at) select id, now(), now() + interval '30 days' from accounts`,
  `insert into refresh_tokens (token_hash, session_id, created_at, expires_at) select id::text, id, created_at, expires_at from sessions`,
  `update refresh_tokens set used_at = now() where token_hash like '0%'`,
];
const portfolios = (users: number) => [
  `insert into profiles (id, name) select 'user-' || n, case when n % 2 = 0 then '' else 'name ' || n end from generate_series(1, ${users}) n`,
  `insert into coins (user_id, symbol, quote_asset, quantity) select id, s, 'USDT', 12345678901234567890.123456789012345678
    from profiles, unnest(array['btcusdt', 'ethusdt']) s`,
  `update coins set quantity = quantity - 0.000000000000000001 where symbol = 'ethusdt'`,
  // A day that has a partition of its own, which no migration makes, and one that has none.
  `create table value_minutes_20260102 (like value_minutes including all)`,
  `alter table value_minutes attach partition value_minutes_20260102 for values from ('2026-01-02T00:00:00Z') to ('2026-01-03T00:00:00Z')`,
  `insert into value_minutes (user_id, simulated, minute, value, missing)
    select 'user-' || n, true, at, n / 7.0, array['a"b', null, 'c,d'] from generate_series(1, ${users}) n,
      unnest(array['2026-01-02T10:00:00.123456Z', '2025-06-01T10:00:00Z']::timestamptz[]) at`,
  `insert into portfolio_values_before (user_id, minute, value, simulated) select id, '2025-01-01', 0.1, false from profiles`,
  `insert into page_assets (name, bytes, seen_at) select 'app-' || n || '.js', decode(repeat(md5(n::text), 20000), 'hex'), now() from generate_series(1, 3) n`,
];

/** Makes both in a data folder. */
export const makeFormerDatabases = async (dataFolder: string, users: number): Promise<void> => {
  const contents = [accounts(users), portfolios(users)];
  for (const [index, { name, migrationsFolder }] of former.entries()) {
    const engine = await openPgliteEngine({ ...deps, folder: join(dataFolder, name) });
    await engine.database({ schema: 'public', migrationsFolder });
    for (const statement of contents[index] ?? []) await engine.session.query(statement);
    await engine.close();
  }
};

const tables = [
  ...['accounts', 'sessions', 'refresh_tokens'].map((table) => ['auth_db', table] as const),
  ...[
    'profiles',
    'coins',
    'value_minutes',
    'value_minutes_20260102',
    'value_minutes_rest',
    'portfolio_values_before',
    'page_assets',
  ].map((table) => ['profile_db', table] as const),
];

type Rows = (text: string) => Promise<readonly { readonly it: string }[]>;
const fingerprints = async (
  rows: Rows,
  place: (database: string) => string,
  of: readonly (readonly [string, string])[],
) => {
  const found: Record<string, string> = {};
  for (const [database, table] of of) {
    const [row] = await rows(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as it from ${place(database)}.${table} t`,
    );
    found[table] = row?.it ?? '';
  }
  return found;
};

/** How many rows each table has, and a hash of them; by table. */
export const formerContents = async (dataFolder: string): Promise<Record<string, string>> => {
  const found: Record<string, string>[] = [];
  for (const { name } of former) {
    const engine = await openPgliteEngine({ ...deps, folder: join(dataFolder, name) });
    const rows: Rows = async (text) => (await engine.session.query(text)).rows as { it: string }[];
    found.push(
      await fingerprints(
        rows,
        () => 'public',
        tables.filter(([database]) => database === name),
      ),
    );
    await engine.close();
  }
  return Object.assign({}, ...found);
};

/** The same of the one engine; and what else is asked of it. */
export const allContents = async (dataFolder: string, ask: readonly string[] = []): Promise<Record<string, string>> => {
  const engine = await openPgliteEngine({ ...deps, folder: join(dataFolder, allDatabases) });
  const rows: Rows = async (text) => (await engine.session.query(text)).rows as { it: string }[];
  try {
    const found = await fingerprints(rows, (database) => database, tables);
    await engine.session.query('set search_path to profile_db');
    for (const text of ask) found[text] = (await rows(text))[0]?.it ?? '';
    return found;
  } finally {
    await engine.close();
  }
};
