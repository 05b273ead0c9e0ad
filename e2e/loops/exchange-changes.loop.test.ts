import { migrationsFolder } from '@tickfolio/bff/app';
import { type ExchangeSim, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { systemClock } from '@tickfolio/lib/clock';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PortfolioFrame } from '../kit/client.js';
import { type LivePath, startLivePath } from '../kit/live-path.js';
import { Exact } from '../kit/price-record.js';

// From the exchange's protocol to the client's frame: what an exchange does to its list, played by the simulator.

const minuteMs = 60_000;
/** Of what comes within seconds on a machine that has time. */
const patienceMs = 30_000;
const owner = 'holds-both';
const control = 'holds-one';
let postgres: Postgres;
let sim: ExchangeSim;
let path: LivePath;
beforeAll(async () => {
  postgres = await shareTestPglite(migrationsFolder);
  sim = await startExchangeSim(
    { clock: systemClock, log: silentLogger() },
    { symbols: 12, tradeRate: 20, pastDay: false },
  );
});
afterAll(async () => {
  await path?.close();
  await sim?.close();
  await postgres?.close();
});

let minutes = 0;
/**
 * A wall clock that is some minutes off, later each time, for which a minute begins `leadMs` from now: that is when
 * values are recorded.
 */
const clockBeforeMinute = (leadMs = 3_000) => {
  const offMs = ++minutes * minuteMs + minuteMs - leadMs - (systemClock.now() % minuteMs);
  return { ...systemClock, now: () => systemClock.now() + offMs };
};
const hold = (userId: string, symbol: string, quantity: string) =>
  eventually(
    `${userId} holds ${symbol}`,
    async () => (await path.call(userId, 'POST', '/api/v1/profile/coins', { symbol, quantity })).status === 200,
    patienceMs,
    50,
  );
interface Point {
  readonly Time: string;
  readonly Value: string;
  readonly Missing?: readonly string[];
  readonly Old?: readonly string[];
}
const points = async (userId: string) =>
  (await path.call(userId, 'GET', '/api/v1/profile/value?range=1h')).body.Points as readonly Point[];
/**
 * Waits for a minute of both users that nobody had recorded yet and that has the old price of this coin. Minutes are the
 * database's, so a BFF whose clock has one soon makes up at once for a minute that nobody has recorded yet, and
 * otherwise waits for the real one. What the BFF before it began to record may still come meanwhile: rounds let
 * everything else go first. @returns the points of that minute
 */
const nextMinute = async (old: string): Promise<readonly [Point, Point]> => {
  const before = await Promise.all([owner, control].map(points));
  await path.restartBff(clockBeforeMinute());
  const fresh = async () => {
    const [both, one] = await Promise.all(
      [owner, control].map(async (userId, i) => (await points(userId)).slice(before[i]?.length).at(-1)),
    );
    return both && one && both.Time === one.Time && both.Old?.includes(old) ? ([both, one] as const) : undefined;
  };
  return eventually(`a new point with the old price of ${old}`, fresh, 3 * minuteMs, 250);
};
const coinOf = ({ Coins }: PortfolioFrame, symbol: string) => Coins.find((coin) => coin.Symbol === symbol);

describe('an exchange that changes its list while a portfolio is watched', () => {
  it('delists a coin: its last price stays with the reason, over a restart too, and the history of the portfolio goes on', {
    timeout: 600_000,
  }, async () => {
    path = await startLivePath({ sim, postgres });
    await hold(owner, 'btcusdt', '1');
    await hold(owner, 'xrpusdt', '10');
    await hold(control, 'btcusdt', '1');
    const live = ({ Coins }: PortfolioFrame) =>
      Coins.length === 2 && Coins.every(({ Price, Stale }) => Price !== null && !Stale);
    await (await path.watch(owner)).frame(live, patienceMs, 0);
    await path.restartBff(clockBeforeMinute());
    const socket = await path.watch(owner); // By a computer whose clock is minutes ahead, and nothing is stale.
    await socket.frame(live, patienceMs, 0);

    sim.faults.add({ kind: 'delist', symbol: 'xrpusdt' });
    await socket.frame((frame) => coinOf(frame, 'xrpusdt')?.PriceState === 'delisted', patienceMs);
    expect((await nextMinute('xrpusdt'))[0]).toMatchObject({ Old: ['xrpusdt'] });
    // By now, for trades of the last moment come after the word that it is delisted.
    const { body } = await path.call(owner, 'GET', '/api/v1/profile/frame');
    const lastPrice = coinOf(body as unknown as PortfolioFrame, 'xrpusdt')?.Price ?? '';
    expect(lastPrice).not.toBe('');
    await path.close();

    path = await startLivePath({ sim, postgres });
    const again = await path.watch(owner);
    const frame = await again.frame(
      ({ Coins }) => Coins.length === 2 && Coins.every(({ Price }) => Price !== null),
      patienceMs,
      0,
    );
    expect(coinOf(frame, 'xrpusdt')).toMatchObject({ Price: lastPrice, Stale: true });
    await again.frame(
      (one) => coinOf(one, 'xrpusdt')?.PriceState === 'delisted' && coinOf(one, 'btcusdt')?.Stale === false,
      patienceMs,
      0,
    );
    const [both, one] = await nextMinute('xrpusdt');
    expect([both.Old, both.Missing, one.Old]).toEqual([['xrpusdt'], undefined, undefined]);
    // Both of the same minute: what the one has more is the kept price, to the last digit.
    expect(new Exact(both.Value).minus(one.Value).toFixed()).toBe(new Exact(lastPrice).times(10).toFixed());

    const change = (quantity: string) =>
      path.call(owner, 'POST', '/api/v1/profile/coins', { symbol: 'xrpusdt', quantity });
    expect((await change('1')).status).toBe(422);
    expect(await change('-9.5')).toMatchObject({ status: 200, body: { Quantity: '0.5' } });
    expect((await path.call(owner, 'DELETE', '/api/v1/profile/coins', { symbol: 'xrpusdt' })).status).toBe(200);
    expect((await change('1')).status).toBe(422);
  });

  it('goes into maintenance and comes back: coins keep their prices, the list stays, and prices flow again after its end', async () => {
    const socket = await path.watch(control);
    await socket.frame(({ Coins }) => Coins[0]?.Stale === false, patienceMs, 0);
    const { id } = sim.faults.add({ kind: 'maintenance' });
    const halted = await socket.frame(({ Coins }) => Coins[0]?.PriceState === 'halted', patienceMs);
    expect(halted.TotalValue).toBe(halted.Coins[0]?.Price);
    const listedAs = (status: string) =>
      eventually(
        `every symbol is listed as ${status}`,
        async () => {
          const { Symbols } = (await path.call(control, 'GET', '/api/v1/symbols')).body as {
            Symbols: { Symbol: string; Status: string }[];
          };
          return Symbols.length > 5 && Symbols.every(({ Status }) => Status === status) ? true : undefined;
        },
        patienceMs,
        50,
      );
    await listedAs('paused');
    await hold(control, 'ethbtc', '2');
    sim.faults.remove(id);
    await socket.frame(({ Coins }) => Coins.length === 2 && Coins.every(({ Stale }) => !Stale), patienceMs);
    await listedAs('trading');
    socket.close();
  });

  it('lists a coin, which can be added within seconds, and its price comes', async () => {
    sim.faults.add({ kind: 'list', symbol: 'freshusdt' });
    await hold(control, 'freshusdt', '3');
    const socket = await path.watch(control);
    await socket.frame((frame) => coinOf(frame, 'freshusdt')?.Stale === false, patienceMs, 0);
    socket.close();
  });
});
