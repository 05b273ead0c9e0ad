import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createKlines } from '../exchange/klines.js';
import { createFakeExchange, tickerAt } from '../kit/exchange.js';
import { createPastPrices } from './past-prices.js';
import { createTickerBoard } from './ticker-board.js';
import { followTickers } from './ticker-follower.js';
import { createTickers } from './tickers.js';
import { createVolumeOrder } from './volume-order.js';

const hourMs = 3_600_000;
const startMs = Date.parse('2026-01-27T10:20:30Z');
const assets: Readonly<Record<string, readonly [string, string, 'trading' | 'paused' | 'gone']>> = {
  btcusdt: ['BTC', 'USDT', 'trading'],
  ethusdt: ['ETH', 'USDT', 'trading'],
  ethbtc: ['ETH', 'BTC', 'trading'],
  usdttry: ['USDT', 'TRY', 'trading'],
  btctry: ['BTC', 'TRY', 'paused'],
  oldusdt: ['OLD', 'USDT', 'gone'],
  btcxyz: ['BTC', 'XYZ', 'trading'],
};

const setUp = () => {
  const clock = createManualClock(startMs);
  const { fake, client } = createFakeExchange(clock);
  const board = createTickerBoard();
  const symbols = {
    revision: 'r1',
    assets: (symbol: string) => {
      const [BaseAsset, QuoteAsset] = assets[symbol] ?? [];
      return BaseAsset && QuoteAsset ? { BaseAsset, QuoteAsset } : undefined;
    },
    standing: (symbol: string) => assets[symbol]?.[2],
  };
  const log = silentLogger();
  const klines = createKlines({ socket: client, clock });
  const exchangeNow = clock.now;
  const byVolume = createVolumeOrder({ board, symbols, clock });
  const past = createPastPrices({ klines, board, byVolume, clock, exchangeNow, log });
  const follower = followTickers({ socket: client, board, clock, log });
  const lasts = new Map<string, { symbol: string; price: string; timeMs: number; tradeId: number }>();
  const prices = { last: (symbol: string) => lasts.get(symbol) };
  const tickers = createTickers({ board, past, symbols, prices, exchangeNow, clock });
  const close = async () => {
    await Promise.all([follower.close(), past.close()]);
    expect(clock.pending).toBe(0);
  };
  return { clock, fake, board, past, tickers, lasts, close };
};

describe('the last 24 hours of all symbols', () => {
  it('are exact, the most traded ones first, whatever they are priced in', async () => {
    const { clock, fake, tickers, close } = setUp();
    await clock.advanceAsync(0);
    const at = clock.now();
    const figures = { open: '2000', high: '2600.00000000', low: '2000.00000000', volume: '3.50000000' };
    fake.tell(
      tickerAt('ethusdt', '2400.00000000', at, { ...figures, quoteVolume: '8400.00000000' }),
      tickerAt('btcusdt', '50000.00000000', at, { quoteVolume: '8000' }),
      tickerAt('ethbtc', '0.05', at, { quoteVolume: '0.5' }),
      tickerAt('usdttry', '40', at, { quoteVolume: '400' }),
      tickerAt('btctry', '2000000', at, { quoteVolume: '1' }),
      tickerAt('oldusdt', '1', at),
      tickerAt('btcxyz', '1', at),
      tickerAt('unlisted', '1', at),
    );
    await clock.advanceAsync(0);
    const { rows, simulated, stale } = tickers.now();
    expect([simulated, stale]).toEqual([false, undefined]);
    expect(rows.map(({ symbol, quoteVolumeUsdt24h }) => [symbol, quoteVolumeUsdt24h])).toEqual([
      ['ethbtc', '25000'],
      ['ethusdt', '8400'],
      ['btcusdt', '8000'],
      ['usdttry', '10'],
      ['btctry', '0.025'],
      ['btcxyz', null],
    ]);
    expect(rows[1]).toEqual({
      ...{ symbol: 'ethusdt', base: 'ETH', quote: 'USDT', status: 'trading', price: '2400', timeMs: at },
      ...{ change1h: null, change24h: '20', change7d: null, high24h: '2600', low24h: '2000', range24h: '0.6667' },
      ...{ volume24h: '3.5', quoteVolume24h: '8400', quoteVolumeUsdt24h: '8400' },
    });
    expect(rows.find(({ symbol }) => symbol === 'btctry')).toMatchObject({ status: 'paused', range24h: null });
    await close();
  });

  it('have a newer price where the symbol is followed trade by trade, and no older one', async () => {
    const { clock, fake, tickers, lasts, close } = setUp();
    await clock.advanceAsync(0);
    lasts.set('btcusdt', { symbol: 'btcusdt', price: '110', timeMs: clock.now() + 500, tradeId: 1 });
    lasts.set('ethusdt', { symbol: 'ethusdt', price: '9', timeMs: clock.now() - 1, tradeId: 1 });
    fake.tell(
      tickerAt('btcusdt', '100', clock.now(), { open: '100', high: '105', low: '95' }),
      tickerAt('ethusdt', '10', clock.now()),
    );
    await clock.advanceAsync(0);
    expect(tickers.row('btcusdt')).toMatchObject({ price: '110', change24h: '10', range24h: '1' });
    expect(tickers.row('ethusdt')).toMatchObject({ price: '10' });
    await close();
  });

  it('know the price of an hour and of a week ago at once from the exchange, and later by themselves', async () => {
    const { clock, fake, past, tickers, close } = setUp();
    // It costs as many as hours have passed since 1970, so that each change is known.
    fake.prices.set('btcusdt', (atMs) => String(Math.floor(atMs / 60_000)));
    const tell = () => fake.tell(tickerAt('btcusdt', String(Math.floor(clock.now() / 60_000)), clock.now()));
    await clock.advanceAsync(0);
    tell();
    await clock.advanceAsync(7_000);
    const minute = (ms: number) => Math.floor(ms / 60_000);
    const nowMs = clock.now();
    expect(past.hourAgo('btcusdt', nowMs)).toBe(String(minute(nowMs - hourMs)));
    expect(past.weekAgo('btcusdt', nowMs)).toBe(String(minute(Math.floor((nowMs - 168 * hourMs) / hourMs) * hourMs)));
    expect(past.week('btcusdt', nowMs)).toHaveLength(28);
    expect(past.week('btcusdt', nowMs)).not.toContain(undefined);
    const questions = fake.asked.length;
    expect(fake.asked.map(({ interval }) => interval).sort()).toEqual(['1h', '1m']);
    for (let second = 0; second < 3 * 3_600; second += 5) {
      tell();
      await clock.advanceAsync(5_000);
    }
    const laterMs = clock.now();
    // What was told last before the minute began.
    const noted = Number(past.hourAgo('btcusdt', laterMs));
    expect(minute(laterMs - hourMs) - noted).toBeLessThanOrEqual(1);
    expect(tickers.now().rows[0]?.change1h).not.toBeNull();
    expect(fake.asked).toHaveLength(questions);
    await close();
  });

  it('leave the exchange alone for as long as it wants, and go on without what it cannot tell', async () => {
    const { clock, fake, tickers, close } = setUp();
    fake.fault = new AppError('resource_exhausted', 'Used up.', { retryAfterMs: 120_000 });
    await clock.advanceAsync(0);
    fake.tell(tickerAt('btcusdt', '5', clock.now()), tickerAt('ethusdt', '5', clock.now()));
    await clock.advanceAsync(119_000);
    expect(fake.asked).toHaveLength(1);
    expect(tickers.now().rows.map(({ change7d }) => change7d)).toEqual([null, null]);
    fake.fault = undefined;
    fake.prices.set('ethusdt', () => '4');
    await clock.advanceAsync(30_000);
    expect(tickers.now().rows.map(({ symbol, change7d }) => [symbol, change7d])).toEqual([
      ['btcusdt', null],
      ['ethusdt', '25'],
    ]);
    await close();
  });

  it('come again after the socket service was away, and say meanwhile that they are old', async () => {
    const { clock, fake, tickers, close } = setUp();
    await clock.advanceAsync(0);
    fake.tell(tickerAt('btcusdt', '5', clock.now()));
    await clock.advanceAsync(0);
    fake.cut();
    await clock.advanceAsync(1_000);
    expect([tickers.now().stale, tickers.now().rows[0]?.price]).toEqual(['The socket service is away.', '5']);
    await clock.advanceAsync(2_000);
    expect([fake.opened, fake.isHeard]).toEqual([2, true]);
    fake.tell(tickerAt('btcusdt', '6', clock.now()));
    await clock.advanceAsync(1_000);
    expect([tickers.now().stale, tickers.now().rows[0]?.price]).toEqual([undefined, '6']);
    await close();
  });

  it('are asked for anew where the socket service is gone without a word', async () => {
    const { clock, fake, board, close } = setUp();
    await clock.advanceAsync(0);
    fake.tell(tickerAt('btcusdt', '5', clock.now()));
    await clock.advanceAsync(9_000);
    expect(fake.opened).toBe(1);
    await clock.advanceAsync(6_000);
    expect([fake.opened, board.fault]).toEqual([2, expect.stringMatching(/nothing was heard/)]);
    await close();
  });

  it('never mix simulated prices with real ones', async () => {
    const { clock, fake, past, tickers, close } = setUp();
    fake.prices.set('btcusdt', () => '4');
    await clock.advanceAsync(0);
    fake.tell(tickerAt('btcusdt', '5', clock.now()), tickerAt('ethusdt', '5', clock.now()));
    await clock.advanceAsync(5_000);
    expect(past.weekAgo('btcusdt', clock.now())).toBe('4');
    fake.simulated = true;
    fake.prices.set('btcusdt', () => '40');
    fake.tell(tickerAt('btcusdt', '50', clock.now()));
    await clock.advanceAsync(1_500);
    expect([tickers.now().simulated, tickers.now().rows.map(({ symbol }) => symbol)]).toEqual([true, ['btcusdt']]);
    await clock.advanceAsync(70_000);
    expect(past.weekAgo('btcusdt', clock.now())).toBe('40');
    await close();
  });

  it('stay for a minute as they were when their first page was given out', async () => {
    const { clock, fake, tickers, close } = setUp();
    await clock.advanceAsync(0);
    fake.tell(tickerAt('btcusdt', '5', clock.now()));
    await clock.advanceAsync(1_000);
    const first = tickers.now();
    tickers.keep(first);
    await clock.advanceAsync(2_000);
    expect(tickers.now().id).toBe(first.id);
    fake.tell(tickerAt('btcusdt', '6', clock.now()));
    await clock.advanceAsync(1_000);
    expect([tickers.now().rows[0]?.price, tickers.kept(first.id)?.rows[0]?.price]).toEqual(['6', '5']);
    await clock.advanceAsync(60_000);
    expect(tickers.kept(first.id)).toBeUndefined();
    await close();
  });
});
