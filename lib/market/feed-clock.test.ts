import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createFeedClock } from './feed-clock.js';

const startMs = 1_700_000_000_000;

describe('the clock of the feed', () => {
  it('is the local one until a frame came', () => {
    const clock = createManualClock(startMs);
    const feed = createFeedClock(clock);
    clock.advance(500);
    expect(feed.now()).toEqual({ localMs: 500, feedMs: startMs + 500 });
  });

  it.each([[-5_000], [5_000], [-150_000_000_000]])(
    'follows the events, however wrong the local clock is (%i ms)',
    (offMs) => {
      const clock = createManualClock(startMs);
      const feed = createFeedClock(clock);
      // Frames take 40 to 140 ms; the quickest tells the most.
      for (const delayMs of [140, 40, 90]) {
        clock.advance(200);
        feed.observe(clock.now() + offMs - delayMs);
      }
      clock.advance(300);
      expect(feed.now().feedMs).toBe(clock.now() + offMs - 40);
    },
  );

  it('forgets an old delay after a while, so that it can grow again', () => {
    const clock = createManualClock(startMs);
    const feed = createFeedClock(clock);
    feed.observe(clock.now() - 40);
    for (let i = 0; i < 70; i++) {
      clock.advance(1_000);
      feed.observe(clock.now() - 3_000);
    }
    expect(feed.now().feedMs).toBe(clock.now() - 3_000);
  });

  it('keeps what it knows through a silence', () => {
    const clock = createManualClock(startMs);
    const feed = createFeedClock(clock);
    feed.observe(clock.now() - 3_000);
    clock.advance(3_600_000);
    expect(feed.now().feedMs).toBe(clock.now() - 3_000);
  });

  it('is not set an hour ahead by one frame, and says that it is not to be believed', () => {
    const clock = createManualClock(startMs);
    const feed = createFeedClock(clock);
    for (const offMs of [3_600_000, 100_000, 6_000]) {
      for (let i = 0; i < 20; i++) {
        clock.advance(100);
        expect(feed.observe(clock.now() - 40, 'btcusdt')).toBe(true);
        if (i === 10) expect(feed.observe(clock.now() + offMs, 'ethusdt')).toBe(false);
        expect(feed.now().feedMs).toBe(clock.now() - 40);
      }
    }
    expect([3_600_000, 6_000, 1_000, -3_600_000].map((ms) => feed.isAhead(clock.now() + ms))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('does the same where the local clock is wrong by hours, and for a recording of years ago', () => {
    for (const offMs of [-7_200_000, 7_200_000, -150_000_000_000]) {
      const clock = createManualClock(startMs);
      const feed = createFeedClock(clock);
      const eventMs = () => clock.now() + offMs - 40;
      feed.observe(eventMs(), 'btcusdt');
      // Where the local clock is behind, the first frame could be the odd one; the second tells.
      expect(feed.observe(eventMs(), 'btcusdt')).toBe(true);
      clock.advance(1_000);
      expect(feed.observe(eventMs() + 3_600_000, 'ethusdt')).toBe(false);
      clock.advance(1_000);
      expect(feed.observe(eventMs(), 'ethusdt')).toBe(true);
      expect(feed.now().feedMs).toBe(eventMs());
      expect([feed.isAhead(eventMs() + 6_000), feed.isAhead(eventMs() + 1_000)]).toEqual([true, false]);
    }
  });

  it('one symbol whose frames are all an hour ahead sets no clock while others are heard', () => {
    const clock = createManualClock(startMs);
    const feed = createFeedClock(clock);
    for (let i = 0; i < 600; i++) {
      clock.advance(500);
      expect(feed.observe(clock.now() - 40, 'btcusdt')).toBe(true);
      expect(feed.observe(clock.now() + 3_600_000, 'ethusdt')).toBe(false);
    }
    expect(feed.now().feedMs).toBe(clock.now() - 40);
  });

  it('nor do several that send such frames now and then', () => {
    const clock = createManualClock(startMs - 7_200_000);
    const feed = createFeedClock(clock);
    const symbols = ['btcusdt', 'ethusdt', 'solusdt', 'bnbusdt'];
    for (let i = 0; i < 2_000; i++) {
      clock.advance(20);
      const symbol = symbols[i % symbols.length];
      if (i % 7 === 3) expect(feed.observe(clock.now() + 3_600_000, symbol)).toBe(false);
      else feed.observe(clock.now() - 40, symbol);
    }
    expect(feed.now().feedMs).toBeGreaterThan(clock.now() - 100);
    expect(feed.now().feedMs).toBeLessThan(clock.now());
  });

  it('never believes a time in microseconds', () => {
    const feed = createFeedClock(createManualClock(startMs));
    for (let i = 0; i < 100; i++) expect(feed.observe(startMs * 1_000, String(i))).toBe(false);
    expect([feed.isAhead(startMs * 1_000), feed.isAhead(startMs + 86_400_000)]).toEqual([true, false]);
    expect(feed.now().feedMs).toBe(startMs);
  });

  it.each([
    ['all symbols say another time from now on', ['btcusdt', 'ethusdt'], 3_600_000, 5],
    ['the only symbol does', ['btcusdt'], 3_600_000, 70],
    ['a recording begins anew', ['btcusdt', 'ethusdt'], -3_600_000, 70],
  ])('follows when %s', (_what, symbols, jumpMs, withinFrames) => {
    const clock = createManualClock(startMs - 7_200_000);
    const feed = createFeedClock(clock);
    // The local clock is right about nothing here.
    const eventMs = (ms: number) => clock.now() - 150_000_000_000 + ms;
    for (let i = 0; i < 50; i++) {
      clock.advance(100);
      feed.observe(eventMs(0), symbols[i % symbols.length]);
    }
    for (let i = 0; i < withinFrames; i++) {
      clock.advance(100);
      feed.observe(eventMs(jumpMs), symbols[i % symbols.length]);
    }
    expect(feed.now().feedMs).toBe(eventMs(jumpMs));
  });

  it('believes at once what the local clock bears out, as after a computer has slept', () => {
    const clock = createManualClock(startMs);
    let sleptMs = 0;
    const feed = createFeedClock({ ...clock, now: () => clock.now() + sleptMs });
    feed.observe(clock.now() - 40, 'btcusdt');
    // The monotonic clock stands still meanwhile, the other one does not.
    sleptMs = 28_800_000;
    expect(feed.observe(clock.now() + sleptMs - 60, 'btcusdt')).toBe(true);
    expect(feed.now().feedMs).toBe(clock.now() + sleptMs - 60);
  });

  it('is not held back by a connection whose frames are all late', () => {
    const clock = createManualClock(startMs - 7_200_000);
    const feed = createFeedClock(clock);
    const eventMs = (ms: number) => clock.now() + 7_200_000 + ms;
    let refused = 0;
    for (let i = 0; i < 100; i++) {
      clock.advance(50);
      feed.observe(eventMs(-30_000), 'btcusdt');
      if (i >= 20 && !feed.observe(eventMs(-20), i % 2 === 0 ? 'ethusdt' : 'bnbusdt')) refused += 1;
    }
    expect(feed.now().feedMs).toBe(eventMs(-20));
    expect(refused).toBeLessThan(5);
  });
});
