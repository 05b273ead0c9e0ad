import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { ask, register } from '../frames/owner.js';
import type { Benchmark } from '../measure/benchmark.js';
import { median } from '../measure/latencies.js';
import { startAllInOne, startProgram } from '../measure/program.js';
import { short, times } from '../measure/table.js';

const rounds = 3;
const patienceMs = 120_000;
const afterMs = 60_000;
const goalMiB = 1_536;
const coins = ['btcusdt', 'ethusdt', 'bnbusdt', 'solusdt', 'xrpusdt'];
const mebibyte = 1_024 ** 2;

/** The floor: Node with the program's own modules and none of its stores. */
const floorOf = async (): Promise<number> => {
  const tell = 'console.log("holds", process.memoryUsage.rss(), "bytes")';
  const loaded = startProgram(['-e', `import('./standalone/dist/config.js').then(() => ${tell})`]);
  const [, bytes = ''] = await loaded.said(/holds (\d+) bytes/, patienceMs);
  await loaded.close();
  return Number(bytes) / mebibyte;
};

const memoryOf = async (folder: string, round: number): Promise<number> => {
  const run = startAllInOne(folder);
  try {
    const [, base = ''] = await run.said(/(http:\/\/[\w.:]+)\/docs/, patienceMs);
    await run.said(/First live price after/, patienceMs);
    const { token } = await register(base, `bench-memory-${round}`);
    for (const symbol of coins) await ask(base, 'POST', '/profile/coins', { symbol, quantity: '1' }, token);
    await wait(afterMs);
    const text = await (await fetch(`${base}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / mebibyte;
  } finally {
    await run.close();
  }
};

export const memory: Benchmark = {
  name: 'memory',
  about: 'what the all-in-one run holds a minute after its first live price, against loading its settings',
  run: async ({ say }) => {
    const folder = await temporaryFolder();
    try {
      const [floor, held]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        say(`a minute of a run, ${round + 1} of ${rounds}`);
        floor.push(await floorOf());
        held.push(await memoryOf(folder.path, round));
      }
      const row = (name: string, values: readonly number[]) => [
        ...[name, short(Math.min(...values)), short(median(values)), short(Math.max(...values))],
        values === floor ? 'floor' : times(median(values) / median(floor)),
      ];
      return {
        title: 'memory: of everything in one process, a minute after its first live price',
        columns: ['what', 'least MiB', 'median MiB', 'most MiB', 'of floor'],
        rows: [row('Node and the settings alone', floor), row(`the whole run, ${rounds} starts`, held)],
        notes: [`Resident, with a user of ${coins.length} coins. Goal: within ${goalMiB} MiB.`],
      };
    } finally {
      await folder.remove();
    }
  },
};
