import { describe, expect, it } from 'vitest';
import { startMs, toTrade, tradeAt } from '../kit/tape.js';
import { createPublishedRecord } from './published-record.js';
import { startSecond } from './second-trades.js';

/** The second that begins so many seconds after the start, with one trade. */
const secondAt = (n: number) => startSecond(toTrade(tradeAt(n * 10, n * 1_000)));

describe('the mark behind which the next publisher goes on', () => {
  it('never goes back: a hole repaired after more than two minutes has nobody publish those minutes again', () => {
    const record = createPublishedRecord('btcusdt');
    record.add(secondAt(1), 1, true);
    record.add(secondAt(2), 1, false);
    for (let n = 3; n <= 140; n++) record.add(secondAt(n), 1, true);
    const before = record.through();
    expect(before?.last.second).toBe(startMs + 140_000);
    record.add(secondAt(2), 2, true);
    expect(record.through()).toEqual(before);
  });

  it('does not pass a second that waits to be published, and passes it with it', () => {
    const record = createPublishedRecord('btcusdt');
    record.add(secondAt(1), 1, true);
    record.add(secondAt(3), 1, true, startMs + 2_000);
    expect(record.through()).toMatchObject({ last: { second: startMs + 1_000 }, later: [{ second: startMs + 3_000 }] });
    record.add(secondAt(2), 1, true);
    expect(record.through()).toMatchObject({ last: { second: startMs + 3_000 }, later: [] });
  });
});
