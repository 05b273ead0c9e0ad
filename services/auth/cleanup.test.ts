import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { startCleanup } from './cleanup.js';
import { defaultLimits } from './limits.js';
import { createAuthMetrics } from './metrics.js';

/** A table with so many rows that are over; a batch takes as long as the test says. */
const setUp = (batchMs = 0) => {
  const clock = createManualClock();
  const metrics = createMetrics('auth');
  const table = { over: 0, deleted: 0, away: false, busyMs: 0 };
  const deleteOver = async (limit: number) => {
    if (table.away) throw new AppError('unavailable', 'The database cannot be reached.');
    if (batchMs > 0) await new Promise<void>((resolve) => clock.after(batchMs, resolve));
    table.busyMs += batchMs;
    const gone = Math.min(limit, table.over);
    table.over -= gone;
    table.deleted += gone;
    return gone;
  };
  const cleanup = startCleanup({
    clock,
    log: silentLogger(),
    metrics: createAuthMetrics(metrics, () => 0),
    deleteOver,
    limits: defaultLimits,
  });
  const behindS = async () => {
    const [, cleanedAt = ''] = /cleanup_done_timestamp_seconds ([\d.e+]+)/.exec(await metrics.text()) ?? [];
    return clock.now() / 1_000 - Number(cleanedAt);
  };
  return { clock, table, cleanup, behindS };
};

it('keeps up with what a hundred thousand open pages leave behind', async () => {
  const { clock, table, cleanup } = setUp();
  const perPeriod = Math.round((100_000 * defaultLimits.cleanupPeriodMs) / (13 * 60_000));
  for (let period = 0; period < 12; period++) {
    table.over += 4 * perPeriod; // Renewed every 13 minutes, with more than one row for each.
    await clock.advanceAsync(defaultLimits.cleanupPeriodMs);
  }
  await clock.advanceAsync(defaultLimits.cleanupPeriodMs);
  expect([table.over, table.deleted]).toEqual([0, 48 * perPeriod]);
  await cleanup.close();
});

it('leaves the database half of the time, however slow it is', async () => {
  const { clock, table, cleanup } = setUp(100);
  table.over = 1_000_000;
  await clock.advanceAsync(defaultLimits.cleanupPeriodMs + 60_000);
  expect(table.busyMs).toBeGreaterThan(28_000);
  expect(table.busyMs).toBeLessThan(31_000);
  const closed = cleanup.close();
  await clock.advanceAsync(100);
  await closed;
  const { deleted } = table;
  await clock.advanceAsync(defaultLimits.cleanupPeriodMs);
  expect(table.deleted).toBe(deleted);
});

it('tells how long it has not been done, so that an alarm can ring', async () => {
  const { clock, table, cleanup, behindS } = setUp();
  expect(await behindS()).toBe(0);
  table.away = true;
  for (let hour = 0; hour < 18; hour++) await clock.advanceAsync(defaultLimits.cleanupPeriodMs);
  expect(await behindS()).toBe(3 * 3_600);
  table.away = false;
  await clock.advanceAsync(defaultLimits.cleanupPeriodMs);
  expect(await behindS()).toBe(0);
  await cleanup.close();
});
