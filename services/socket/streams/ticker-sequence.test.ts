import { createManualClock } from '@tickfolio/lib/clock';
import { createFeedClock } from '@tickfolio/lib/market/feed-clock';
import { describe, expect, it } from 'vitest';
import { createTickerSequence } from './ticker-sequence.js';

const rig = () => {
  const clock = createManualClock(1_700_000_000_000);
  const feedClock = createFeedClock(clock);
  const out: number[] = [];
  let duplicates = 0;
  const sequence = createTickerSequence(clock, feedClock, {
    forward: ({ order }) => out.push(order),
    duplicate: () => {
      duplicates += 1;
    },
    reset: () => undefined,
  });
  return {
    clock,
    feedClock,
    out,
    get duplicates() {
      return duplicates;
    },
    accept: (order: number, source = 1) => sequence.accept({ order, eventTimeMs: order }, source, false),
  };
};

describe('the mini-tickers of a symbol', () => {
  it('pass once each and never go back', () => {
    const { accept, out, clock } = rig();
    const nowMs = clock.now();
    for (const order of [nowMs, nowMs + 1_000, nowMs, nowMs + 1_000, nowMs + 2_000]) accept(order);
    expect(out).toEqual([nowMs, nowMs + 1_000, nowMs + 2_000]);
  });

  it('go on within seconds where the first one that was heard of a recording lies an hour ahead of all others', () => {
    const { accept, out, feedClock, clock } = rig();
    const startMs = 1_617_000_000_000;
    feedClock.observe(startMs + 3_600_000, 'btcusdt');
    accept(startMs + 3_600_000);
    for (let at = 0; at < 20; at++) {
      clock.advance(1_000);
      for (const symbol of ['ethusdt', 'btcusdt']) feedClock.observe(startMs + at * 1_000, symbol);
      accept(startMs + at * 1_000);
    }
    expect(out[0]).toBe(startMs + 3_600_000);
    expect(out.length).toBeGreaterThan(13);
    expect(out.at(-1)).toBe(startMs + 19_000);
  });

  it('follow a recording that begins anew on another connection', () => {
    const { accept, out, clock, feedClock } = rig();
    for (let at = 0; at < 5; at++) accept(2_000_000 + at);
    for (let at = 0; at < 12; at++) {
      clock.advance(1_000);
      feedClock.observe(1_000_000 + at, 'btcusdt');
      accept(1_000_000 + at, 2);
    }
    expect(out.at(-1)).toBe(1_000_011);
  });
});
