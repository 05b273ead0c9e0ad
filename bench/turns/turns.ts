import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { ask, register, signIn } from '../frames/owner.js';
import type { Benchmark } from '../measure/benchmark.js';
import { startAllInOne } from '../measure/program.js';
import { none, short, times, whole } from '../measure/table.js';
import { type Counted, longerThan, meanMs, readCounter, readHistogram, since, withinMs } from './histograms.js';

// How long statements wait for the one embedded database of the all-in-one run, and have it: while somebody reads a
// portfolio, and then beside sign-ins, changes of coins, accounts that come and go, audits and relays.

const patienceMs = 120_000;
const goals = { waitMs: 200, turnMs: 100 } as const;
const pauseMs = 50;
/** Of each of the others. */
const people = 2;

const turnsOf = async (base: string) => {
  const text = await (await fetch(`${base}/metrics`)).text();
  const read = (name: string, of: string) => readHistogram(text, `tickfolio_databases_turn_${name}_seconds`, of);
  return {
    waits: read('wait', 'request'),
    requests: read('duration', 'request'),
    background: read('duration', 'background'),
    long: readCounter(text, 'tickfolio_databases_long_turns_total'),
  };
};
type Turns = Awaited<ReturnType<typeof turnsOf>>;

/** Work that is done again and again until it is told to end. */
const startWork = (...all: readonly (() => Promise<unknown>)[]) => {
  let isOver = false;
  const working = all.map(async (work) => {
    while (!isOver) {
      await work();
      await wait(pauseMs);
    }
  });
  return async () => {
    isOver = true;
    await Promise.all(working);
  };
};

const openLoad = async (base: string) => {
  const reader = await register(base, 'bench-turns-reader');
  const changers = [];
  const guests = [];
  for (let at = 0; at < people; at++) {
    changers.push(await register(base, `bench-turns-changer-${at}`));
    guests.push(await register(base, `bench-turns-guest-${at}`));
  }
  let made = 0;
  const comeAndGo = async () => {
    const { token } = await register(base, `bench-turns-passer-${made++}`);
    await ask(base, 'POST', '/profile/coins', { symbol: 'btcusdt', quantity: '1' }, token);
    await ask(base, 'DELETE', '/account', undefined, token);
  };
  const read = () => ask(base, 'GET', '/profile', undefined, reader.token);
  const change = (token: string) => () =>
    ask(base, 'POST', '/profile/coins', { symbol: 'btcusdt', quantity: '1' }, token);
  return {
    alone: [read],
    everything: [
      read,
      ...changers.map(({ token }) => change(token)),
      ...guests.map(
        ({ account }) =>
          () =>
            signIn(base, account),
      ),
      comeAndGo,
    ],
  };
};

export const turns: Benchmark = {
  name: 'turns',
  about: 'how long statements wait for the embedded database, alone and under everything at once',
  run: async ({ say, seconds }) => {
    const folder = await temporaryFolder();
    const run = startAllInOne(folder.path, {
      LOGINS_PER_NAME: '10000',
      LOGINS_PER_ADDRESS: '10000',
      REGISTRATIONS_PER_ADDRESS: '10000',
      AUDIT_INTERVAL: '1s',
    });
    try {
      const [, base = ''] = await run.said(/(http:\/\/[\w.:]+)\/docs/, patienceMs);
      await run.said(/First live price after/, patienceMs);
      const load = await openLoad(base);
      const measure = async (work: readonly (() => Promise<unknown>)[]): Promise<Turns> => {
        const end = startWork(...work);
        await wait(1_000);
        const before = await turnsOf(base);
        await wait(seconds * 1_000);
        const after = await turnsOf(base);
        await end();
        return {
          waits: since(before.waits, after.waits),
          requests: since(before.requests, after.requests),
          background: since(before.background, after.background),
          long: new Map([...after.long].map(([who, count]) => [who, count - (before.long.get(who) ?? 0)])),
        };
      };
      const tooLong = ({ long }: Turns) =>
        [...long]
          .filter(([, count]) => count > 0)
          .sort(([, a], [, b]) => b - a)
          .map(([who, count]) => `${count} times ${who.replaceAll('"', '')}`)
          .join('; ') || 'nobody';
      say('one reader');
      const alone = await measure(load.alone);
      say('everything at once');
      const all = await measure(load.everything);
      const row = (name: string, counted: Counted, bound: number, floor?: Counted) => [
        ...[name, whole(counted.count), short(meanMs(counted)), short(withinMs(counted, 0.5))],
        ...[short(withinMs(counted, 0.99)), short(withinMs(counted, 1)), whole(longerThan(counted, bound))],
        floor === undefined ? none : floor === counted ? 'floor' : times(meanMs(counted) / meanMs(floor)),
      ];
      return {
        title: 'turns: at the one embedded database, everything in one process',
        columns: ['what', 'times', 'mean ms', 'half within', '99 % within', 'all within', 'too long', 'of floor'],
        rows: [
          row('one reader: a request waits', alone.waits, goals.waitMs),
          row('one reader: a request has it (floor)', alone.requests, goals.turnMs, alone.requests),
          row('one reader: the background has it', alone.background, goals.turnMs, alone.requests),
          row('all: a request waits', all.waits, goals.waitMs, alone.requests),
          row('all: a request has it', all.requests, goals.turnMs, alone.requests),
          row('all: the background has it', all.background, goals.turnMs, alone.requests),
        ],
        notes: [
          `Goals: no request waits longer than ${goals.waitMs} ms, nobody has it longer than ${goals.turnMs} ms.`,
          'From the histograms of the run, so all but the mean are bounds of their buckets.',
          `Who had it for more than ${goals.turnMs} ms: one reader: ${tooLong(alone)}; all: ${tooLong(all)}.`,
        ],
      };
    } finally {
      await run.close();
      await folder.remove();
    }
  },
};
