import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { seedsOf } from '@tickfolio/lib/kit/counts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFollowBench, type FollowBench, type FollowReader, idsOf } from '../kit/follow.js';
import type { ReferenceTrade } from '../kit/reference-second-stats.js';
import { startMs, tradeAt } from '../kit/tape.js';

const delivery = fc.record({
  dropped: fc.boolean(),
  delayMs: fc.integer({ min: 0, max: 400 }),
  repeatedAfterMs: fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined }),
});
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 5 }) },
  { weight: 4, arbitrary: fc.integer({ min: 10, max: 200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 3_000 }) },
);
const moments = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 3 });
const run = fc.record({
  steps: fc.array(fc.record({ pause, delivery, isVoid: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 2,
    maxLength: 80,
  }),
  /** The exchange's database is behind its stream by this much, and asked so often. */
  lagMs: fc.integer({ min: 0, max: 900 }),
  serveEveryMs: fc.integer({ min: 1, max: 150 }).map((tens) => tens * 10),
  keptTrades: fc.integer({ min: 5, max: 60 }),
  partTrades: fc.integer({ min: 1, max: 20 }),
  /** When the reader is cut, and comes again; when it sleeps; when the tape goes on in another process. */
  cuts: moments,
  sleeps: moments,
  takeovers: moments,
  joinMs: fc.integer({ min: 0, max: 5_000 }),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

const sleepMs = 700;
const comesAgainMs = 100;

/** What a reader has in the end, over all its streams, with what each watermark promised. */
interface Told {
  readonly ids: number[];
  readonly watermarks: { readonly atMs: number; readonly afterIds: number }[];
  readonly holes: number;
  readonly anew: number;
}

const toldOf = (parts: readonly TapePart[]): Told => {
  const told = { ids: [] as number[], watermarks: [] as { atMs: number; afterIds: number }[], holes: 0, anew: 0 };
  for (const part of parts) {
    if (part.hole) told.holes += 1;
    if (part.renumbered) told.anew += 1;
    told.ids.push(...idsOf([part]));
    told.watermarks.push({ atMs: part.watermarkMs, afterIds: told.ids.length });
  }
  return told;
};

/** One reader that comes again after its last id, whatever ends it. */
const createPersistent = (bench: FollowBench, firstAfter: number | undefined) => {
  const parts: TapePart[] = [];
  let stream: FollowReader | undefined;
  let againMs = Number.NEGATIVE_INFINITY;
  const take = () => parts.push(...(stream?.parts.splice(0) ?? []));
  return {
    parts,
    cut: async () => {
      const old = stream;
      stream = undefined;
      await old?.leave();
      parts.push(...(old?.parts ?? []));
      againMs = bench.tape.clock.now() + comesAgainMs;
    },
    sleep: (isAsleep: boolean) => {
      if (stream) stream.isPaused = isAsleep;
    },
    look: () => {
      take();
      if (stream?.error) {
        stream = undefined;
        againMs = bench.tape.clock.now() + comesAgainMs;
      }
      if (!stream && bench.tape.clock.now() >= againMs) stream = bench.follow(idsOf(parts).at(-1) ?? firstAfter);
    },
    end: async () => {
      await stream?.leave();
      take();
    },
  };
};

const play = async ({ steps, lagMs, serveEveryMs, keptTrades, partTrades, cuts, sleeps, takeovers, joinMs }: Run) => {
  const bench = createFollowBench({ limits: { maxKeptTrades: keptTrades, maxPartTrades: partTrades } });
  const firstId = 1_000;
  const record: ReferenceTrade[] = [];
  const voids = new Set<number>();
  const arrivals: { atMs: number; trade: ReferenceTrade; order: number }[] = [];
  let ms = 0;
  for (const [i, step] of steps.entries()) {
    ms += step.pause;
    const trade = tradeAt(firstId + i, ms);
    record.push(trade);
    const isEnd = i === 0 || i === steps.length - 1;
    const { dropped, delayMs, repeatedAfterMs } = step.delivery;
    if (step.isVoid === 0 && !isEnd) voids.add(trade.id);
    if (!dropped || isEnd) arrivals.push({ atMs: ms + (isEnd ? 0 : delayMs), trade, order: i });
    if (repeatedAfterMs !== undefined) arrivals.push({ atMs: ms + delayMs + repeatedAfterMs, trade, order: i });
  }
  arrivals.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  const early = createPersistent(bench, firstId - 1);
  const late = createPersistent(bench, undefined);
  const readers = [early, late];
  const activeMs = Math.max(ms, 10_000);
  const endMs = activeMs + 12_000;
  const isDue = (at: number, now: number) => at <= now && now < at + 10;
  for (let now = 0; now < endMs; now += 10) {
    bench.history.rows = record
      .filter(({ timeMs }) => timeMs - startMs <= now - lagMs)
      .map((trade) => (voids.has(trade.id) ? { id: trade.id, fault: 'none' } : trade));
    for (let next = arrivals[0]; next && next.atMs <= now; next = arrivals[0]) {
      arrivals.shift();
      if (voids.has(next.trade.id)) bench.tape.tape.skip({ id: next.trade.id, fault: 'none' });
      else bench.tape.stream(next.trade);
    }
    if (takeovers.some((at) => isDue(at, now))) bench.tape.takeOver();
    // A tape that began anew with an old trade hears of newer ones only when somebody asks.
    if (now > activeMs && now % 2_000 === 0) bench.tape.tape.prove();
    if (now % serveEveryMs === 0) bench.serve();
    for (const reader of readers) {
      if (cuts.some((at) => isDue(at, now))) await reader.cut();
      if (sleeps.some((at) => isDue(at, now))) reader.sleep(true);
      if (sleeps.some((at) => isDue(at + sleepMs, now))) reader.sleep(false);
      if (reader === early || now >= joinMs) reader.look();
    }
    await bench.wait(10);
  }
  for (const reader of readers) await reader.end();
  return { bench, record, voids, early: toldOf(early.parts), late: toldOf(late.parts) };
};

/** No trade before a watermark comes after it. */
const broken = ({ ids, watermarks }: Told, record: readonly ReferenceTrade[]): unknown[] => {
  const timeOf = new Map(record.map(({ id, timeMs }) => [id, timeMs]));
  return watermarks.filter(({ atMs, afterIds }) => ids.slice(afterIds).some((id) => (timeOf.get(id) ?? 0) < atMs));
};

describe('a follower', () => {
  it('gets each id once and in order, whatever is lost, late, repeated, cut or taken over on the way', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (given) => {
        const { record, voids, early, late } = await play(given);
        const all = record.map(({ id }) => id).filter((id) => !voids.has(id));
        expect(early.ids).toEqual(all);
        expect(late.ids).toEqual(all.filter((id) => id >= (late.ids[0] ?? 0)));
        expect(late.ids.length).toBeGreaterThan(0);
        expect([early.holes, early.anew, late.holes, late.anew]).toEqual([0, 0, 0, 0]);
        expect([broken(early, record), broken(late, record)]).toEqual([[], []]);
      }),
      { numRuns: seedsOf(20) },
    );
  });
});
