import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Benchmark } from '../measure/benchmark.js';
import { createLatencies, type LatencySummary } from '../measure/latencies.js';
import { startAllInOne } from '../measure/program.js';
import { none, short, times, whole } from '../measure/table.js';
import { ask, openFrames, register, signIn } from './owner.js';

// From a change to the frame that shows it: of a balance, which the portfolio service commits and tells by an event, and
// of a coin. Then the same while people sign in, all in one process with one database.

const patienceMs = 120_000;
/** Sign-ins at once. */
const people = 2;
/** One user may make 300 changes at once and one a second; who is told to wait would be what is measured. */
const pauseMs = 110;
const goals = { frameMs: 150, turnMs: 200 } as const;

interface Portfolios {
  readonly portfolios: readonly { readonly id: string; readonly kind: string }[];
}

/** Somebody with two portfolios of paper money, who looks at one of them and at what is owned. */
const openOwner = async (base: string, name: string) => {
  const { token } = await register(base, name);
  const call = <Answer>(method: string, path: string, body?: object) => ask<Answer>(base, method, path, body, token);
  const { portfolios } = await call<Portfolios>('GET', '/portfolios');
  const from = portfolios.find(({ kind }) => kind === 'paper')?.id;
  if (from === undefined) throw new Error('there is no paper money');
  const { id: to } = await call<{ id: string }>('POST', '/portfolios', { name: 'Second', kind: 'paper' });
  const paper = await openFrames(base, token, to);
  const owned = await openFrames(base, token);
  await paper.shows(0);
  await owned.shows(0);
  let moved = 0;
  return {
    /** Milliseconds from asking until a frame shows it. */
    move: async () => {
      const there = moved++ % 2 === 0;
      const asked = { from: there ? from : to, to: there ? to : from, asset: 'USDT', quantity: '1' };
      const sentMs = performance.now();
      const { fromVersion, toVersion } = await call<{ fromVersion: number; toVersion: number }>(
        'POST',
        '/transfers',
        asked,
      );
      return (await paper.shows(there ? toVersion : fromVersion)) - sentMs;
    },
    change: async () => {
      const sentMs = performance.now();
      const coin = { symbol: 'btcusdt', quantity: '1' };
      const { Version } = await call<{ Version: number }>('POST', '/profile/coins', coin);
      return (await owned.shows(Version)) - sentMs;
    },
    read: async () => {
      const sentMs = performance.now();
      await call('GET', '/profile');
      return performance.now() - sentMs;
    },
    close: () => {
      paper.close();
      owned.close();
    },
  };
};
type Owner = Awaited<ReturnType<typeof openOwner>>;

const measure = async (owner: Owner, seconds: number) => {
  const all = { change: createLatencies(), move: createLatencies(), read: createLatencies() };
  for (const endMs = performance.now() + seconds * 1_000; performance.now() < endMs; await wait(pauseMs))
    for (const what of ['change', 'move', 'read'] as const) all[what].add(await owner[what]());
  return { change: all.change.summary(), move: all.move.summary(), read: all.read.summary() };
};

/** Signs people in, some at once and again and again. @returns what ends it, and says how many it were */
const startSignIns = async (base: string) => {
  let count = 0;
  let isOver = false;
  const all = [];
  for (let at = 0; at < people; at++) {
    const { account } = await register(base, `bench-sign-in-${at}`);
    all.push(account);
  }
  const working = all.map(async (account) => {
    while (!isOver) {
      await signIn(base, account);
      count++;
      await wait(1_000 / people);
    }
  });
  return async () => {
    isOver = true;
    await Promise.allSettled(working);
    return count;
  };
};

export const frames: Benchmark = {
  name: 'frames',
  about: 'from a change of a balance to the frame that shows it, against a change of a coin; alone and beside sign-ins',
  run: async ({ say, seconds }) => {
    const folder = await temporaryFolder();
    // Sign-ins of the same people are bounded, which is another subject.
    const run = startAllInOne(folder.path, { LOGINS_PER_NAME: '10000', LOGINS_PER_ADDRESS: '10000' });
    try {
      const [, base = ''] = await run.said(/(http:\/\/[\w.:]+)\/docs/, patienceMs);
      await run.said(/First live price after/, patienceMs);
      const owner = await openOwner(base, 'bench-frames');
      const another = await openOwner(base, 'bench-frames-beside');
      say('warming up');
      await measure(owner, 2);
      say('alone');
      const alone = await measure(owner, seconds);
      say(`beside ${people} people who sign in`);
      const end = await startSignIns(base);
      let signIns = 0;
      const beside = await measure(another, seconds).finally(async () => {
        signIns = await end();
        owner.close();
        another.close();
      });
      const row = (name: string, { count, p50, p99, max }: LatencySummary, floor: LatencySummary) => [
        ...[name, whole(count), short(p50), short(p99), short(max)],
        floor.p50 === p50 ? 'floor' : times(p50 / floor.p50),
      ];
      return {
        title: 'frames: from a change to the frame that shows it, everything in one process',
        columns: ['what', 'times', 'p50 ms', 'p99 ms', 'worst ms', 'of floor'],
        rows: [
          row('reading a portfolio (floor)', alone.read, alone.read),
          row('a coin', alone.change, alone.read),
          row('a balance of another portfolio', alone.move, alone.read),
          row('reading, beside sign-ins', beside.read, alone.read),
          row('a coin, beside sign-ins', beside.change, alone.read),
          row('a balance, beside sign-ins', beside.move, alone.read),
          ['sign-ins meanwhile', whole(signIns), none, none, none, none],
        ],
        notes: [
          `From the request to the frame, so the commit and the answer are in it. Goal: a balance within ${goals.frameMs} ms at the 99th percentile.`,
          `Reading asks the one database too. Goal: beside sign-ins no statement waits longer than ${goals.turnMs} ms, which the worst reading bounds from above.`,
        ],
      };
    } finally {
      await run.close();
      await folder.remove();
    }
  },
};
