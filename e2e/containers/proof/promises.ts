import { eventually } from '@tickfolio/lib/kit/wait-until';
import { call, type Person } from '../client/person.js';
import { startWatcher, type Watcher } from '../client/watcher.js';
import { demand, type Stack } from '../stack/stack.js';
import { held } from './walk-through.js';

/** What is looked at while one part is dead. */
export interface Outage {
  readonly stack: Stack;
  readonly person: Person;
  readonly watcher: Watcher;
  /** When it was killed: on the wall clock, in frames, in cut connections. */
  readonly killedAtMs: number;
  readonly framesBefore: number;
  readonly cutsBefore: number;
}

/** Something that must hold while a part is dead. `words` stand in the table. */
export interface Promised {
  readonly words: string;
  readonly check: (outage: Outage) => Promise<void>;
}

/** A frame is due every second, and a busy machine may be late. */
const frameMs = 15_000;
const rowMs = 30_000;
const pollMs = 200;
const answerMs = 15_000;

const refusedForNow = async (what: string, ask: () => Promise<{ status: number; headers: Headers; text: string }>) => {
  const { status, headers, text } = await ask();
  demand(
    status === 503 && Number(headers.get('retry-after')) > 0,
    `${what} answered ${status}, not 503 with Retry-After: ${text}`,
  );
};

export const promises = {
  prices: {
    words: 'prices',
    check: async ({ watcher, killedAtMs, framesBefore }) => {
      // Trades of a second after the kill at the earliest: nothing that was on its way already.
      await eventually(
        'prices flow on',
        () => watcher.frames.slice(framesBefore).find(({ pricedSinceMs = 0 }) => pricedSinceMs > killedAtMs + 1_000),
        frameMs,
      );
    },
  },
  sockets: {
    words: 'open sockets',
    check: async ({ watcher, cutsBefore }) =>
      demand(watcher.isOpen() && watcher.cuts() === cutsBefore, 'the client was cut off'),
  },
  newSocket: {
    words: 'new sockets',
    check: async ({ stack, person }) => {
      const other = startWatcher(stack.clock, stack.urls.bff, person.token);
      try {
        const first = await eventually('a new socket gets a frame', () => other.frames[0], answerMs);
        demand(first.holds === held, `a new socket's first frame holds ${first.holds}`);
      } finally {
        other.close();
      }
    },
  },
  profile: {
    words: 'portfolio',
    check: async ({ person }) => {
      const { status, text } = await person.profile();
      demand(status === 200, `the profile answered ${status}: ${text}`);
    },
  },
  coins: {
    words: 'coin changes',
    check: async ({ person, watcher }) => {
      for (const [quantity, sum] of [
        ['0.25', '1.75'],
        ['-0.25', '1.5'],
      ] as const) {
        const from = watcher.frames.length;
        const { status, text } = await person.addCoin('btcusdt', quantity);
        demand(status === 200, `a coin change answered ${status}: ${text}`);
        await eventually(
          `the change to ${sum} is on the socket`,
          () => watcher.frames.slice(from).find(({ holds }) => holds.startsWith(`btcusdt ${sum},`)),
          frameMs,
        );
      }
    },
  },
  login: {
    words: 'login',
    check: async ({ person }) => {
      const { status, text } = await person.login();
      demand(status === 200, `login answered ${status}: ${text}`);
    },
  },
  loginRefused: { words: '(login: 503)', check: ({ person }) => refusedForNow('login', person.login) },
  profileRefused: { words: '(portfolio: 503)', check: ({ person }) => refusedForNow('the profile', person.profile) },
  coinsRefused: {
    words: '(coin changes: 503)',
    check: ({ person }) => refusedForNow('a coin change', () => person.addCoin('btcusdt', '0.25')),
  },
  archive: {
    words: 'archiving',
    check: async ({ stack, killedAtMs }) => {
      await eventually('new rows', async () => (await stack.archive.count(killedAtMs + 1_000)) > 0, rowMs, pollMs);
    },
  },
  dashboard: {
    words: 'dashboard',
    check: async ({ stack }) => {
      const page = await call(`${stack.urls.dashboard}/`, { headers: { accept: 'text/html' } });
      demand(
        page.status === 200 && page.text.includes('data-key="BTCUSDT"'),
        `the dashboard answered ${page.status} without rows`,
      );
    },
  },
} as const satisfies Record<string, Promised>;
