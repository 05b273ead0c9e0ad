import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createFakeAuth, createUser, openTestPostgres, startTestBff } from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';
import { createNotices } from '../replicas/notices.js';
import { startReconciliation } from './reconciliation.js';

/** Loses every message, as while the connection that publishes is down. */
const lossy = (): PubSub => ({ ...createMemoryPubSub(), publish: () => undefined });

const setUp = () => {
  const metrics = createMetrics('bff');
  const clock = createManualClock();
  const database = new Map<string, number>();
  const shown = new Map<string, number>();
  const pages: number[] = [];
  const reloaded: string[] = [];
  const ended: string[] = [];
  const questions: [number, string][] = [];
  const state = {
    down: false,
    epoch: 1,
    restored: 0,
    isAnother: false,
    answers: [] as { sessionIds: string[]; next: string; asOfMs: number }[],
  };
  const away = () => new AppError('unavailable', 'It cannot be reached.');
  const reconciliation = startReconciliation({
    portfolios: {
      marks: async (ids) => {
        if (state.down) throw away();
        pages.push(ids.length);
        return new Map(ids.flatMap((id) => (database.has(id) ? [[id, database.get(id) ?? 0]] : [])));
      },
    },
    live: { shown: () => [...shown], reread: (id) => void reloaded.push(id) },
    auth: {
      endedSessions: async (sinceMs, cursor) => {
        questions.push([sinceMs, cursor]);
        if (state.down) throw away();
        return { ...(state.answers.shift() ?? { sessionIds: [], next: '', asOfMs: sinceMs + 1 }), epoch: state.epoch };
      },
    },
    hasEnded: (id) => ended.includes(id),
    foundEnded: (id) => void ended.push(id),
    authRestored: (isAnother) => {
      state.restored += 1;
      state.isAnother = isAnother;
    },
    clock,
    log: silentLogger(),
    metrics,
  });
  return { metrics, clock, database, shown, pages, reloaded, ended, questions, state, reconciliation };
};

describe('what no notice told of', () => {
  it('is read again where it is otherwise in the database, in pages of 1,000 users', async () => {
    const { clock, database, shown, pages, reloaded } = setUp();
    for (let user = 0; user < 2_500; user++) {
      shown.set(`u${user}`, 3);
      database.set(`u${user}`, user % 1_000 === 7 ? 4 : 3);
    }
    shown.set('nobody', 0);
    await clock.advanceAsync(2_000);
    expect(pages).toEqual([1_000, 1_000, 501]);
    expect(reloaded).toEqual(['u7', 'u1007', 'u2007']);
    await clock.advanceAsync(19_000);
    expect(pages).toHaveLength(3);
    await clock.advanceAsync(1_000);
    expect(pages).toHaveLength(6);
  });
  it('is read again too where a restored database has a lower version', async () => {
    const { clock, database, shown, reloaded } = setUp();
    shown.set('u', 9);
    database.set('u', 2);
    await clock.advanceAsync(2_000);
    expect(reloaded).toEqual(['u']);
  });
  it('is asked of the auth service page by page, from where it stopped, also after it was away', async () => {
    const { clock, questions, ended, state } = setUp();
    state.answers = [
      { sessionIds: ['a', 'b'], next: 'b', asOfMs: 100 },
      { sessionIds: ['c'], next: '', asOfMs: 105 },
    ];
    await clock.advanceAsync(2_000);
    state.down = true;
    await clock.advanceAsync(40_000);
    state.down = false;
    state.answers = [{ sessionIds: ['c', 'd'], next: '', asOfMs: 200 }];
    await clock.advanceAsync(40_000);
    expect(questions).toEqual([
      [0, ''],
      [0, 'b'],
      [100, ''],
      [100, ''],
      [100, ''],
      [200, ''],
    ]);
    expect(ended).toEqual(['a', 'b', 'c', 'd']);
  });
  it('is not what ended before this process began: a start after a busy night is no alarm', async () => {
    const { clock, ended, state, metrics } = setUp();
    const missed = async () => /notices_missed_total\{kind="session"[^}]*\} (\d+)/.exec(await metrics.text())?.[1];
    state.answers = [
      { sessionIds: ['a', 'b'], next: 'b', asOfMs: 100 },
      { sessionIds: ['c'], next: '', asOfMs: 105 },
    ];
    await clock.advanceAsync(2_000);
    expect(ended).toEqual(['a', 'b', 'c']);
    expect(await missed()).toBe('0');
    state.answers = [{ sessionIds: ['d'], next: '', asOfMs: 200 }];
    await clock.advanceAsync(20_000);
    expect(await missed()).toBe('1');
  });
  it('is which sessions are open too, where an older copy of accounts was put in the place of the one that is known', async () => {
    const { clock, state } = setUp();
    await clock.advanceAsync(22_000);
    expect([state.restored, state.isAnother]).toEqual([1, false]);
    state.epoch = 27_000_000;
    await clock.advanceAsync(20_000);
    expect([state.restored, state.isAnother]).toEqual([2, true]);
    // A replica of before, as while they are renewed.
    state.epoch = 0;
    await clock.advanceAsync(20_000);
    state.epoch = 27_000_000;
    await clock.advanceAsync(40_000);
    expect(state.restored).toBe(2);
  });
  it('is asked for no more once closed', async () => {
    const { clock, questions, reconciliation } = setUp();
    await clock.advanceAsync(2_000);
    reconciliation.close();
    await clock.advanceAsync(100_000);
    expect(questions).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

it('shows a change and ends a session of another replica although no notice comes through', async () => {
  const postgres = await openTestPostgres();
  const auth = createFakeAuth(systemClock);
  const replica = () => startTestBff({ postgres, auth, pubsub: lossy(), options: { reconcileEveryMs: 200 } });
  const [one, two] = await Promise.all([replica(), replica()]);
  const user = createUser(systemClock);
  const account = { name: 'somebody', password: 'a good password' };
  await one.call(undefined, 'POST', '/api/v1/auth/register', account);
  const login = await one.call(undefined, 'POST', '/api/v1/auth/login', account);
  const [mine, session] = await Promise.all([
    openSocket(two.wsUrl, user),
    openSocket(two.wsUrl, { token: login.body.accessToken }),
  ]);
  expect((await one.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' })).status).toBe(
    200,
  );
  expect(await mine.next(({ Version }) => Version === 1)).toMatchObject({ Coins: [{ Quantity: '1' }] });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect((await one.call(undefined, 'POST', '/api/v1/auth/logout', undefined, { cookie })).status).toBe(200);
  expect((await session.closed).code).toBe(4401);
  await mine.close();
  await Promise.all([one.close(), two.close()]);
  await postgres.close();
});

it('heeds a notice of a replica before versions, of one that has them, and of another portfolio', async () => {
  const pubsub = createMemoryPubSub();
  const heard: unknown[] = [];
  const listener = {
    portfolioChanged: (...news: unknown[]) => void heard.push(news),
    watchlistChanged: () => undefined,
    sessionEnded: () => undefined,
    userErased: () => undefined,
    resumed: () => void heard.push('stands'),
  };
  const notices = createNotices({ pubsub, clock: systemClock, log: silentLogger() });
  const other = createNotices({ pubsub, clock: systemClock, log: silentLogger() });
  notices.connect(listener);
  other.connect({ ...listener, portfolioChanged: () => undefined });
  await until(() => heard.length === 2);
  pubsub.publish('tickfolio:portfolio-changed', '{"from":"before","id":"u1"}');
  other.portfolioChanged('u2', 5);
  other.portfolioChanged('u3', undefined);
  other.portfolioChanged('u4', undefined, 'p4');
  await until(() => heard.length === 6);
  expect(heard.slice(2)).toEqual([
    ['u1', undefined, undefined],
    ['u2', 5, undefined],
    ['u3', undefined, undefined],
    ['u4', undefined, 'p4'],
  ]);
  await Promise.all([notices.close(), other.close()]);
});

it('reads again what happened while the first subscription was slow to stand', async () => {
  const clock = createManualClock();
  const memory = createMemoryPubSub();
  const slow: PubSub = {
    ...memory,
    subscribe: async (...asked) => {
      await new Promise<void>((resolve) => void clock.after(300, resolve));
      return memory.subscribe(...asked);
    },
  };
  const heard: string[] = [];
  const listener = {
    portfolioChanged: (id: string) => void heard.push(id),
    watchlistChanged: () => undefined,
    sessionEnded: () => undefined,
    userErased: () => undefined,
    resumed: () => void heard.push('again'),
  };
  const notices = createNotices({ pubsub: slow, clock, log: silentLogger() });
  notices.connect(listener);
  await clock.advanceAsync(299);
  expect(heard).toEqual([]);
  await clock.advanceAsync(1);
  expect(heard).toEqual(['again']);
  await notices.close();
});
