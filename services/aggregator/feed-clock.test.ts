import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createFeedClock } from './feed-clock.js';

const startMs = 1_700_000_000_000;

describe('the clock of the feed', () => {
  it('is the local one until a frame came', () => {
    const clock = createManualClock(startMs);
    const feed = createFeedClock(clock);
    clock.advance(500);
    expect(feed.now()).toEqual({ localMs: 500, feedMs: startMs + 500 });
  });

  it.each([[-5_000], [5_000], [-150_000_000_000]])('follows the events, however wrong the local clock is (%i ms)', (offMs) => {
    const clock = createManualClock(startMs);
    const feed = createFeedClock(clock);
    // Frames take 40 to 140 ms; the quickest tells the most.
    for (const delayMs of [140, 40, 90]) {
      clock.advance(200);
      feed.observe(clock.now() + offMs - delayMs);
    }
    clock.advance(300);
    expect(feed.now().feedMs).toBe(clock.now() + offMs - 40);
  });

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
});
