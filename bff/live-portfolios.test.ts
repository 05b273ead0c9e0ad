import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createLivePortfolios } from './live-portfolios.js';
import type { Coin } from './portfolios.js';
import { createPriceBoard } from './price-board.js';
import { createPriceFeed } from './price-feed.js';
import { second } from './test-bff.js';
import type { Frame } from './test-socket.js';

const setUp = () => {
  const clock = createManualClock();
  const log = silentLogger();
  const pubsub = createMemoryPubSub();
  const priceBus = createPriceBus(pubsub);
  const database = new Map<string, Coin[]>();
  const reads: (readonly string[])[] = [];
  const state = { down: false };
  const portfolios = {
    readMany: async (ids: readonly string[]) => {
      reads.push(ids);
      if (state.down) throw new AppError('unavailable', 'The database cannot be reached.');
      return new Map(ids.flatMap((id) => (database.has(id) ? [[id, database.get(id) ?? []]] : [])));
    },
  };
  const board = createPriceBoard({ clock, staleAfterMs: 60_000, onChange: (listing) => live.priceChanged(listing) });
  const feed = createPriceFeed({ priceBus, board, clock, log });
  const live = createLivePortfolios({ portfolios, board, feed, clock, log, simulated: () => false });
  const coins = (userId: string, held: Record<string, string>) => {
    const list = Object.entries(held).map(([symbol, quantity], id) => ({
      id,
      userId,
      symbol,
      quoteAsset: symbol.endsWith('btc') ? 'btc' : 'usdt',
      quantity,
      createdAt: new Date(0),
      updatedAt: new Date(0),
    }));
    database.set(userId, list);
  };
  const join = (userId: string) => {
    const totals: string[] = [];
    let failed = false;
    const look = () => {
      const frame = viewing.frame();
      if (frame) totals.push((JSON.parse(frame.toString()) as Frame).TotalValue);
    };
    const viewer = {
      changed: look,
      failed: () => {
        failed = true;
      },
    };
    const viewing = live.join({ userId, userName: userId }, viewer);
    look();
    return { totals, viewing, hasFailed: () => failed };
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
    expect([first.totals, again.totals, other.totals, nobody.totals]).toEqual([['0', '12'], ['0', '12'], ['0', '1'], ['0']]);
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
    expect(shown.totals).toEqual(['0', '0']);
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
