import { expect, it } from 'vitest';
import { candlesOf, joined, type KnownKlines, readKlines } from './kline-pages.js';

const minuteMs = 60_000;
const noon = Date.parse('2026-06-15T12:00:00.000Z');
const openAt = (minute: number) => new Date(noon + minute * minuteMs).toISOString();

/** An exchange that trades every minute; the last one still runs, and closes higher each time it is asked. */
const setUp = () => {
  const asked: string[] = [];
  const exchange = { minute: 0, simulated: false, asks: 0 };
  const ask = async (query: string) => {
    asked.push(query);
    exchange.asks += 1;
    const from = /from=(.*)/.exec(query)?.[1];
    const first = from ? Math.round((Date.parse(decodeURIComponent(from)) - noon) / minuteMs) : exchange.minute - 499;
    const klines = Array.from({ length: Math.min(500, exchange.minute - first + 1) }, (_, at) => {
      const [minute, closed] = [first + at, first + at < exchange.minute];
      const close = closed ? `${minute}` : `${minute}.${exchange.asks}`;
      const texts = { open: '1', high: '9', low: '0', close, volume: '2', quoteVolume: '2' };
      const takers = { takerBuyVolume: '1', takerBuyQuoteVolume: '1', trades: 1 };
      return { openTime: openAt(minute), closeTime: openAt(minute + 1), ...texts, ...takers, closed };
    });
    return { klines, simulated: exchange.simulated };
  };
  let known: KnownKlines | undefined;
  let nowMs = 0;
  const read = async () => {
    known = await readKlines(ask, minuteMs, known, ++nowMs);
    return known;
  };
  return { asked, exchange, read };
};

it('asks for what may have changed only, and takes over how a candle ended', async () => {
  const { asked, exchange, read } = setUp();
  expect((await read()).candles).toHaveLength(500);
  exchange.minute = 2;
  const { candles } = await read();
  expect(asked).toEqual(['', `&from=${encodeURIComponent(openAt(0))}`]);
  expect(candles.slice(-4).map(({ close }) => close)).toEqual(['-1', '0', '1', '2.2']);
  expect(candles).toHaveLength(502);
  expect((await read()).candles.at(-1)?.close).toBe('2.3');
});
it('begins anew after a computer slept for longer than one answer reaches, and where prices are simulated from now on', async () => {
  const { asked, exchange, read } = setUp();
  const first = await read();
  exchange.minute = 700;
  const later = await read();
  expect([later.candles.length, later.candles.at(-1)?.atMs]).toEqual([500, noon + 700 * minuteMs]);
  expect(later.begunAtMs).not.toBe(first.begunAtMs);
  exchange.simulated = true;
  expect((await read()).simulated).toBe(true);
  expect(asked.filter((query) => query === '')).toHaveLength(3);
});
it('has each moment once where pages of before overlap with what is new', () => {
  const candle = (minute: number, close: string) => ({ atMs: minute, open: '1', high: '1', low: '1', close });
  const shown = joined(
    [
      [candle(3, 'old'), candle(4, 'old')],
      [candle(1, 'old'), candle(2, 'old')],
    ],
    [candle(4, 'new'), candle(5, 'new')],
  );
  expect(shown.map(({ atMs, close }) => `${atMs} ${close}`)).toEqual(['1 old', '2 old', '3 old', '4 new', '5 new']);
});
it('shows a price with the digits that say something, though the exchange writes eight decimals', async () => {
  const texts = {
    open: '150.60000000',
    high: '150.61000000',
    low: '150.00000000',
    close: '0.00001854',
    volume: '12.50000000',
  };
  const takers = { quoteVolume: '1', takerBuyVolume: '1', takerBuyQuoteVolume: '1', trades: 1, closed: true };
  const [candle] = candlesOf({ klines: [{ openTime: openAt(0), closeTime: openAt(1), ...texts, ...takers }] });
  expect(candle).toEqual({
    atMs: noon,
    open: '150.6',
    high: '150.61',
    low: '150',
    close: '0.00001854',
    volume: '12.5',
  });
});
