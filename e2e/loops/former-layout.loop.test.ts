import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationsFolder as authMigrations, startAuth } from '@tickfolio/auth/app';
import { migrationsFolder as profileMigrations } from '@tickfolio/bff/app';
import { AuthServiceClient } from '@tickfolio/gen/auth/v1';
import { systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { startProcess } from '@tickfolio/lib/kit/process';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openPglite } from '@tickfolio/lib/postgres/pglite';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { readManifest } from '@tickfolio/standalone/backup/manifest';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { callJson, signIn } from '../kit/client.js';

const deps = { clock: systemClock, log: silentLogger() };
const jwtSecret = 'a secret of this test only, and long enough';
const maria = {
  ...{ name: 'Maria', password: 'correct horse battery', clientAddress: '', userAgent: '' },
  ...{ idempotencyKey: '', withRecoveryCodes: false },
};
const quantity = '1.234567890123456789';
const coinId = 41;

/** A data folder in which each database has an engine to itself. @returns a refresh token that is good in it */
const makeFormerFolder = async (dataFolder: string): Promise<string> => {
  const open = (name: string, migrationsFolder: string) =>
    openPglite({ ...deps, folder: join(dataFolder, name), migrationsFolder });
  const accounts = await open('auth_db', authMigrations);
  const auth = await startAuth(
    {
      ...deps,
      postgres: accounts,
      eventLog: createMemoryEventLog({ ...deps, metrics: createMetrics('log') }),
      metrics: createMetrics('auth'),
    },
    { address: { host: '127.0.0.1', port: 0 }, jwtSecret, holders: ['auth'] },
  );
  const client = createGrpcClient(AuthServiceClient, `127.0.0.1:${auth.port}`);
  const options = { deadlineMs: 60_000, waitForReady: true };
  const { userId } = await callUnary(client, client.register, maria, options);
  const { tokens } = await callUnary(client, client.login, maria, options);
  client.close();
  await auth.close();
  await accounts.close();
  const portfolios = await open('profile_db', profileMigrations);
  await portfolios.db.execute(sql`insert into profiles (id, name) values (${userId}, 'Maria')`);
  await portfolios.db.execute(
    sql`insert into coins (id, user_id, symbol, quote_asset, quantity) overriding system value
      values (${coinId}, ${userId}, 'btcusdt', 'usdt', ${quantity}::numeric)`,
  );
  await portfolios.close();
  await writeFile(join(dataFolder, 'jwt-secret'), jwtSecret);
  return tokens?.refreshToken ?? expect.unreachable();
};

/** As an earlier build writes it: the same, under another number. */
const markAsFormer = async (backup: string) => {
  expect((await readManifest(backup)).stores.map(({ name }) => name)).toEqual(['auth_db', 'jwt-secret', 'profile_db']);
  const file = join(backup, 'manifest.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"format": 2', '"format": 1'));
  expect((await readManifest(backup)).format).toBe(1);
};

it('brings a backup of an earlier build back: one signs in as before and has the same coins, to the last digit, also where the portfolio service has them', async () => {
  const place = await temporaryFolder();
  const [before, backup, dataFolder] = ['before', 'backup', 'data'].map((name) => join(place.path, name)) as [
    string,
    string,
    string,
  ];
  const run = async (what: 'backup' | 'restore', folder: string) => {
    const started = startProcess(process.execPath, ['standalone/dist/backup/main.js', what], {
      DATA_DIR: folder,
      BACKUP: backup,
    });
    const { code } = await started.ended;
    expect([code, started.output()]).toEqual([0, expect.anything()]);
    return started.output();
  };
  const refreshToken = await makeFormerFolder(before);
  await run('backup', before);
  await markAsFormer(backup);
  expect(await run('restore', dataFolder)).toMatch(/All sessions were ended \(1\)/);

  const one = await startAllInOne(dataFolder);
  try {
    expect(one.process.output()).toContain('Copying auth_db and profile_db into one database, once');
    const cookie = `refreshToken=${refreshToken}`;
    expect((await callJson(one.base, 'POST', '/api/v1/auth/refresh', undefined, { cookie })).status).toBe(401);
    const person = await signIn(one.base, maria.name, maria.password);
    const { body } = await person.call('GET', '/api/v1/profile');
    const held = { ID: coinId, Symbol: 'btcusdt', Quantity: quantity };
    expect(body.Coins).toMatchObject([held]);
    const profile = () => person.call('GET', '/api/v1/profile');
    expect((await person.addCoin('ethusdt', '2')).status).toBe(200);
    // Only what the portfolio service has told has a moment.
    await eventually(
      'it has them',
      async () => {
        expect((await person.addCoin('ethusdt', '1')).status).toBe(200);
        return (await profile()).body.AsOf !== undefined;
      },
      60_000,
      200,
    );
    const coins = (await profile()).body.Coins as readonly { readonly ID: number }[];
    expect(coins).toMatchObject([held, { Symbol: 'ethusdt' }]);
    const { body: there } = await person.call('GET', '/api/v1/portfolios/default/balances');
    expect(there.balances).toMatchObject([{ asset: 'BTC', total: quantity }, { asset: 'ETH' }]);
    await one.process.waitFor(/Ctrl-C stops it/, 60_000);
    expect(await one.process.end('SIGTERM')).toEqual({ code: 0, signal: null });
  } finally {
    await one.process.end('SIGKILL');
  }
  // Kept until the next start, as after every update.
  expect(['auth_db', 'profile_db', 'databases'].filter((name) => !existsSync(join(dataFolder, name)))).toEqual([]);
  await place.remove();
}, 240_000);
