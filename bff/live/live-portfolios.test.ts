import { createManualClock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { second } from '../kit/bff.js';
import type { Frame } from '../kit/socket.js';
import type { Coin } from '../portfolio/portfolios.js';
import { createPriceBoard } from '../prices/price-board.js';
import { createPriceFeed } from '../prices/price-feed.js';
import { createLivePortfolios } from './live-portfolios.js';

/** @param busMs how long the bus takes to tell last prices */
const setUp = (busMs = 0) => {
  const clock = createManualClock();
  const log = silentLogger();
  const pubsub = createMemoryPubSub();
  const bus = createPriceBus(pubsub);
  const last: typeof bus.last = async (symbols) => {
    if (busMs > 0) await sleep(clock, busMs);
    return bus.last(symbols);
  };
  const priceBus = { ...bus, last };
  const database = new Map<string, Coin[]>();
  const versions = new Map<string, number>();
  const reads: (readonly string[])[] = [];
  const state = { down: false };
  const portfolios = {
    readPortfolios: async (ids: readonly string[]) => {
      reads.push(ids);
      if (state.down) throw new AppError('unavailable', 'The database cannot be reached.');
      return new Map(
        ids.flatMap((id) =>
          database.has(id) ? [[id, { version: versions.get(id) ?? 0, coins: database.get(id) ?? [] }]] : [],
        ),
      );
    },
  };
  const board = createPriceBoard({ clock, staleAfterMs: 60_000 });
  const feed = createPriceFeed({ priceBus, board, clock, log });
  clock.every(1_000, board.sweep);
  const live = createLivePortfolios({ portfolios, board, feed, clock, log, simulated: () => false });
  const coins = (userId: string, held: Record<string, string>) => {
    const version = (versions.get(userId) ?? 0) + 1;
    versions.set(userId, version);
    const list = Object.entries(held).map(([symbol, quantity], id) => ({
      id,
      userId,
      symbol,
      quoteAsset: symbol.endsWith('btc') ? 'btc' : 'usdt',
      quantity,
      createdAt: new Date(0),
      updatedAt: new Date(0),
      version,
    }));
    database.set(userId, list);
  };
  const join = (userId: string) => {
    const totals: string[] = [];
    const frames: { readonly at: number; readonly frame: Frame }[] = [];
    let failed = false;
    const look = () => {
      const text = viewing.frame();
      if (text === undefined) return;
      const frame = JSON.parse(text.slice(text.indexOf('{'))) as Frame;
      totals.push(frame.TotalValue);
      frames.push({ at: clock.now(), frame });
    };
    const viewer = {
      changed: look,
      failed: () => {
        failed = true;
      },
    };
    const viewing = live.join({ userId, userName: userId }, viewer);
    look();
    return { totals, frames, viewing, hasFailed: () => failed };
  };
  const publish = (symbol: string, price: string) => priceBus.publish(second(symbol, price, clock.now()));
  return { clock, live, coins, join, publish, priceBus, reads, state, feed };
};

describe('live portfolios', () => {
  it('read users who come together with one query', async () => {
    const { clock, join, reads } = setUp();
    for (let i = 0; i < 600; i++) join(`u${i}`);
    await clock.advanceAsync(10);
    expect(reads.map((ids) => ids.length)).toEqual([250, 250, 100]);
  });

  it('push a price that comes ahead of its second, and nothing more when the second itself comes', async () => {
    const { clock, join, coins, priceBus } = setUp();
    coins('a', { btcusdt: '2' });
    const { totals } = join('a');
    await clock.advanceAsync(20);
    const stat = second('btcusdt', '3', clock.now());
    const { close: price, lastTradeTime: timeMs, lastTradeId: tradeId } = stat;
    priceBus.publishPrice({ symbol: 'btcusdt', price, timeMs, tradeId });
    await clock.advanceAsync(20);
    expect(totals.at(-1)).toBe('6');
    const pushes = totals.length;
    priceBus.publish(stat);
    await clock.advanceAsync(50);
    expect(totals).toHaveLength(pushes);
  });

  it('push once per user for ticks that arrive together, and build one frame for all viewers of a user', async () => {
    const { clock, join, coins, publish } = setUp();
    coins('a', { btcusdt: '1', ethusdt: '2' });
    coins('b', { ethusdt: '1' });
    const [first, again, other, nobody] = [join('a'), join('a'), join('b'), join('c')];
    await clock.advanceAsync(10);
    for (const viewer of [first, again, other, nobody]) expect(viewer.totals).toEqual(['0']);
    publish('btcusdt', '10');
    publish('ethusdt', '1');
    await clock.advanceAsync(20);
    expect([first.totals, again.totals, other.totals, nobody.totals]).toEqual([
      ['0', '12'],
      ['0', '12'],
      ['0', '1'],
      ['0'],
    ]);
    expect(first.viewing.frame()).toBe(again.viewing.frame());
  });

  it('read again on a notice, follow what is new and forget what is gone', async () => {
    const { clock, join, coins, publish, live } = setUp();
    publish('ethusdt', '5');
    coins('a', { btcusdt: '1' });
    const { totals } = join('a');
    await clock.advanceAsync(10);
    coins('a', { ethusdt: '2' });
    live.reload('a');
    await clock.advanceAsync(10);
    expect(totals).toEqual(['0', '10']);
    publish('btcusdt', '100');
    await clock.advanceAsync(50);
    expect(totals).toEqual(['0', '10']);
    live.reload('a');
    live.reloadAll();
    live.reload('somebody who is not here');
    await clock.advanceAsync(50);
    expect(totals).toEqual(['0', '10']); // Nothing changed, so nothing is sent.
  });

  it('read nothing for a notice of what is shown already, and send what only the version tells', async () => {
    const { clock, join, coins, live, reads } = setUp();
    coins('a', { btcusdt: '1' });
    const { frames } = join('a');
    await clock.advanceAsync(10);
    expect(live.shown()).toEqual([['a', 1]]);
    live.reload('a', 1);
    await clock.advanceAsync(10);
    expect(reads).toHaveLength(1);
    coins('a', { btcusdt: '1' }); // More and less again.
    live.reload('a', 2);
    await clock.advanceAsync(10);
    expect(frames.at(-1)?.frame).toMatchObject({ Version: 2, Coins: [{ Quantity: '1', Version: 2 }] });
    live.reload('a');
    await clock.advanceAsync(10);
    expect(reads).toHaveLength(3);
  });

  it('show last known prices in the first frame also when a second window opens while they are read', async () => {
    const { clock, join, coins, publish } = setUp(200);
    publish('btcusdt', '100');
    coins('a', { btcusdt: '1' });
    const one = join('a');
    await clock.advanceAsync(20);
    const two = join('a');
    await clock.advanceAsync(500);
    expect([one.totals[0], two.totals[0]]).toEqual(['100', '100']);
  });

  it('close a viewer whose portfolio cannot be read, and keep those that are shown, reading again later', async () => {
    const { clock, join, coins, live, state } = setUp();
    coins('a', { btcusdt: '1' });
    const shown = join('a');
    await clock.advanceAsync(10);
    state.down = true;
    const refused = join('b');
    coins('a', {});
    live.reload('a');
    await clock.advanceAsync(10);
    expect([refused.hasFailed(), shown.hasFailed()]).toEqual([true, false]);
    state.down = false;
    await clock.advanceAsync(1_100);
    expect(shown.frames.at(-1)?.frame.Coins).toEqual([]);
  });

  it('show both of two viewers who join while the first read fails', async () => {
    const { clock, join, coins, state } = setUp();
    coins('a', { btcusdt: '1' });
    state.down = true;
    const one = join('a');
    await Promise.resolve(); // The read is on its way.
    const two = join('a');
    await clock.advanceAsync(500);
    expect([one, two].map((viewer) => [viewer.hasFailed(), viewer.totals])).toEqual([
      [false, []],
      [false, []],
    ]);
    state.down = false;
    await clock.advanceAsync(1_000);
    expect([one, two].map((viewer) => [viewer.hasFailed(), viewer.totals])).toEqual([
      [false, ['0']],
      [false, ['0']],
    ]);
  });

  it('send a frame a second or more, whether or not a price moves', async () => {
    const { clock, join, coins, publish } = setUp();
    coins('a', { btcusdt: '1', ethusdt: '1' });
    const { frames } = join('a');
    const still = join('nothing held');
    const pauses = [30, 380, 990, 1_010, 1_380, 2_500, 5];
    for (const [index, pause] of pauses.entries()) {
      publish(index % 2 === 0 ? 'btcusdt' : 'ethusdt', `${index + 1}`);
      await clock.advanceAsync(pause);
    }
    await clock.advanceAsync(70_000);
    const longestGap = (seen: typeof frames) => Math.max(...seen.slice(1).map(({ at }, i) => at - (seen[i]?.at ?? 0)));
    expect(longestGap(still.frames)).toBeLessThan(1_000);
    expect(longestGap(frames)).toBeLessThanOrEqual(1_100);
    for (const seen of [frames, still.frames]) {
      expect(seen.length).toBeGreaterThanOrEqual(76);
      expect(seen.length).toBeLessThan(110); // The clock ran for 76 s: no more than it takes.
    }
    for (const { at, frame } of frames) expect(Date.parse(frame.AsOf)).toBe(at);
    expect(frames.at(-1)?.frame).toMatchObject({ TotalValue: '13', Coins: [{ Stale: true }, { Stale: true }] });
  });

  it('send one frame a second, not two, while prices come every second', async () => {
    const { clock, join, coins, publish } = setUp();
    const viewers = Array.from({ length: 10 }, (_, i) => {
      coins(`u${i}`, { btcusdt: '1' });
      return join(`u${i}`);
    });
    await clock.advanceAsync(10);
    const seconds = 30;
    for (let second = 1; second <= seconds; second++) {
      publish('btcusdt', `${second}`);
      // As late and as early as a busy machine has them.
      await clock.advanceAsync(second % 2 === 0 ? 980 : 1_020);
    }
    for (const { totals } of viewers)
      expect(totals).toEqual(Array.from({ length: seconds + 1 }, (_, total) => `${total}`));
  });

  it('send what is due without a change at moments of their own to users who had their last frame together', async () => {
    const { clock, join, coins, publish } = setUp();
    const ids = Array.from({ length: 100 }, (_, i) => `u${i}`);
    for (const id of ids) coins(id, { btcusdt: '1' });
    const viewers = ids.map(join);
    await clock.advanceAsync(10);
    publish('btcusdt', '2');
    await clock.advanceAsync(10);
    const [before] = viewers.map(({ frames }) => frames.length);
    await clock.advanceAsync(1_200);
    const moments = new Map<number, number>();
    for (const { frames } of viewers) {
      const at = frames[before ?? 0]?.at ?? 0;
      moments.set(at, (moments.get(at) ?? 0) + 1);
    }
    expect(Math.max(...moments.values())).toBeLessThanOrEqual(40);
  });

  it('count and forget users with their last viewer', async () => {
    const { clock, join, live, coins, publish } = setUp();
    coins('a', { ethbtc: '1' });
    const [one, two] = [join('a'), join('a')];
    await clock.advanceAsync(10);
    expect([live.users, live.viewersOf('a')]).toEqual([1, 2]);
    one.viewing.leave();
    one.viewing.leave();
    publish('ethbtc', '2');
    publish('btcusdt', '3');
    await clock.advanceAsync(50);
    expect(two.totals).toEqual(['0', '6']);
    two.viewing.leave();
    expect([live.users, live.viewersOf('a')]).toEqual([0, 0]);
    publish('ethbtc', '4');
    await clock.advanceAsync(50);
    expect(two.totals).toEqual(['0', '6']);
  });
});
