import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { timeOf } from '@tickfolio/lib/postgres';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeptPrices } from '../history/kept-prices.js';
import { createValueHistory } from '../history/value-history.js';
import { createValueRecorder } from '../history/value-recorder.js';
import { createValueRounds } from '../history/value-rounds.js';
import { createUser, openTestPostgres, pointsOf, startTestBff, type TestBff } from '../kit/bff.js';
import { createPortfolios } from '../portfolio/portfolios.js';
import { createPriceBoard } from '../prices/price-board.js';
import { createMarketArchive } from './market-archive.js';

const hourMs = 3_600_000;
let postgres: Awaited<ReturnType<typeof openTestPostgres>>;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());

/** The moments from which on the archive is asked for prices, epoch milliseconds. */
const askedFrom = () => {
  const moments: number[] = [];
  const query = async (_sql: string, { from }: Readonly<Record<string, unknown>>) => {
    if (from === undefined) return [];
    expect(Number.isInteger(from)).toBe(true); // The archive takes no parts of milliseconds.
    moments.push(Number(from) < 1e11 ? Number(from) * 1_000 : Number(from));
    return [];
  };
  return { moments, clickhouse: () => ({ query }) as unknown as ClickHouse };
};

it.each([
  ['90 minutes ahead', 1.5 * hourMs],
  ['a week behind', -168 * hourMs],
])(
  'charts and the figures of the day are of the exchange’s last hours with a clock here that is %s',
  async (_how, aheadMs) => {
    const { moments, clickhouse } = askedFrom();
    const bff: TestBff = await startTestBff({ postgres, deps: { clickhouse } });
    const exchangeMs = () => systemClock.now() - aheadMs;
    bff.aggregator.exchangeTimeMs = exchangeMs();
    const user = createUser(systemClock);
    await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' });
    await until(
      async () =>
        Math.abs(Number(JSON.parse((await bff.call(user, 'GET', '/ready')).text).clockOffsetMs) + aheadMs) < 60_000,
    );
    moments.length = 0;
    for (const path of ['coins/btcusdt/candles?range=1h', 'profile/day', 'profile/trails'])
      await bff.call(user, 'GET', `/api/v1/${path}`);
    expect(moments.length).toBeGreaterThan(3);
    for (const moment of moments) {
      expect(moment).toBeLessThanOrEqual(exchangeMs());
      expect(moment).toBeGreaterThan(exchangeMs() - 25 * hourMs); // Midnight at the latest.
    }
    const { Since } = JSON.parse((await bff.call(user, 'GET', '/api/v1/profile/day')).text) as { Since: string };
    expect(Since).toBe(`${new Date(exchangeMs()).toISOString().slice(0, 10)}T00:00:00.000Z`);
    await bff.close();
  },
);

it('shows at midnight the day that begins, and not for some seconds more the one before', async () => {
  const { moments, clickhouse } = askedFrom();
  const clock = createManualClock(Date.parse('2026-03-08T23:59:59.000Z'));
  const archive = createMarketArchive({ clickhouse, database: 'crypto', table: 'market_tickers', clock });
  await archive.today('btcusdt');
  clock.advance(1_000);
  await archive.today('btcusdt');
  expect(moments).toEqual([Date.parse('2026-03-08T00:00:00.000Z'), Date.parse('2026-03-09T00:00:00.000Z')]);
});

it('keeps the first prices of the day of the exchange, as they are asked for, with the clocks here and of the database a week ahead', async () => {
  const noonMs = Date.parse('2027-11-15T12:00:00.000Z');
  const clock = createManualClock(noonMs);
  const exchange = { known: false, now: () => clock.now() - (exchange.known ? 168 * hourMs : 0) };
  const history = createValueHistory(postgres.db, timeOf(clock));
  const portfolios = createPortfolios(postgres.db);
  const { userId, name: userName } = createUser(clock);
  await portfolios.open({ userId, userName }, { symbol: 'daiusdt', quoteAsset: 'usdt' }, { units: 1n, scale: 0 });
  const priceBus = createPriceBus(createMemoryPubSub());
  await priceBus.setLast({ symbol: 'daiusdt', price: '1.0002', timeMs: exchange.now(), tradeId: 1 });
  const recorder = createValueRecorder({
    history,
    rounds: createValueRounds(postgres.db),
    portfolios,
    board: createPriceBoard({ clock, staleAfterMs: 60_000 }),
    priceBus,
    kept: createKeptPrices(postgres.db),
    kind: () => 'real',
    clock,
    exchange,
    log: silentLogger(),
  });
  const opens = (day: string) => history.opens('real', day, ['daiusdt']);
  await recorder.record();
  expect([...(await opens('2027-11-15'))]).toEqual([]); // Nobody knows what day it is there.
  exchange.known = true;
  clock.advance(60_000);
  await expect.poll(async () => (await opens('2027-11-08')).size).toBe(1);
  await recorder.close();
  expect([...(await opens('2027-11-08'))]).toEqual([['daiusdt', { price: '1.0002', atMs: exchange.now() }]]);
  expect([...(await opens('2027-11-15'))]).toEqual([]);
  // A value is of its minute by the database, which the chart is read by.
  expect((await pointsOf(history, 'real', userId, '1h', clock.now())).map(({ atMs }) => atMs)).toEqual([
    noonMs,
    noonMs + 60_000,
  ]);
});
