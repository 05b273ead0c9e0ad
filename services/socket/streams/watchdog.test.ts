import { createManualClock } from '@tickfolio/lib/clock';
import { createFeedClock } from '@tickfolio/lib/market/feed-clock';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.js';
import { type Feed, newWatch } from './feed.js';
import { createTickerSequence } from './ticker-sequence.js';
import { createStreamWatchdog } from './watchdog.js';

const rig = () => {
  const clock = createManualClock();
  const acts: [string, string, boolean?][] = [];
  const watchdog = createStreamWatchdog(clock, defaultLimits, {
    renew: (feed, _why, broken) => acts.push(['renew', feed.name, broken]),
    replace: (feed) => acts.push(['replace', feed.name]),
  });
  const feedOf = (kind: Feed['kind']): Feed => ({
    name: `btcusdt@${kind}`,
    symbol: 'btcusdt',
    kind,
    subscribers: new Set(),
    sequence: createTickerSequence(clock, createFeedClock(clock), {
      forward: () => undefined,
      duplicate: () => undefined,
      reset: () => undefined,
    }),
    link: { kind: 'answered' },
    linkSinceMs: clock.monotonic(),
    heard: true,
    saw: true,
    lastEventMs: undefined,
    fault: undefined,
    stalled: undefined,
    listing: 'TRADING',
    tradedSinceListed: false,
    partner: undefined,
    watch: newWatch(),
    status: { symbol: 'btcusdt', state: 2, detail: '', sinceMs: 0 },
    linger: undefined,
  });
  const trades = feedOf('aggTrade');
  const tickers = feedOf('miniTicker');
  trades.partner = tickers;
  tickers.partner = trades;
  const run = (seconds: number, each: (second: number) => void) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      each(second);
      watchdog.check(trades);
      watchdog.check(tickers);
    }
  };
  return { acts, watchdog, trades, tickers, run };
};

describe('stream watchdog', () => {
  it('sees that trades stopped when new prices show without them, renews the stream, then replaces the connection', () => {
    const { acts, watchdog, trades, tickers, run } = rig();
    watchdog.saw(trades, '');
    run(defaultLimits.evidenceMs / 1_000 + 3, (second) => watchdog.saw(tickers, String(second)));
    expect(acts).toEqual([['renew', 'btcusdt@aggTrade', true]]);
    run(60, (second) => watchdog.saw(tickers, String(second)));
    expect(acts.slice(0, 2)).toEqual([
      ['renew', 'btcusdt@aggTrade', true],
      ['replace', 'btcusdt@aggTrade'],
    ]);
    expect(acts.length).toBeLessThan(5);
    watchdog.saw(trades, '');
    acts.length = 0;
    run(5, (second) => watchdog.saw(tickers, String(second)));
    expect(acts).toEqual([]);
  });

  it('sees that mini-tickers stopped when trades go on', () => {
    const { acts, watchdog, trades, run } = rig();
    run(defaultLimits.evidenceMs / 1_000 + 3, () => watchdog.saw(trades, ''));
    expect(acts).toEqual([['renew', 'btcusdt@miniTicker', true]]);
  });

  it('does not cry wolf: an hour without a trade, the last price unmoved', () => {
    const { acts, watchdog, tickers, run } = rig();
    run(3_600, () => watchdog.saw(tickers, '1.5'));
    expect(acts).toEqual([]);
  });

  it('does not cry wolf: rare trades, each shown by the mini-ticker a moment later', () => {
    const { acts, watchdog, trades, tickers, run } = rig();
    run(3_600, (second) => {
      if (second % 30 === 0) watchdog.saw(trades, '');
      watchdog.saw(tickers, String(Math.floor(second / 30)));
    });
    expect(acts).toEqual([]);
  });

  it('does not cry wolf: nothing at all for an hour after data came', () => {
    const { acts, run } = rig();
    run(3_600, () => undefined);
    expect(acts).toEqual([]);
  });

  it('renews a stream that was acknowledged but never delivered, more and more rarely', () => {
    const { acts, trades, run } = rig();
    trades.heard = false;
    run(defaultLimits.firstFrameMs / 1_000 + 1, () => undefined);
    expect(acts).toEqual([['renew', 'btcusdt@aggTrade', false]]);
    run(6 * 3_600, () => undefined);
    expect(acts.length).toBeGreaterThan(3);
    expect(acts.length).toBeLessThan(15);
    expect(acts[1]).toEqual(['renew', 'btcusdt@aggTrade', true]);
  });

  it('leaves a halted symbol and a broken connection alone', () => {
    const { acts, watchdog, trades, tickers, run } = rig();
    trades.listing = 'BREAK';
    tickers.link = { kind: 'down', detail: '' };
    run(60, (second) => watchdog.saw(tickers, String(second)));
    expect(acts).toEqual([]);
  });
});
