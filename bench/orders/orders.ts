import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Benchmark } from '../measure/benchmark.js';
import { createLatencies } from '../measure/latencies.js';
import { startAllInOne } from '../measure/program.js';
import { short, times, whole } from '../measure/table.js';
import { createTrader, type Trader } from './trader.js';

// From `POST /orders` until the order is known to be taken (its reservation is kept), everything in one process: one
// person, and then several at once, each as often as one may.

const patienceMs = 120_000;
const pauseMs = 110;
/** Of 9 orders a second each. */
const crowds = [10, 34] as const;
const goals = { p99Ms: 50, aSecond: 300 } as const;

const alone = async (trader: Trader, seconds: number) => {
  const [placed, read] = [createLatencies(), createLatencies()];
  for (const endMs = performance.now() + seconds * 1_000; performance.now() < endMs; await wait(pauseMs)) {
    const { placedMs, readMs } = await trader.place();
    placed.add(placedMs);
    read.add(readMs);
  }
  return { placed: placed.summary(), read: read.summary() };
};

/** @returns how long each took, and how many there were a second */
const together = async (traders: readonly Trader[], seconds: number) => {
  const placed = createLatencies();
  const begunMs = performance.now();
  await Promise.all(traders.map((trader) => trader.placeUntil(begunMs + seconds * 1_000, placed.add)));
  const summary = placed.summary();
  return { summary, aSecond: (summary.count * 1_000) / (performance.now() - begunMs) };
};

export const orders: Benchmark = {
  name: 'orders',
  about: 'from POST /orders to the answer that it is taken, by one person and by several at once',
  run: async ({ say, seconds }) => {
    const folder = await temporaryFolder();
    const run = startAllInOne(folder.path, { REGISTRATIONS_PER_ADDRESS: '10000', LOGINS_PER_ADDRESS: '10000' });
    try {
      const [, base = ''] = await run.said(/(http:\/\/[\w.:]+)\/docs/, patienceMs);
      await run.said(/First live price after/, patienceMs);
      const traders: Trader[] = [];
      for (let at = 0; at < Math.max(...crowds); at++) traders.push(await createTrader(base, `bench-trader-${at}`));
      const [first] = traders;
      if (!first) throw new Error('there is nobody');
      say('warming up');
      await alone(first, 2);
      say('one person');
      const one = await alone(first, seconds);
      const rows = [];
      for (const count of crowds) {
        say(`${count} at once`);
        const { summary, aSecond } = await together(traders.slice(0, count), seconds);
        const { count: placed, p50, p99, max } = summary;
        rows.push([
          ...[`an order, ${count} at once`, whole(placed), whole(aSecond), short(p50), short(p99), short(max)],
          times(p50 / one.read.p50),
        ]);
      }
      const row = (name: string, { count, p50, p99, max }: typeof one.read, ofFloor: string) => [
        ...[name, whole(count), whole(count / seconds), short(p50), short(p99), short(max), ofFloor],
      ];
      return {
        title: 'orders: from POST /orders to the answer that it is taken, everything in one process',
        columns: ['what', 'times', 'a second', 'p50 ms', 'p99 ms', 'worst ms', 'of floor'],
        rows: [
          row('reading an order (floor)', one.read, 'floor'),
          row('an order, one person', one.placed, times(one.placed.p50 / one.read.p50)),
          ...rows,
        ],
        notes: [
          `Goals: ${goals.p99Ms} ms at the 99th percentile, ${goals.aSecond} a second.`,
          'What the order needs is kept for it then: two services have committed. Where the answer came before, it was asked again every 50 ms. One user may place 10 a second.',
        ],
      };
    } finally {
      await run.close();
      await folder.remove();
    }
  },
};
