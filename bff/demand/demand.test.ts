import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createFakeAggregator } from '../kit/bff.js';
import { createExchangeClock } from '../market/exchange-clock.js';
import { createPriceKind } from '../market/price-kind.js';
import type { HeldSymbol } from '../market/symbols.js';
import { createSymbols } from '../market/symbols.js';
import { createPriceBoard, type PriceBoard } from '../prices/price-board.js';
import { createDemand } from './demand.js';

const setUp = (databaseDown = false) => {
  const clock = createManualClock();
  const { fake, client } = createFakeAggregator();
  const state = {
    held: [] as HeldSymbol[],
    databaseDown,
    busFault: undefined as string | undefined,
    simulated: [] as boolean[],
  };
  const symbols = createSymbols();
  const exchange = createExchangeClock(clock);
  const standing = symbols.standing;
  const board: PriceBoard = createPriceBoard({ clock, exchange, standing, staleAfterMs: 60_000 });
  const portfolios = {
    symbols: async () => {
      if (state.databaseDown) throw new AppError('unavailable', 'The database cannot be reached.');
      return state.held;
    },
  };
  const onSimulated = (simulated: boolean) => void state.simulated.push(simulated);
  const checkPriceBus = async () => state.busFault;
  const log = silentLogger();
  const kind = createPriceKind();
  const demand = createDemand({
    portfolios,
    aggregator: client,
    symbols,
    board,
    kind,
    exchange,
    clock,
    log,
    onSimulated,
    checkPriceBus,
  });
  const quality = (symbol: string, quote = 'usdt') =>
    /"Stale":(\w+)/.exec(board.listing(symbol, quote).afterTotal)?.[1] === 'true';
  return { clock, fake, state, symbols, board, demand, kind, quality };
};

describe('the demand', () => {
  it('tells every held symbol and what converts it, every 2 s', async () => {
    const { clock, fake, state } = setUp();
    state.held = [
      { symbol: 'ethbtc', quoteAsset: 'btc' },
      { symbol: 'btcusdt', quoteAsset: 'usdt' },
      { symbol: 'bnbeth', quoteAsset: 'eth' },
    ];
    await clock.advanceAsync(2_000);
    expect(fake.told.at(-1)).toEqual(['bnbeth', 'btcusdt', 'ethbtc', 'ethusdt']);
    const before = fake.told.length;
    await clock.advanceAsync(10_000);
    expect(fake.told.length - before).toBe(5);
  });

  it('tells a change at once, and many changes once', async () => {
    const { clock, fake, state, demand } = setUp();
    await clock.advanceAsync(100);
    const before = fake.told.length;
    state.held = [{ symbol: 'btcusdt', quoteAsset: 'usdt' }];
    for (let i = 0; i < 50; i++) demand.changed();
    await clock.advanceAsync(30);
    expect(fake.told.slice(before)).toEqual([['btcusdt']]);
    await clock.advanceAsync(1_900);
    expect(fake.told.length - before).toBe(1);
  });

  it('goes on with the last known set while the database is away', async () => {
    const { clock, fake, state } = setUp();
    state.held = [{ symbol: 'btcusdt', quoteAsset: 'usdt' }];
    await clock.advanceAsync(2_000);
    state.databaseDown = true;
    fake.told.length = 0;
    await clock.advanceAsync(4_000);
    expect(fake.told).toEqual([['btcusdt'], ['btcusdt']]);
  });

  it('tells nothing while it knows nothing: an empty set would end every feed', async () => {
    const { clock, fake, state } = setUp(true);
    await clock.advanceAsync(10_000);
    expect(fake.told).toEqual([]);
    state.databaseDown = false;
    await clock.advanceAsync(2_000);
    expect(fake.told).toEqual([[]]);
  });

  it('finds an aggregator that comes back, and says meanwhile what is wrong', async () => {
    const { clock, fake, state, demand, symbols, quality, board } = setUp();
    state.held = [{ symbol: 'btcusdt', quoteAsset: 'usdt' }];
    fake.down = true;
    await clock.advanceAsync(1_000);
    expect(demand.check()).toMatch(/does not answer|has not answered/);
    expect(() => symbols.resolve('btcusdt')).toThrow(/not known yet/);
    board.take({ symbol: 'btcusdt', price: '1', timeMs: clock.now(), tradeId: 1 });
    expect(quality('btcusdt')).toBe(false);
    await clock.advanceAsync(12_000);
    expect(quality('btcusdt')).toBe(true); // Nobody says that the feed works.
    fake.down = false;
    await clock.advanceAsync(2_000);
    expect(demand.check()).toBeUndefined();
    expect(quality('btcusdt')).toBe(false);
    expect(symbols.resolve('btcusdt')).toEqual({ symbol: 'btcusdt', quoteAsset: 'usdt' });
  });

  it('takes the feeds’ state, and a silent bus, as stale prices', async () => {
    const { clock, fake, state, quality, board } = setUp();
    board.take({ symbol: 'btcusdt', price: '1', timeMs: clock.now(), tradeId: 1 });
    for (const [feed, stale] of [
      ['live', false],
      ['halted', true],
      ['pending', false],
      ['refused', true],
      ['unknown', true],
      ['broken', true],
      ['live', false],
    ] as const) {
      fake.feeds.set('btcusdt', feed);
      await clock.advanceAsync(2_000);
      expect([feed, quality('btcusdt')]).toEqual([feed, stale]);
    }
    state.busFault = 'no connection';
    await clock.advanceAsync(2_000);
    expect(quality('btcusdt')).toBe(true);
  });

  it('takes the last word about a symbol for a while when nobody answers for it, and says when that lasts', async () => {
    const { clock, fake, demand, quality, board } = setUp();
    board.take({ symbol: 'btcusdt', price: '1', timeMs: clock.now(), tradeId: 1 });
    fake.feeds.set('btcusdt', 'broken');
    fake.shares = { owned: 24, of: 24 };
    await clock.advanceAsync(2_000);
    fake.feeds.clear();
    fake.shares = { owned: 20, of: 24 };
    await clock.advanceAsync(8_000);
    expect([quality('btcusdt'), demand.check()]).toEqual([true, undefined]);
    await clock.advanceAsync(6_000);
    expect([quality('btcusdt'), demand.check()]).toEqual([false, '4 shares of the symbols have no aggregator']);
    fake.shares = { owned: 24, of: 24 };
    await clock.advanceAsync(2_000);
    expect(demand.check()).toBeUndefined();
  });

  it('names which of several aggregators is away, and is well all the same', async () => {
    const { clock, fake, demand } = setUp();
    fake.aggregators = new Map([['a:8088', undefined]]);
    await clock.advanceAsync(2_000);
    expect(demand.aggregators).toBeUndefined();
    fake.aggregators = new Map([
      ['a:8088', undefined],
      ['b:8088', 'The aggregator does not answer.'],
    ]);
    await clock.advanceAsync(2_000);
    expect([demand.check(), demand.aggregators]).toEqual([
      undefined,
      { 'a:8088': 'ok', 'b:8088': 'The aggregator does not answer.' },
    ]);
  });

  it('takes a last price only where the bus is behind', async () => {
    const { clock, fake, board } = setUp();
    board.take({ symbol: 'btcusdt', price: '1', timeMs: clock.now(), tradeId: 5 });
    fake.lastPrices.set('btcusdt', { price: '2', timeMs: clock.now() + 1_000, tradeId: 6 });
    fake.lastPrices.set('ethusdt', { price: '3', timeMs: clock.now(), tradeId: 6 });
    fake.lastPrices.set('badusdt', { price: 'x', timeMs: clock.now(), tradeId: 6 });
    await clock.advanceAsync(2_000);
    expect(board.listing('btcusdt', 'usdt').beforeTotal).toContain('"Price":"1"');
    expect(board.listing('ethusdt', 'usdt').beforeTotal).toContain('"Price":"3"');
    fake.lastPrices.set('btcusdt', { price: '2', timeMs: clock.now() + 10_000, tradeId: 9 });
    await clock.advanceAsync(2_000);
    expect(board.listing('btcusdt', 'usdt').beforeTotal).toContain('"Price":"2"');
  });

  it('knows nothing of where prices come from while the aggregator has no symbol list, and forgets nothing when it has none again', async () => {
    const { clock, fake, state, demand, kind, symbols } = setUp();
    fake.revision = '';
    await clock.advanceAsync(2_000);
    expect([kind.simulated, demand.check(), symbols.revision]).toEqual([
      undefined,
      expect.stringMatching(/./),
      undefined,
    ]);
    Object.assign(fake, { revision: 'r1', simulated: true });
    await clock.advanceAsync(2_000);
    expect([kind.simulated, demand.check(), symbols.revision]).toEqual([true, undefined, 'r1']);
    Object.assign(fake, { revision: '', simulated: false }); // It was restarted.
    await clock.advanceAsync(2_000);
    expect([kind.simulated, demand.check(), symbols.revision]).toEqual([true, undefined, 'r1']);
    expect(state.simulated).toEqual([true]);
  });

  it('reports real prices becoming simulated once', async () => {
    const { clock, fake, state, kind } = setUp();
    await clock.advanceAsync(2_000);
    fake.simulated = true;
    await clock.advanceAsync(10_000);
    expect(state.simulated).toEqual([false, true]);
    expect(kind.simulated).toBe(true);
  });
});
