import type { ValueRange } from '@tickfolio/api/history';
import { seedsOf } from '@tickfolio/lib/kit/counts';
import type { Postgres } from '@tickfolio/lib/postgres';
import { lt } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestPostgres, pointsOf } from '../kit/bff.js';
import { valueHours, valueMinutes } from '../schema.js';
import { createValueHistory, type ValueHistory } from './value-history.js';
import { valueRanges } from './value-ranges.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const now = Date.parse('2026-06-30T20:30:40.000Z');
const midnight = Math.floor(now / dayMs) * dayMs;

let postgres: Postgres;
let history: ValueHistory;
beforeAll(async () => {
  postgres = await openTestPostgres();
  history = createValueHistory(postgres.db);
});
afterAll(() => postgres.close());
beforeEach(async () => {
  await postgres.db.delete(valueMinutes);
  await postgres.db.delete(valueHours);
});

const shared = { userId: 'anna', simulated: false };
const addMinutes = async (...atMs: number[]) => {
  for (let from = 0; from < atMs.length; from += 1_000)
    await postgres.db
      .insert(valueMinutes)
      .values(
        atMs.slice(from, from + 1_000).map((at) => ({ ...shared, minute: new Date(at), value: String(at / minuteMs) })),
      );
};
const addHours = (...atMs: number[]) =>
  postgres.db
    .insert(valueHours)
    .values(
      atMs.map((at) => ({
        ...shared,
        hour: new Date(Math.floor(at / hourMs) * hourMs),
        at: new Date(at),
        value: String(at / minuteMs),
      })),
    )
    .onConflictDoNothing();
const every = (stepMs: number, fromMs: number, toMs: number) =>
  Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, at) => fromMs + at * stepMs);
const timesOf = async (range: ValueRange, nowMs = now) =>
  (await pointsOf(history, 'real', 'anna', range, nowMs)).map(({ atMs, value }) => {
    expect(value).toBe(String(atMs / minuteMs)); // Every value at its own minute.
    return atMs;
  });

describe('the value over time', () => {
  it('has a year of somebody who looks twice a day, at odd hours', async () => {
    const visits = every(dayMs, midnight - 300 * dayMs, midnight).flatMap((day) => [
      day + 13 * hourMs,
      day + 17 * hourMs,
    ]);
    await addHours(...visits);
    const times = await timesOf('1y');
    expect(times).toHaveLength(300);
    expect([times[0], times.at(-1)]).toEqual([visits[1], visits.at(-1)]);
  });

  it('has all two years that are kept, to who asks for everything', async () => {
    const days = every(dayMs, midnight - 729 * dayMs, midnight);
    await addHours(...days);
    const times = await timesOf('all');
    expect(times.length).toBeGreaterThanOrEqual(365);
    expect([(times[0] ?? 0) - (days[0] ?? 0) <= 2 * dayMs, times.at(-1)]).toEqual([true, days.at(-1)]);
  });

  it('reaches back a week where the server runs four hours a day', async () => {
    const visits = every(dayMs, midnight - 6 * dayMs, midnight + dayMs).flatMap((day) =>
      every(hourMs, day + 16 * hourMs, day + 20 * hourMs),
    );
    await addHours(...visits);
    await addMinutes(...visits.filter((at) => at > now - 2 * dayMs).flatMap((at) => every(minuteMs, at, at + hourMs)));
    expect(visits).toHaveLength(28);
    const times = await timesOf('7d');
    expect((now - (times[0] ?? now)) / dayMs).toBeGreaterThan(6);
    expect(now - (times.at(-1) ?? 0)).toBeLessThan(2 * hourMs);
  });

  it('has a day in which only every second minute was recorded, and those were odd', async () => {
    await addMinutes(...every(2 * minuteMs, midnight - minuteMs, now));
    expect(await timesOf('24h')).toHaveLength(Math.floor((now - midnight) / (5 * minuteMs)) + 1);
  });

  it('has a point for every minute of an hour, for five minutes of a day, for hours of a week and more of a year', async () => {
    await addMinutes(...every(minuteMs, midnight - dayMs, midnight));
    expect(await timesOf('1h', midnight)).toHaveLength(60);
    expect(await timesOf('24h', midnight)).toHaveLength(288);
    expect(await timesOf('30d', midnight)).toHaveLength(288); // Young: minutes tell more than 24 hours.
    await addHours(...every(hourMs, midnight - 60 * dayMs, midnight));
    expect(await timesOf('7d', midnight)).toHaveLength(7 * 24);
    expect(await timesOf('1y', midnight)).toHaveLength(60 * 4);
  });

  it('shows the first and the last there is in every range, whatever was recorded when', async () => {
    const agoMs = fc.oneof(
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: 0, max: 2_880 }),
      fc.integer({ min: 0, max: 1_000_000 }),
    );
    const recorded = fc.uniqueArray(
      agoMs.map((minutes) => Math.floor((now - minutes * minuteMs) / minuteMs) * minuteMs),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        recorded,
        fc.constantFrom(...(Object.keys(valueRanges) as ValueRange[])),
        async (moments, range) => {
          await postgres.db.delete(valueMinutes);
          await postgres.db.delete(valueHours);
          const minutes = moments.filter((at) => now - at <= 2 * dayMs);
          if (minutes.length > 0) await addMinutes(...minutes);
          if (moments.length > 0) await addHours(...moments);
          const { stepMs, points } = await history.chart('real', 'anna', range, now);
          const times = (await points()).map(({ atMs }) => atMs);
          // Of what is older than two days the first of an hour is all there is.
          const kept = moments.filter(
            (at) => now - at <= valueRanges[range] && (minutes.includes(at) || firstOfHour(at, moments)),
          );
          expect(times.length > 0).toBe(kept.length > 0);
          expect(times.length).toBeLessThanOrEqual(402);
          if (kept.length === 0) return;
          expect(Math.abs((times[0] ?? 0) - Math.min(...kept))).toBeLessThanOrEqual(stepMs);
          expect(Math.abs((times.at(-1) ?? 0) - Math.max(...kept))).toBeLessThanOrEqual(stepMs);
          expect(new Set(times.map((at) => Math.floor(at / stepMs))).size).toBe(times.length);
        },
      ),
      { numRuns: seedsOf(40) },
    );
  });
  const firstOfHour = (at: number, moments: readonly number[]) =>
    moments.find((other) => Math.floor(other / hourMs) === Math.floor(at / hourMs)) === at;

  it('gives only what is new to who asks for that, and says of a step nothing before it is over', async () => {
    await addMinutes(...every(minuteMs, midnight, now));
    const all = await timesOf('24h');
    const known = all.at(-3) ?? 0;
    const { points, revision } = await history.chart('real', 'anna', '24h', now);
    expect((await points(known)).map(({ atMs }) => atMs)).toEqual(all.slice(-2));
    expect(await points(all.at(-1))).toEqual([]);
    expect(all.at(-1)).toBe(Math.floor(now / (5 * minuteMs)) * 5 * minuteMs - minuteMs);
    const again = async (nowMs: number) => (await history.chart('real', 'anna', '24h', nowMs)).revision;
    await addMinutes(Math.floor(now / minuteMs) * minuteMs + minuteMs);
    expect(await again(now + minuteMs)).toBe(revision);
    expect(await again(now + 5 * minuteMs)).not.toBe(revision);
    expect((await history.chart('real', 'berta', '24h', now)).revision).not.toBe(revision);
  });

  it.each(['24h', '7d', '1y'] as const)(
    'is told anew to who has a chart of %s whenever it is another one',
    async (range) => {
      const told = new Map<string, string>();
      const look = async (nowMs: number) => {
        const { revision, points } = await history.chart('real', 'anna', range, nowMs);
        const body = JSON.stringify(await points());
        expect((told.get(revision) ?? body) === body).toBe(true);
        told.set(revision, body);
      };
      await addHours(...every(hourMs, midnight - 20 * dayMs, midnight));
      await addMinutes(...every(minuteMs, midnight - 3 * dayMs, midnight));
      await look(now);
      await postgres.db.delete(valueMinutes).where(lt(valueMinutes.minute, new Date(midnight - 2 * dayMs)));
      await look(now);
      // After a pause of hours, the minutes of the step that runs come first.
      const minute = Math.floor(now / minuteMs) * minuteMs;
      const late = minute + 3 * minuteMs;
      for (const at of every(minuteMs, minute, minute + 12 * minuteMs)) {
        if (at !== late) await addMinutes(at);
        await look(at + 1_000);
      }
      await addMinutes(late); // By a round that took long.
      await look(minute + 12 * minuteMs);
    },
  );
});
