import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Benchmark } from '../measure/benchmark.js';
import { median } from '../measure/latencies.js';
import { startAllInOne, startProgram } from '../measure/program.js';
import { none, short, times } from '../measure/table.js';

const rounds = 5;
const patienceMs = 120_000;
/** Of a warm start, to its first live price. */
const goalSeconds = 5;
const firstPrice = /First live price after/;

/** The floor: Node starts and has loaded the program's own modules but none of its stores. */
const floorOf = async (): Promise<number> => {
  const startedAt = performance.now();
  const loaded = startProgram(['-e', "import('./standalone/dist/config.js').then(() => console.log('loaded'))"]);
  await loaded.said(/loaded/, patienceMs);
  const tookMs = performance.now() - startedAt;
  await loaded.close();
  return tookMs;
};

const startOnce = async (folder: string): Promise<number> => {
  const startedAt = performance.now();
  const run = startAllInOne(folder);
  try {
    await run.said(firstPrice, patienceMs);
    return performance.now() - startedAt;
  } finally {
    await run.close();
  }
};

export const start: Benchmark = {
  name: 'start',
  about: 'the all-in-one run from its start to its first live price, cold and warm, against loading its settings',
  run: async ({ say }) => {
    const folder = await temporaryFolder();
    try {
      say('a first start, which makes the databases');
      const cold = await startOnce(folder.path);
      const warm: number[] = [];
      const floor: number[] = [];
      for (let round = 0; round < rounds; round++) {
        say(`a warm start, ${round + 1} of ${rounds}`);
        floor.push(await floorOf());
        warm.push(await startOnce(folder.path));
      }
      const bare = median(floor);
      const row = (name: string, values: readonly number[]) => [
        name,
        short(Math.min(...values) / 1_000),
        short(median(values) / 1_000),
        short(Math.max(...values) / 1_000),
        values === floor ? 'floor' : times(median(values) / bare),
      ];
      return {
        title: 'start: from the command to the first live price, everything in one process',
        columns: ['start', 'best s', 'median s', 'worst s', 'of floor'],
        rows: [
          row('Node and the settings alone', floor),
          row(`warm, ${rounds} starts`, warm),
          ['the first one, making the databases', none, short(cold / 1_000), none, times(cold / bare)],
        ],
        notes: [
          `Prices are those of the built-in simulator. Goal: the first price of a warm start within ${goalSeconds} s.`,
          'The floor is Node, started anew each time, which loads the settings and nothing of the stores.',
        ],
      };
    } finally {
      await folder.remove();
    }
  },
};
