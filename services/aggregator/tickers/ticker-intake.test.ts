import { createManualClock } from '@tickfolio/lib/clock';
import { createFeedClock } from '@tickfolio/lib/market/feed-clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createTally } from '../tally.js';
import { createTickerIntake } from './ticker-intake.js';

const rig = (startMs = 1_700_000_000_000) => {
  const clock = createManualClock(startMs);
  const tally = createTally();
  const archived: { readonly message_id: string }[] = [];
  const complaints: { readonly why: string; readonly symbol: unknown }[] = [];
  const intake = createTickerIntake({
    log: silentLogger(),
    tally,
    gate: { isSure: true },
    eventLog: { publish: (_topic, { value }) => void archived.push(JSON.parse(String(value))) },
    feedClock: createFeedClock(clock),
    complain: (why, { symbol }) => void complaints.push({ why, symbol }),
    simulated: () => false,
    isFollowed: () => true,
  });
  const take = (eventMs: number, more: object = {}) => {
    const payload = {
      e: '24hrMiniTicker',
      E: eventMs,
      s: 'BTCUSDT',
      c: '2.5',
      o: '2',
      h: '3',
      l: '1',
      v: '1',
      q: '1',
      ...more,
    };
    intake.take({ frames: [{ payload: JSON.stringify(payload), receiveTimeMs: clock.now() }] });
  };
  return { clock, tally, archived, complaints, take };
};

describe('the archive of a symbol', () => {
  it('does not get a mini-ticker whose time lies an hour ahead, which would stand as the newest for that long', () => {
    const { clock, tally, archived, complaints, take } = rig();
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000);
      take(clock.now() - 40);
      if (second === 5) take(clock.now() + 3_600_000, { s: 'ETHUSDT' });
    }
    expect(archived).toHaveLength(20);
    expect(tally).toMatchObject({ tickers: 20, tickersMistimed: 1, tickersDuplicate: 0, payloadsMalformed: 0 });
    expect(complaints).toEqual([
      { why: 'the time of a mini-ticker lies ahead of all other frames', symbol: 'ETHUSDT' },
    ]);
  });

  it('gets every mini-ticker of a recording of years ago, and of an exchange whose clock is not this computer’s', () => {
    for (const offMs of [-150_000_000_000, -3_600_000, 0]) {
      const { clock, archived, take } = rig();
      for (let second = 0; second < 20; second++) {
        clock.advance(1_000);
        take(clock.now() + offMs);
      }
      expect(archived).toHaveLength(20);
    }
  });

  it('gets no candle of 0 for a coin that is listed and was never traded: that is counted', () => {
    const { tally, archived, take, clock } = rig();
    take(clock.now(), { c: '0.00000000', o: '0.00000000', h: '0.00000000', l: '0.00000000', v: '0', q: '0' });
    take(clock.now() + 1_000, { v: '0', q: '0' });
    expect(archived).toHaveLength(1);
    expect(tally).toMatchObject({ tickers: 1, tickersUnpriced: 1, payloadsMalformed: 0 });
  });
});
