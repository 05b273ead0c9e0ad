import { createManualClock } from '@tickfolio/lib/clock';
import { createLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import type { ValuePartitions } from './value-partitions.js';
import { createValueRetention } from './value-retention.js';

const minuteMs = 60_000;
const setUp = (how: Partial<ValuePartitions>) => {
  const time = createManualClock(Date.parse('2026-11-21T10:00:30.000Z'));
  const wall = { offMs: 0 };
  const database = { offMs: 0 };
  const history = { now: async () => time.now() + database.offMs };
  const clock = { ...time, now: () => time.now() + wall.offMs };
  const exchange = { known: true, now: time.now };
  const calls: string[] = [];
  const lines: string[] = [];
  const partitions: ValuePartitions = {
    prepare: async (nowMs) => {
      calls.push('prepare');
      return how.prepare?.(nowMs) ?? true;
    },
    prune: async (nowMs, budgetMs) => {
      calls.push('prune');
      return how.prune?.(nowMs, budgetMs) ?? true;
    },
  };
  const log = createLogger('test', 'warn', (line) => lines.push(line));
  const retention = createValueRetention({ partitions, history, clock, exchange, log });
  return { clock, wall, database, exchange, calls, lines, retention };
};
const refused = () => Promise.reject(new Error('canceling statement due to statement timeout'));

it('does not ask every minute for what cannot be removed, says that it is about old values, and goes on with everything else', async () => {
  const { clock, calls, lines, retention } = setUp({ prune: refused });
  await clock.advanceAsync(25 * minuteMs);
  expect(calls).toEqual(['prepare', 'prune', 'prune', 'prune']);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('values that are kept no longer could not be removed');
  retention.close();
});

it('says apart from that when no tables can be made', async () => {
  const { clock, calls, lines, retention } = setUp({ prepare: refused });
  await clock.advanceAsync(5 * minuteMs);
  expect(calls).toEqual(['prepare', 'prune']);
  expect(lines).toEqual([expect.stringContaining('no tables could be made')]);
  retention.close();
});

it('goes on every minute until all is removed, then once a day', async () => {
  let rounds = 5;
  const { clock, calls, retention } = setUp({ prune: async () => --rounds <= 0 });
  await clock.advanceAsync(10 * minuteMs);
  expect(calls.filter((call) => call === 'prune')).toHaveLength(5);
  await clock.advanceAsync(24 * 60 * minuteMs);
  expect(calls.filter((call) => call === 'prune')).toHaveLength(6);
  retention.close();
  await clock.advanceAsync(48 * 60 * minuteMs);
  expect(calls.filter((call) => call === 'prune')).toHaveLength(6);
});

it('does nothing twice at once while the database hangs', async () => {
  const { clock, calls, retention } = setUp({ prepare: () => new Promise(() => undefined) });
  await clock.advanceAsync(60 * minuteMs);
  expect(calls).toEqual(['prepare']);
  retention.close();
});

it('keeps the values of the last days when the clock of the server is wrong by days for a while', async () => {
  const prunedAt: number[] = [];
  const { clock, wall, exchange, retention } = setUp({
    prune: async (nowMs) => {
      prunedAt.push(nowMs);
      return true;
    },
  });
  const startMs = exchange.now();
  exchange.known = false; // Right after a start, with a clock that is wrong already.
  wall.offMs = 3 * 24 * 60 * minuteMs;
  await clock.advanceAsync(5 * minuteMs);
  expect(prunedAt).toEqual([]);
  exchange.known = true;
  await clock.advanceAsync(5 * minuteMs);
  wall.offMs = -3 * 24 * 60 * minuteMs;
  await clock.advanceAsync(5 * minuteMs);
  wall.offMs = 9 * 24 * 60 * minuteMs;
  await clock.advanceAsync(5 * minuteMs);
  expect(prunedAt).toHaveLength(3);
  for (const atMs of prunedAt) expect(atMs).toBeLessThan(startMs + 60 * minuteMs);
  retention.close();
});

it('keeps what a chart shows, and makes room for what it will, when the clock of the database is wrong by days for a while', async () => {
  const prunedAt: number[] = [];
  const preparedAt: number[] = [];
  const { clock, database, exchange, retention } = setUp({
    prepare: async (nowMs) => preparedAt.push(nowMs) > 0,
    prune: async (nowMs) => prunedAt.push(nowMs) > 0,
  });
  const startMs = exchange.now();
  // What is recorded now is of these days too, by the time of the database.
  for (const days of [-3, 9]) {
    database.offMs = days * 24 * 60 * minuteMs;
    await clock.advanceAsync(5 * minuteMs);
    expect(Math.abs((preparedAt.at(-1) ?? 0) - (startMs + database.offMs))).toBeLessThan(60 * minuteMs);
    expect(prunedAt.at(-1)).toBeLessThan(startMs + 60 * minuteMs + Math.min(0, database.offMs));
  }
  retention.close();
});
