import { randomUUID } from 'node:crypto';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { createRandom } from '@tickfolio/lib/kit/random';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callJson, type LiveSocket, signUp, type TestPerson } from '../kit/client.js';
import { type Stack, startStack } from '../kit/stack.js';

const kills = countOf('KILLS', 6);
const users = 300;
const withinMs = 60_000;
/** Until hundreds of users are handed over: no promise, a busy machine takes a second for each. */
const allWithinMs = 600_000;

const stack = await startStack({}, { portfolio: true });

describe.skipIf(!stack)('what people held before there was a portfolio service', () => {
  if (!stack) return;
  afterAll(() => stack.close());
  handOver(stack);
});

function handOver(stack: Stack) {
  const random = createRandom(seed);
  const { postgres } = stack;
  let person: TestPerson;
  let socket: LiveSocket;

  const profiles = <Row extends Record<string, unknown>>(text: string) => postgres.query<Row>(text, 'profile_db');
  const heldHere = () =>
    profiles(
      'select user_id, id::text, symbol, quantity::text, created_at from coins where quantity > 0 order by 1, 3',
    );
  const heldThere = () =>
    postgres.query(
      `select p.user_id, b.id::text, b.via as symbol, b.available::text as quantity, b.created_at
        from balances b join portfolios p on p.id = b.portfolio_id where p.kind = 'tracking' order by 1, 3`,
      'portfolio_service',
    );
  const change = (quantity: string, key: string = randomUUID(), symbol = 'btcusdt') =>
    person.call('POST', '/api/v1/profile/coins', { symbol, quantity }, { 'idempotency-key': key });
  const added = (symbol: string, quantity: string) =>
    eventually(
      `${symbol} is added`,
      async () => (await person.addCoin(symbol, quantity).catch(() => undefined))?.status === 200,
      withinMs,
      200,
    );
  const held = async () => {
    const { body } = await person.call('GET', '/api/v1/profile');
    const coins = body.Coins as readonly { readonly Symbol: string; readonly Quantity: string }[];
    return { version: Number(body.Version), coins: Object.fromEntries(coins.map((one) => [one.Symbol, one.Quantity])) };
  };

  beforeAll(async () => {
    await stack.ready(withinMs);
    person = await signUp(stack.base);
    await added('btcusdt', '1.000000000000000001');
    await added('ethusdt', '10');
    await profiles(
      `insert into profiles (id, name) select 'user-' || n, 'user ' || n from generate_series(1, ${users}) n`,
    );
    await profiles(`insert into coins (user_id, symbol, quote_asset, quantity)
      select 'user-' || n, s, 'usdt', n * 1000000007.123456789012345678 + length(s)
        from generate_series(1, ${users}) n, unnest(array['btcusdt', 'ethusdt', 'bnbusdt', 'gonebeforeusdt']) s where n % 7 > 0`);
    socket = await person.connect();
  });
  afterAll(() => socket?.close());

  it(`is handed over whole, with its numbers and to the last digit, through ${kills} kills (-9) of either side, seed ${seed}`, {
    timeout: (kills + 4) * withinMs + allWithinMs,
  }, async () => {
    const before = await heldHere();
    const { version } = await held();
    expect(before.length).toBeGreaterThan(users);
    stack.start('portfolio');
    await eventually(
      '/ready says how far it is',
      async () => {
        const { body } = await callJson(stack.base, 'GET', '/ready');
        return /^adopting holdings: [\d,]+ of \d{3}$/.test(String(body.holdings));
      },
      withinMs * 3, // The longer there was none, the more seldom it is looked for: once a minute.
      20,
    );
    const left = async () =>
      (await profiles<{ n: string }>('select count(*)::text as n from profiles where adopted_at is null'))[0]?.n;
    for (let count = 0; count < kills; count++) {
      const victim = random() < 0.5 ? 'bff' : 'portfolio';
      await new Promise((resolve) => setTimeout(resolve, 500 + random() * 3_000));
      await stack.kill(victim);
      stack.start(victim);
    }
    await eventually('everybody is handed over', async () => (await left()) === '0', allWithinMs, 200).catch(
      async (err) => {
        const output = stack.service('bff').output().slice(-3_000);
        throw new Error(`${String(err)}; ${await left()} are left\n${output}`);
      },
    );
    expect(await heldHere()).toEqual(before);
    expect(await heldThere()).toEqual(before);
    await stack.ready(withinMs);
    const after = await held();
    expect(after.coins).toEqual({ btcusdt: '1.000000000000000001', ethusdt: '10' });
    expect(after.version).toBeGreaterThanOrEqual(version);
    const balances = (await person.call('GET', '/api/v1/portfolios/default/balances')).body;
    expect(balances).toMatchObject({
      version: after.version,
      balances: [
        { asset: 'BTC', via: 'btcusdt', total: '1.000000000000000001' },
        { asset: 'ETH', via: 'ethusdt', total: '10' },
      ],
    });
    // What comes new has a number that nothing had.
    await added('bnbusdt', '3');
    const ids = (await heldHere()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await held()).version).toBeGreaterThan(after.version);
    socket.close();
    socket = await person.connect();
  });

  it('goes there once more, for everybody, where its database is one of before, and no coin is lost', {
    timeout: withinMs * 2 + allWithinMs,
  }, async () => {
    const others = async () => (await heldHere()).filter(({ user_id }) => String(user_id).startsWith('user-'));
    const before = await others();
    await stack.kill('portfolio');
    await postgres.query('drop schema public, drizzle cascade', 'portfolio_service');
    await postgres.query('create schema public', 'portfolio_service');
    expect((await change('1', randomUUID(), 'bnbusdt')).status).toBe(503);
    stack.start('portfolio');
    await added('bnbusdt', '1');
    const there = async () => JSON.stringify(await heldThere()) === JSON.stringify(await heldHere());
    await eventually('everybody’s are there', there, allWithinMs, 500);
    expect(await others()).toEqual(before);
    expect((await held()).coins).toEqual({ btcusdt: '1.000000000000000001', ethusdt: '10', bnbusdt: '4' });
    expect((await change('-1', randomUUID(), 'bnbusdt')).body.Quantity).toBe('3');
  });

  it('is taken away once where two ask for all of it at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      await added('solusdt', '2.5');
      const answers = await Promise.all([1, 2].map(() => change('-2.5', randomUUID(), 'solusdt')));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
    expect((await held()).coins).not.toHaveProperty('solusdt');
  });

  it('is shown and valued on while the portfolio service is killed (-9), and changes are refused, then made', {
    timeout: withinMs * 2,
  }, async () => {
    const { coins } = await held();
    await stack.kill('portfolio');
    const refused = await change('1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await person.call('DELETE', '/api/v1/profile/coins', { symbol: 'btcusdt' })).status).toBe(503);
    expect((await held()).coins).toEqual(coins);
    const sinceMs = Date.now();
    const frame = await socket.frame(
      ({ Coins }) => Coins.some(({ PriceTime }) => PriceTime !== null && Date.parse(PriceTime) > sinceMs),
      withinMs,
    );
    expect(Object.fromEntries(frame.Coins.map((coin) => [coin.Symbol, coin.Quantity]))).toEqual(coins);
    stack.start('portfolio');
    await added('btcusdt', '1');
    expect((await held()).coins.btcusdt).toBe('2.000000000000000001');
  });

  it('is changed once where the answer did not come in time, and asking again under the key says what happened', {
    timeout: withinMs * 2,
  }, async () => {
    const before = (await held()).coins.ethusdt;
    expect(before).toBe('10');
    const portfolio = stack.service('portfolio');
    portfolio.send('SIGSTOP');
    const late = await change('5', 'a-key-of-mine', 'ethusdt');
    portfolio.send('SIGCONT');
    expect([late.status, late.body.detail]).toEqual([504, expect.stringContaining('a-key-of-mine')]);
    const again = await eventually(
      'it is answered',
      async () => {
        const answer = await change('5', 'a-key-of-mine', 'ethusdt');
        return answer.status === 200 ? answer : undefined;
      },
      withinMs,
      200,
    );
    expect(again.body.Quantity).toBe('15');
    expect((await held()).coins.ethusdt).toBe('15');
  });
}
