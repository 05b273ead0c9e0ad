import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import type { ExchangeConnection } from '../exchange/exchange-connection.js';
import { createMissedTrades } from './missed-trades.js';

const afterMs = 10_000;
const busy = 'busy';
const names = new Set([...Array.from({ length: 19 }, (_, index) => `quiet ${index}`), busy]);
/** It answers, and brings nothing from its beginning. */
const connection: Pick<ExchangeConnection, 'lastDataMs' | 'lastSeenMs'> = {
  lastDataMs: undefined,
  lastSeenMs: () => undefined,
};

/**
 * @param tradedMs when a stream was traded last, undefined where that cannot be told. @returns when missed trades were
 * found, and questions by minute
 */
const watch = async (minutes: number, tradedMs: (name: string, nowMs: number) => number | undefined) => {
  const clock = createManualClock();
  const startMs = clock.now();
  const asked: number[] = [];
  const lastTradedMs = async (name: string) => {
    const minute = Math.floor((clock.now() - startMs) / 60_000);
    asked[minute] = (asked[minute] ?? 0) + 1;
    return tradedMs(name, clock.now());
  };
  const missed = createMissedTrades(clock, { lastTradedMs }, afterMs);
  for (let second = 0; second < minutes * 60; second++) {
    if (missed.judge(connection as ExchangeConnection, names, clock.now() - startMs))
      return { foundMs: clock.now() - startMs, asked };
    await clock.advanceAsync(1_000);
  }
  return { foundMs: undefined, asked };
};

describe('a connection with twenty coins that brings nothing from its beginning', () => {
  it('is found within ten minutes, whichever of them is the one that is traded', async () => {
    const { foundMs } = await watch(60, (name, nowMs) => (name === busy ? nowMs : 0));
    expect(foundMs).toBeLessThan(600_000);
  });

  it('is found also where of the other coins nothing can be told', async () => {
    const { foundMs } = await watch(60, (name, nowMs) => (name === busy ? nowMs : undefined));
    expect(foundMs).toBeLessThan(600_000);
  });

  it('costs no more than seven questions a minute, and ever fewer rounds of them while all coins are quiet', async () => {
    const { foundMs, asked } = await watch(180, () => 0);
    expect(foundMs).toBeUndefined();
    expect(Math.max(...Object.values(asked))).toBeLessThanOrEqual(7);
    const lastHour = asked.slice(120).reduce((sum, count) => sum + (count ?? 0), 0);
    // A round of 20 and 10 minutes of pause.
    expect(lastHour).toBeLessThanOrEqual(6 * 20);
  });
});
