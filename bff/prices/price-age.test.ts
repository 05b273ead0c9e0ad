import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createExchangeClock, type ExchangeClock } from '../market/exchange-clock.js';
import { createHolding, renderFrame, renderHead } from '../valuation/portfolio-frame.js';
import { createFrameClock } from './frame-clock.js';
import { createPriceBoard, type PriceBoard } from './price-board.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const head = renderHead({ userId: 'u', userName: 'maria' });

/**
 * A computer whose wall clock is off by so much from the exchange's, and can be set; its monotonic clock runs as it
 * should.
 */
const computer = (offMs: number) => {
  const time = createManualClock();
  const wall = { offMs };
  const clock = { ...time, now: () => time.now() + wall.offMs };
  const exchange: ExchangeClock = createExchangeClock(clock);
  const frames = createFrameClock(clock);
  let changes = 0;
  const board: PriceBoard = createPriceBoard({ clock, exchange, frames, staleAfterMs: minuteMs });
  board.connect(() => changes++);
  let tradeId = 0;
  const take = (agoMs = 0, kept = false) =>
    board.take({
      symbol: 'btcusdt',
      price: '2',
      timeMs: time.now() - agoMs,
      tradeId: ++tradeId,
      ...(kept ? { kept } : {}),
    });
  /** The aggregator's answer, which came at once. */
  const told = (byMs = 0) => exchange.told(time.now() + byMs, time.monotonic());
  const coin = () => {
    board.sweep();
    const text = renderFrame(head, [createHolding(board.listing('btcusdt', 'usdt'), '1')], frames.now(), false);
    const { AsOf, Coins } = JSON.parse(text) as { AsOf: string; Coins: { PriceReceived: string; Stale: boolean }[] };
    const { PriceReceived = '', Stale } = Coins[0] ?? {};
    return {
      stale: Stale,
      ageMs: Date.parse(AsOf) - Date.parse(PriceReceived),
      asOfMs: Date.parse(AsOf),
      received: PriceReceived,
    };
  };
  const advance = (ms: number) => time.advance(ms);
  return { board, exchange, take, told, coin, wall, advance, now: clock.now, changes: () => changes };
};

describe.each([
  ['right', 0],
  ['90 s ahead', 90_000],
  ['an hour behind', -hourMs],
  ['years ahead', 5 * 365 * 24 * hourMs],
])('with a clock that is %s', (_how, offMs) => {
  it('a price that flows is fresh, and grows old from its arrival', () => {
    const { take, coin, advance, told } = computer(offMs);
    for (const isTold of [false, true]) {
      if (isTold) told();
      take(900); // In the second before, and on its way since.
      expect(coin()).toMatchObject({ stale: false, ageMs: 0 });
      advance(59_000);
      expect(coin()).toMatchObject({ stale: false, ageMs: 59_000 });
      advance(2_000);
      expect(coin()).toMatchObject({ stale: true, ageMs: 61_000 });
    }
  });

  it('a market that halted minutes ago does not look fresh to who comes now and reads its last price', () => {
    const { take, coin, told } = computer(offMs);
    told();
    take(5 * minuteMs, true);
    expect(coin()).toMatchObject({ stale: true, ageMs: 5 * minuteMs });
  });

  it('a price that was read a moment after its trade is fresh', () => {
    const { take, coin, told, advance } = computer(offMs);
    told();
    take(3_000, true);
    expect(coin()).toMatchObject({ stale: false, ageMs: 3_000 });
    advance(minuteMs);
    expect(coin()).toMatchObject({ stale: true, ageMs: 63_000 });
  });

  it('frames are of the time that this computer has, and the difference to the exchange is told', () => {
    const { coin, told, exchange, take, now } = computer(offMs);
    take();
    expect([exchange.offsetMs, coin().asOfMs]).toEqual([undefined, now()]);
    told();
    expect([exchange.offsetMs, coin().asOfMs]).toEqual([0 - offMs, now()]);
  });
});

describe('the age of a price', () => {
  it('is guessed by the wall clock until the exchange’s time is told, and is right from then on', () => {
    const { take, coin, told } = computer(90_000);
    take(1_000, true);
    expect(coin()).toMatchObject({ stale: true, ageMs: 91_000 });
    told();
    expect(coin()).toMatchObject({ stale: false, ageMs: 1_000 });
  });

  it.each([-hourMs, -5_000, 5_000, hourMs])(
    'does not change when the wall clock is set by %i ms in the middle of a run',
    (setMs) => {
      const { take, coin, told, wall, advance } = computer(0);
      told();
      take();
      advance(10_000);
      const before = coin();
      wall.offMs += setMs;
      const after = coin();
      expect(after).toMatchObject({ stale: false, ageMs: 10_000 });
      expect(after.asOfMs - before.asOfMs).toBe(setMs);
      advance(51_000);
      expect(coin()).toMatchObject({ stale: true, ageMs: 61_000 });
      take();
      expect(coin()).toMatchObject({ stale: false, ageMs: 0 });
    },
  );

  it('is that of its trade where a trade of hours ago arrives only now, as the first price of a quiet coin', () => {
    const { take, coin, told } = computer(0);
    told();
    take(2 * hourMs);
    expect(coin()).toMatchObject({ stale: true, ageMs: 2 * hourMs - 5_000 });
  });

  it('counts a night in which the computer slept, as soon as the exchange tells the time', () => {
    const { take, coin, told } = computer(0);
    told();
    take();
    told(8 * hourMs); // Meanwhile the monotonic clock stood still.
    expect(coin()).toMatchObject({ stale: true });
    take(-8 * hourMs);
    expect(coin()).toMatchObject({ stale: false, ageMs: 0 });
  });

  it('is written once for a reading, however the aggregator’s answers jitter on their way', () => {
    const { take, coin, told, advance, changes } = computer(0);
    told();
    take(2_000, true);
    const { received } = coin();
    const before = changes();
    for (let i = 0; i < 20; i++) {
      advance(2_000);
      told(i % 2 === 0 ? 300 : -450);
      expect(coin().received).toBe(received);
    }
    expect(changes()).toBe(before);
    told(3_000);
    expect(coin().received).not.toBe(received);
  });
});
