import { startTestPostgres, type TestPostgres } from '@tickfolio/lib/kit/postgres';
import { startTestAddress, type TestAddress } from '@tickfolio/lib/kit/postgres-address';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AllInOne, startAllInOne } from '../kit/all-in-one.js';
import { callJson, signIn, signUp, type TestPerson } from '../kit/client.js';

const primary = await startTestPostgres();
const standby = await primary?.startStandby();

describe.runIf(primary && standby)('a failover of PostgreSQL', () => {
  if (!primary || !standby) return; // NOT COVERED was said.
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let address: TestAddress;
  let one: AllInOne;
  let person: TestPerson;
  let next: TestPostgres | undefined;

  beforeAll(async () => {
    await primary.createDatabase('auth_db');
    await primary.createDatabase('profile_db');
    for (const name of ['portfolio_service', 'order_service']) await primary.createDatabase(name);
    [folder, address] = await Promise.all([temporaryFolder(), startTestAddress(primary.port)]);
    one = await startAllInOne(folder.path, {
      POSTGRES_HOST: address.host,
      POSTGRES_PORT: String(address.port),
      POSTGRES_USER: primary.user,
      POSTGRES_PASSWORD: primary.password,
      CLICKHOUSE_HTTP_ADDR: 'off',
    });
    person = await signUp(one.base);
    expect((await person.addCoin('btcusdt', '1')).status).toBe(200);
  });
  afterAll(async () => {
    await one?.process.end('SIGTERM');
    await Promise.all([address?.close(), primary.close(), standby.close(), next?.close(), folder?.remove()]);
  });

  /** What /ready says of the two databases: of the BFF's own, and of auth's in auth's own /ready. */
  const ready = async () => {
    const { status, body } = await callJson(one.base, 'GET', '/ready');
    const { 'profile-database': profile, authorization } = body.dependencies as Record<string, { reason?: string }>;
    return { status, reasons: [profile?.reason, authorization?.reason] };
  };
  const whenReady = () =>
    eventually('both databases to be well', async () => (await ready()).reasons.join('') === '', 30_000);
  const follows = (server: TestPostgres, quantity: string) =>
    eventually(
      'the standby to have what the primary has',
      async () => (await server.query(`select from coins where quantity = ${quantity}`, 'profile_db')).length > 0,
      60_000,
    );
  const held = async () =>
    ((await person.call('GET', '/api/v1/profile')).body.Coins as { Quantity: string }[]).map((coin) => coin.Quantity);

  it('whose old server goes on, but takes no changes, is noticed by itself: nobody restarts anything', async () => {
    await follows(standby, '1');
    await primary.query('alter system set default_transaction_read_only = on');
    await primary.query('select pg_reload_conf()');
    await standby.query('select pg_promote()');
    address.pointTo(standby.port);
    const answers: number[] = [];
    await eventually(
      'a change that is taken',
      async () => {
        answers.push((await person.addCoin('btcusdt', '1')).status);
        return answers.at(-1) === 200 ? true : undefined;
      },
      30_000,
    );
    expect(answers.filter((status) => status !== 503 && status !== 200)).toEqual([]);
    await eventually('a login that is taken', () => signIn(one.base, person.name).catch(() => undefined), 30_000);
    await whenReady();
    // The change is made, but could not be shown here at once; its event brings it.
    await eventually('what was changed to be shown', async () => (await held()).join() === '2', 30_000);
    expect(await standby.query('select quantity::float from coins', 'profile_db')).toEqual([{ quantity: 2 }]);
  });

  it('to a server that is not promoted yet says so, shows what is held, and goes on once it is', async () => {
    next = await standby.startStandby();
    if (!next) throw new Error('a second standby was expected');
    await follows(next, '2');
    const socket = await person.connect();
    await socket.frame(({ Coins }) => Coins[0]?.Quantity === '2', 30_000, 0);
    await standby.crash();
    address.pointTo(next.port);
    const words = 'The database is read-only.,says that it does not serve';
    await eventually(`readiness to say "${words}"`, async () => (await ready()).reasons.join() === words, 30_000);
    expect((await ready()).status).toBe(503);
    const credentials = { name: person.name, password: 'correct horse battery' };
    const refused = await Promise.all([
      person.call('POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' }),
      callJson(one.base, 'POST', '/api/v1/auth/login', credentials),
      callJson(one.base, 'POST', '/api/v1/auth/register', { ...credentials, name: 'somebody-new' }),
    ]);
    expect(refused.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [503, '1'],
      [503, '2'],
      [503, '2'],
    ]);
    expect(refused[0]?.body.detail).toMatch(/^Portfolios cannot be reached at the moment, so nothing can be changed/);
    expect(await held()).toEqual(['2']);
    await socket.frame(({ Coins }) => Coins[0]?.Quantity === '2', 30_000);
    await next.query('select pg_promote()');
    await whenReady();
    await eventually(
      'a change that is taken',
      async () => (await person.addCoin('btcusdt', '1')).status === 200,
      30_000,
    );
    await signIn(one.base, person.name);
    await eventually('what was changed to be shown', async () => (await held()).join() === '3', 30_000);
    socket.close();
  });
});
