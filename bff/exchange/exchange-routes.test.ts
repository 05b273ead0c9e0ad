import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff, type TestUser } from '../kit/bff.js';
import { createFakeExchange, tickerAt } from '../kit/exchange.js';

const [minuteMs, hourMs] = [60_000, 3_600_000];
let postgres: Postgres;
let bff: TestBff;
let user: TestUser;
let exchange: ReturnType<typeof createFakeExchange>['fake'];

const start = async (options: Parameters<typeof startTestBff>[0]['options'] = {}) => {
  const { fake, client } = createFakeExchange(systemClock);
  exchange = fake;
  bff = await startTestBff({ postgres, played: { socket: client }, options });
  user = createUser(systemClock);
};
/** The fields of any of these answers. */
interface Body {
  readonly [key: string]: unknown;
  readonly klines: readonly { readonly openTime: string; readonly close: string; readonly closed: boolean }[];
  readonly tickers: readonly { readonly symbol: string; readonly age: number; readonly spark7d?: readonly unknown[] }[];
  readonly next: string | null;
  readonly Points: readonly { readonly Time: string; readonly Value: string; readonly Missing?: readonly string[] }[];
  readonly Trails: readonly {
    readonly Symbol: string;
    readonly Points: readonly { readonly Time: string; readonly Price: string }[];
  }[];
  readonly Candles: readonly { readonly Time: string; readonly Close: string; readonly Source: string }[];
}
const get = async (path: string, headers: Record<string, string> = {}, by: TestUser | undefined = user) => {
  const answer = await bff.call(by, 'GET', `/api/v1/${path}`, undefined, headers);
  return { ...answer, body: answer.body as unknown as Body };
};

beforeEach(async () => {
  postgres = await openTestPostgres();
});
afterEach(() => bff.close());

describe('tickers over REST', () => {
  it('are had by everybody, page after page of one moment, and cost nothing where nothing changed', async () => {
    await start();
    await until(() => exchange.isHeard);
    const now = systemClock.now();
    exchange.tell(
      tickerAt('btcusdt', '68000.50', now, { quoteVolume: '300' }),
      tickerAt('ethusdt', '3000', now, { quoteVolume: '200' }),
      tickerAt('ethbtc', '0.05', now, { quoteVolume: '0.000001' }),
    );
    const page = (query = '', headers = {}) => get(`tickers?limit=2${query}`, headers, undefined);
    const first = await until(async () => {
      const answer = await page();
      return answer.body.tickers.length === 2 && answer;
    });
    expect(first.body).toMatchObject({
      simulated: false,
      stale: null,
      tickers: [{ symbol: 'btcusdt' }, { symbol: 'ethusdt' }],
    });
    exchange.tell(tickerAt('bnbusdt', '600', systemClock.now(), { quoteVolume: '9999' }));
    const second = await page(`&cursor=${first.body.next}`);
    expect([second.body.tickers.map(({ symbol }) => symbol), second.body.next]).toEqual([['ethbtc'], null]);
    const whole = await until(async () => {
      const answer = await get('tickers?quote=usdt&spark=true');
      return answer.body.tickers.length === 3 && answer;
    });
    expect(whole.body.tickers.map(({ symbol }) => symbol)).toEqual(['bnbusdt', 'btcusdt', 'ethusdt']);
    expect(whole.body.tickers[0]?.spark7d).toHaveLength(29);
    const ofEther = await get('tickers?base=eth');
    expect(ofEther.body.tickers.map(({ symbol }) => symbol)).toEqual(['ethusdt', 'ethbtc']);
    const one = await get('tickers/btcusdt');
    expect(one.body).toMatchObject({ ticker: { symbol: 'btcusdt', base: 'BTC', price: '68000.5', change24h: '0' } });
    const again = await get('tickers/btcusdt', { 'if-none-match': one.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    expect((await page('&cursor=nonsense')).status).toBe(400);
    expect((await get('tickers/nosuchusdt')).status).toBe(404);
    expect((await get('tickers/dogeusdt')).status).toBe(503);
    const { body: ready } = await bff.call(undefined, 'GET', '/ready');
    expect(ready.dependencies['all-market']).toMatchObject({ status: 'ok', required: false });
  });

  it('say that they are old where the socket service is away, which keeps nothing else from working', async () => {
    await start();
    await until(() => exchange.isHeard);
    exchange.tell(tickerAt('btcusdt', '5', systemClock.now()));
    exchange.cut();
    const { body } = await until(async () => {
      const answer = await get('tickers');
      return answer.body.stale === 'The socket service is away.' && answer;
    });
    expect(body.tickers).toHaveLength(1);
    const ready = await bff.call(undefined, 'GET', '/ready');
    expect([ready.status, ready.body.dependencies['all-market']?.status]).toEqual([200, 'down']);
  });
});

describe('the last 24 hours of what is held', () => {
  it('are one answer for all coins, of the exchange and not of how long they are held', async () => {
    await start();
    await until(() => exchange.isHeard);
    exchange.prices.set('btcusdt', (atMs) => `${atMs / hourMs}.00000000`);
    for (const symbol of ['btcusdt', 'dogeusdt'])
      await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity: '1' });
    exchange.tell(tickerAt('btcusdt', '5', systemClock.now()));
    const trails = await until(async () => {
      const { status, body } = await get('profile/day-trails');
      const found = body.Trails.find(({ Symbol: symbol }) => symbol === 'btcusdt');
      return status === 200 && (found?.Points.length ?? 0) > 20 && body;
    });
    expect(trails).toMatchObject({ Simulated: false });
    expect(trails.Trails.map(({ Symbol: symbol }) => symbol).sort()).toEqual(['btcusdt', 'dogeusdt']);
    expect(trails.Trails.find(({ Symbol: symbol }) => symbol === 'btcusdt')).toMatchObject({ Whole: true });
    const points = trails.Trails.find(({ Symbol: symbol }) => symbol === 'btcusdt')?.Points ?? [];
    for (const { Time, Price } of points) expect(Price).toBe(`${Date.parse(Time) / hourMs}`);
    expect((await bff.call(undefined, 'GET', '/api/v1/profile/day-trails')).status).toBe(401);
  });
});

describe('klines over REST', () => {
  it('lead on by time, over what the exchange lacks, and end', async () => {
    await start();
    const endMs = Math.floor(systemClock.now() / hourMs) * hourMs;
    const fromMs = endMs - 9 * hourMs;
    exchange.prices.set('btcusdt', (atMs) => ((endMs - atMs) / hourMs === 5 ? undefined : `${atMs / hourMs}.00000000`));
    const found: string[] = [];
    let query = `from=${new Date(fromMs).toISOString()}`;
    for (let pages = 0; pages < 9; pages++) {
      const { status, body } = await get(`klines/BTCUSDT?interval=1h&limit=3&${query}`);
      expect([status, body.simulated]).toEqual([200, false]);
      found.push(...body.klines.map(({ openTime, close }) => `${openTime} ${close}`));
      if (body.next === null) break;
      query = `cursor=${body.next}`;
    }
    const wanted = Array.from({ length: 10 }, (_, at) => fromMs + at * hourMs).filter(
      (at) => at !== endMs - 5 * hourMs,
    );
    expect(found).toEqual(wanted.map((at) => `${new Date(at).toISOString()} ${at / hourMs}.00000000`));
    const latest = await get('klines/btcusdt?limit=2');
    expect([latest.body.klines.map(({ closed }) => closed), latest.body.next]).toEqual([[true, false], null]);
    const etag = latest.headers.get('etag') ?? '';
    expect((await get('klines/btcusdt?limit=2', { 'if-none-match': etag })).status).toBe(304);
  });

  it('are refused by the name of what is wrong', async () => {
    await start();
    for (const [query, field] of [
      ['interval=7m', 'interval'],
      ['limit=1001', 'limit'],
      ['limit=0', 'limit'],
      ['from=yesterday', 'from'],
      ['from=2026-01-27&to=2026-01-26', 'to'],
      ['cursor=nonsense', 'cursor'],
    ]) {
      const { status, body } = await get(`klines/btcusdt?${query}`);
      expect([status, (body.errors as { field: string }[])[0]?.field]).toEqual([400, field]);
    }
    expect(exchange.asked).toEqual([]);
  });

  it('say what is wrong where they cannot be had: nobody signed in, no such symbol, no exchange, too much asked', async () => {
    await start({ pagesPerUser: { burst: 1, refillMs: 60_000 } });
    expect((await bff.call(undefined, 'GET', '/api/v1/klines/btcusdt')).status).toBe(401);
    expect((await get('klines/nosuchusdt')).status).toBe(404);
    exchange.fault = new AppError('resource_exhausted', 'What may be asked is used up.', { retryAfterMs: 30_000 });
    const busy = await get('klines/ethusdt');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '30']);
    const tooMuch = await get('klines/ethusdt?limit=3');
    expect([tooMuch.status, tooMuch.body.detail]).toEqual([
      429,
      expect.stringMatching(/You ask for too much of the past/),
    ]);
    exchange.fault = new AppError('unavailable', 'The socket service cannot be reached at the moment.');
    const away = await get('klines/btcusdt', {}, createUser(systemClock));
    expect([away.status, away.body.detail]).toEqual([503, 'The socket service cannot be reached at the moment.']);
  });

  it('are asked for once for all who ask alike', async () => {
    await start();
    exchange.prices.set('btcusdt', () => '5');
    await Promise.all(Array.from({ length: 20 }, () => get('klines/btcusdt?interval=1d', {}, createUser(systemClock))));
    expect(exchange.asked.filter(({ interval }) => interval === '1d')).toHaveLength(1);
  });
});

describe('the chart of a coin', () => {
  it('is drawn from the exchange where nothing was archived, and says so candle by candle', async () => {
    await start();
    exchange.prices.set('btcusdt', (atMs) => `${Math.floor(atMs / minuteMs)}.0`);
    await until(() => exchange.isHeard);
    exchange.tell(tickerAt('btcusdt', '5', systemClock.now(), { open: '4', high: '6', low: '3', volume: '7' }));
    const { status, body } = await until(async () => {
      const answer = await get('coins/btcusdt/candles?range=6h');
      return answer.body.Day !== null && answer;
    });
    expect([status, body.Lacks, body.StepSeconds]).toEqual([200, null, 120]);
    expect(body.Candles.length).toBeGreaterThanOrEqual(179);
    expect(new Set(body.Candles.map(({ Source }) => Source))).toEqual(new Set(['exchange']));
    const [first] = body.Candles;
    expect(first?.Close).toBe(String(Date.parse(first?.Time ?? '') / minuteMs + 1));
    expect(body).toMatchObject({ Day: { Open: '4', High: '6', Low: '3' }, Volume: { Base: '7' }, Today: null });
  });

  it('says what is wrong with the archive where the exchange has nothing either', async () => {
    await start();
    exchange.fault = new AppError('unavailable', 'The exchange is away.');
    const { status, body } = await get('coins/btcusdt/candles?range=24h');
    expect([status, (body.errors as { reason: string }[])[0]?.reason]).toEqual([503, 'no-archive']);
  });

  it('has no simulated candles beside real prices', async () => {
    await start();
    exchange.prices.set('btcusdt', () => '5');
    exchange.simulated = true;
    expect((await get('coins/btcusdt/candles?range=24h')).status).toBe(503);
  });
});

describe("what today's holdings were worth", () => {
  const hold = (symbol: string, quantity: string) =>
    bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity });

  it('is exact at every step, in USDT, with what had no price then named', async () => {
    await start();
    await hold('btcusdt', '0.3');
    await hold('ethbtc', '2');
    await hold('dogeusdt', '100');
    await hold('bnbusdt', '5');
    const sinceMs = systemClock.now() - 10 * hourMs;
    exchange.prices.set('btcusdt', (atMs) => `${Math.floor(atMs / minuteMs)}.00000001`);
    // Not traded in every step: its last price stands.
    exchange.prices.set('ethbtc', (atMs) => ((atMs / (5 * minuteMs)) % 7 === 0 ? '0.05' : undefined));
    exchange.prices.set('dogeusdt', (atMs) => (atMs >= sinceMs ? '0.1' : undefined));
    const { status, body } = await get('profile/value/held?range=24h');
    expect([status, body.StepSeconds, body.Left, body.Simulated]).toEqual([200, 300, ['bnbusdt'], false]);
    expect(body.Points.length).toBe(288);
    const { Time = '', Value, Missing } = body.Points.at(-1) ?? {};
    const units = BigInt(Date.parse(Time) / minuteMs - 5) * 100_000_000n + 1n;
    // 0.3 BTC and 2 × 0.05 BTC, and 10 USDT of the rest: 0.4 of the price and 10.
    expect(Value?.replace('.', '')).toBe(String((units * 4n + 100n * 10n ** 8n) / 1n).replace(/0+$/, ''));
    expect(Missing).toBeUndefined();
    expect(body.Points[20]?.Missing).toEqual(['dogeusdt']);
    expect(exchange.asked.every(({ limit, endMs }) => limit === 288 && endMs !== undefined)).toBe(true);
    const { headers } = await get('profile/value/held?range=24h');
    expect((await get('profile/value/held?range=24h', { 'if-none-match': headers.get('etag') ?? '' })).status).toBe(
      304,
    );
  });

  it('takes no more of the exchange than a bound, of the most valuable coins, and names the others', async () => {
    // Looked at until the prices of all are known, which is oftener than a user may.
    await start({ pagesPerUser: { burst: 1_000_000, refillMs: 1 } });
    const symbols = Array.from({ length: 70 }, (_, at) => `coin${at}usdt`);
    bff.aggregator.symbols = symbols.map((symbol) => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' }));
    bff.aggregator.revision = 'r2';
    await postgres.db.execute(sql`insert into profiles (id, name) values (${user.userId}, ${user.name})`);
    await postgres.db.execute(sql`insert into coins (user_id, symbol, quote_asset, quantity)
      select ${user.userId}, 'coin' || at || 'usdt', 'usdt', 1 from generate_series(0, 69) as at`);
    for (const [at, symbol] of symbols.entries()) {
      bff.aggregator.lastPrices.set(symbol, { price: String(at + 1), timeMs: systemClock.now(), tradeId: 1 });
      exchange.prices.set(symbol, () => '1');
    }
    const { body } = await until(async () => {
      const answer = await get('profile/value/held?range=7d');
      return (answer.body.Left as string[]).includes('coin9usdt') && answer;
    });
    expect([...(body.Left as string[])].sort()).toEqual(symbols.slice(0, 10).sort());
    expect(body.Points.at(-1)?.Value).toBe('60');
    expect(new Set(exchange.asked.map(({ symbol }) => symbol)).size).toBeLessThanOrEqual(70);
  });

  it('counts what is worth the most among its 60 coins also where nobody has followed its price yet', async () => {
    await start({ pagesPerUser: { burst: 1_000_000, refillMs: 1 } });
    await until(() => exchange.isHeard);
    await postgres.db.execute(sql`insert into profiles (id, name) values (${user.userId}, ${user.name})`);
    await postgres.db.execute(sql`insert into coins (user_id, symbol, quote_asset, quantity)
      select ${user.userId}, 'coin' || at || 'usdt', 'usdt', 1 from generate_series(0, 69) as at`);
    const symbols = Array.from({ length: 70 }, (_, at) => `coin${at}usdt`);
    for (const symbol of symbols) exchange.prices.set(symbol, () => '1');
    for (const symbol of symbols.slice(10))
      bff.aggregator.lastPrices.set(symbol, { price: '2', timeMs: systemClock.now(), tradeId: 1 });
    exchange.tell(tickerAt('coin3usdt', '900', systemClock.now()));
    // Nothing is known of nine others.
    const unknown = symbols.slice(0, 10).filter((symbol) => symbol !== 'coin3usdt');
    const left = async () => (await get('profile/value/held?range=7d')).body.Left as string[];
    await becomes(async () => (await left()).filter((symbol) => symbols.indexOf(symbol) < 10).sort(), unknown);
    expect(await left()).toHaveLength(10);
  });
});

describe('a coin that is looked at before it is held', () => {
  const look = (symbol: string, by = user) => bff.call(by, 'PUT', `/api/v1/leases/${symbol}`);

  it('is followed for a minute, also by the other replica, and no longer', async () => {
    await start();
    const other = await startTestBff({ postgres });
    const answer = await look('ETHBTC');
    const {
      symbol,
      until: untilText,
      seconds,
    } = answer.body as unknown as { symbol: string; until: string; seconds: number };
    expect([answer.status, symbol, seconds]).toEqual([200, 'ethbtc', 60]);
    expect(Date.parse(untilText) - systemClock.now()).toBeGreaterThan(50_000);
    for (const one of [bff, other]) await until(() => one.aggregator.told.at(-1)?.join() === 'btcusdt,ethbtc');
    await postgres.db.execute(sql`update symbol_leases set until = now() - interval '1 second'`);
    for (const one of [bff, other]) await until(() => one.aggregator.told.at(-1)?.join() === '');
    await other.close();
  });

  it('is let go at once when its page closes', async () => {
    await start();
    await look('ethusdt');
    await until(() => bff.aggregator.told.at(-1)?.join() === 'ethusdt');
    expect((await bff.call(user, 'DELETE', '/api/v1/leases/ethusdt')).status).toBe(200);
    await until(() => bff.aggregator.told.at(-1)?.join() === '');
  });

  it('is one of ten at most, also for who asks for many at once; what ran out makes room and is forgotten', async () => {
    await start();
    const symbols = Array.from({ length: 15 }, (_, at) => `coin${at}usdt`);
    bff.aggregator.symbols = symbols.map((symbol) => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' }));
    bff.aggregator.revision = 'r2';
    await until(async () => (await look('coin0usdt')).status === 200);
    const answers = await Promise.all(symbols.map((symbol) => look(symbol)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    expect((await look('coin14usdt', createUser(systemClock))).status).toBe(200);
    await postgres.db.execute(sql`update symbol_leases set until = now() - interval '1 second'`);
    expect((await look('coin13usdt')).status).toBe(200);
    const { rows } = (await postgres.db.execute(sql`select symbol from symbol_leases`)) as unknown as {
      rows: unknown[];
    };
    expect(rows).toEqual([{ symbol: 'coin13usdt' }]);
  });

  it('is refused where it cannot be followed', async () => {
    await start();
    for (const [symbol, status] of [
      ['nosuchusdt', 404],
      ['oldusdt', 422],
      ['btcold', 422],
    ] as const)
      expect([symbol, (await look(symbol)).status]).toEqual([symbol, status]);
  });
});
