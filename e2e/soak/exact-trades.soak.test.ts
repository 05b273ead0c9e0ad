import type { ExchangeSim } from '@tickfolio/exchange-sim/app';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { createRandom } from '@tickfolio/lib/kit/random';
import { recordedFrames, recordings } from '@tickfolio/lib/kit/recordings';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createLogger, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { startPath } from '../kit/price-path.js';
import { expectExact, isSettled } from '../kit/second-stats.js';

const minutes = countOf('MINUTES', 0);
const rounds = countOf('ROUNDS', minutes === 0 ? 1 : 0);
const log = process.env.TEST_LOG ? createLogger('test', 'info') : silentLogger();
const symbols = ['btcusdt', 'ethusdt', 'solusdt', 'bnbusdt', 'ethbtc', 'adausdt'];

const misbehave = (sim: ExchangeSim, random: () => number): string => {
  const stream = `${symbols[Math.floor(random() * symbols.length)]}@aggTrade`;
  const forMs = 200 + Math.floor(random() * 1_800);
  const faults = [
    () => sim.faults.add({ kind: 'close' }),
    () => sim.faults.add({ kind: 'close', code: 1012 }),
    () => sim.faults.add({ kind: 'stall', mode: 'hold', forMs }),
    () => sim.faults.add({ kind: 'stall', mode: 'hold', stream, forMs }),
    () => sim.faults.add({ kind: 'stall', mode: 'lose', stream, forMs }),
    () => sim.faults.add({ kind: 'drop', probability: 0.2, forMs }),
    () => sim.faults.add({ kind: 'drop', stream, count: 1 + Math.floor(random() * 5) }),
    () => sim.faults.add({ kind: 'duplicate', probability: 0.3, forMs }),
    () => sim.faults.add({ kind: 'reorder', probability: 0.3, forMs }),
    () => sim.faults.add({ kind: 'refuse', status: 503, forMs: 500 }),
    () => sim.faults.add({ kind: 'rest', path: 'aggTrades', status: 503, count: 2 }),
    () => sim.faults.add({ kind: 'rest', path: 'aggTrades', delayMs: 400, count: 2 }),
    () => sim.faults.add({ kind: 'pageDelay', delayMs: 300, forMs }),
    () => sim.faults.add({ kind: 'historyLag', byMs: 500, forMs }),
    () => sim.faults.add({ kind: 'wrongId', by: 1_000_000_000, stream, count: 1 }),
    () => sim.faults.add({ kind: 'shutdown', afterMs: 1_000 }),
    () => {
      sim.faults.add({ kind: 'close' });
      return sim.faults.add({ kind: 'controlError', forMs: 700 });
    },
    () => {
      sim.faults.add({ kind: 'refuseStream', stream, forMs: 700 });
      return sim.faults.add({ kind: 'shutdown', afterMs: 2_000 });
    },
  ];
  const fault = faults[Math.floor(random() * faults.length)];
  return JSON.stringify(fault?.().fault);
};

describe('trades equal to the last one', () => {
  const playRound = async (roundSeed: string) => {
    console.log(`faults drawn from seed ${roundSeed} (SEED=${seed})`);
    const random = createRandom(roundSeed);
    const path = await startPath({ seed: roundSeed, tradeRate: 3 }, symbols, { log });
    const drawn: string[] = [];
    try {
      await eventually('the first seconds', () => path.published.length > 5, 30_000);
      for (let i = 0; i < 24; i++) {
        drawn.push(misbehave(path.sim, random));
        await new Promise((resolve) => setTimeout(resolve, 200 + random() * 800));
      }
      path.sim.faults.clear();
      const untilMs = Date.now() + 1_000;
      const settled = () =>
        symbols.every((symbol) => isSettled(symbol, path.record.get(symbol) ?? [], path.published, untilMs));
      await eventually('the repairs', () => Date.now() > untilMs && settled(), 30_000).catch(() => undefined);
      const counted = symbols.map((symbol) =>
        expectExact(symbol, path.record.get(symbol) ?? [], path.published, untilMs),
      );
      expect(Math.min(...counted)).toBeGreaterThan(0);
      expect(counted.reduce((sum, count) => sum + count)).toBeGreaterThan(500);
      expect(path.aggregator.tally).toMatchObject({ tradesLost: 0, tradesLate: 0 });
      console.log(
        `${counted.reduce((sum, count) => sum + count)} trades equal; ${JSON.stringify(path.aggregator.tally)}`,
      );
    } catch (err) {
      console.log(`faults: ${drawn.join(' ')}\n${JSON.stringify(path.aggregator.tally)}`);
      throw err;
    } finally {
      await path.close();
    }
  };
  it.each(Array.from({ length: rounds }, (_, round) => `${seed}-${round}`))(
    'with disconnects, stalls, losses, duplicates and disorder (seed %s)',
    playRound,
  );

  it.each(minutes > 0 ? [minutes] : [])(
    `with the same for ${minutes} minutes, round after round (seed ${seed})`,
    async () => {
      const untilMs = performance.now() + minutes * 60_000;
      for (let round = 0; performance.now() < untilMs; round++) await playRound(`${seed}-${round}`);
    },
    (minutes + 3) * 60_000,
  );

  it('with two connections of which one is half a second late over the end of each second', async () => {
    const path = await startPath({ seed, tradeRate: 20 }, symbols, {
      limits: { streamsPerConnection: symbols.length / 2 },
      log,
    });
    try {
      await eventually('the first seconds', () => path.published.length > 5, 30_000);
      for (let i = 0; i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve, 1_750 - (Date.now() % 1_000)));
        path.sim.faults.add({ kind: 'stall', mode: 'hold', connection: 1, forMs: 500 });
      }
      const untilMs = Date.now();
      const settled = () =>
        symbols.every((symbol) => isSettled(symbol, path.record.get(symbol) ?? [], path.published, untilMs));
      await eventually('the last seconds', () => settled(), 30_000).catch(() => undefined);
      for (const symbol of symbols) {
        expect(expectExact(symbol, path.record.get(symbol) ?? [], path.published, untilMs)).toBeGreaterThan(0);
      }
      expect(path.published.filter(({ complete }) => !complete)).toEqual([]);
      expect(path.aggregator.tally).toMatchObject({ tradesLost: 0, tradesLate: 0 });
    } finally {
      await path.close();
    }
  });

  const plays = [...recordings].flatMap(([name, file]) =>
    (['shift', 'keep'] as const).map((times) => ({ name, file, times })),
  );
  it.each(plays)('for the frames of $name, with their times: $times', async ({ file, times }) => {
    const frames = recordedFrames(file);
    const recorded = frames.map(({ data }) => data).filter(({ e }) => e === 'aggTrade');
    const followed = [...new Set(recorded.map(({ s }) => String(s).toLowerCase()))];
    // In some seconds, of which the first ones pass before a symbol is followed.
    const lengthMs = (frames.at(-1)?.receivedMs ?? 0) - (frames[0]?.receivedMs ?? 0);
    const path = await startPath({ replay: { file, speed: Math.min(15, lengthMs / 6_000), times } }, followed, { log });
    try {
      const played = () => [...path.record.values()].reduce((sum, list) => sum + list.length, 0);
      await eventually('the recording is played', () => played() === recorded.length, 30_000);
      const endMs = Date.now() + 3_000;
      const settled = () =>
        followed.every((symbol) => isSettled(symbol, path.record.get(symbol) ?? [], path.published, endMs));
      await eventually('the last second of each symbol is proven', () => settled(), 30_000).catch(() => undefined);
      const counted = followed.map((symbol) =>
        expectExact(symbol, path.record.get(symbol) ?? [], path.published, endMs),
      );
      expect(counted.reduce((sum, count) => sum + count)).toBeGreaterThan(0.5 * recorded.length);
    } finally {
      await path.close();
    }
  });
});
