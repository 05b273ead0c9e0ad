import { maxAccessTtl } from '@tickfolio/lib/access-token';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  createFakeAuth,
  createUser,
  openTestPostgres,
  startTestBff,
  type TestBff,
  type TestBffOptions,
  type TestUser,
} from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';
import { profiles } from '../schema.js';
import { createSessionGate } from './session-gate.js';

let postgres: Postgres;
const running: TestBff[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());
afterEach(async () => {
  for (const bff of running.splice(0)) await bff.close();
});
const start = async (options: Partial<TestBffOptions> = {}) => {
  const bff = await startTestBff({ postgres, ...options });
  running.push(bff);
  return bff;
};
/**
 * Replicas with the same auth service; `pubsub` only where they hear each other. None is told by the auth service which
 * sessions ended: within two seconds of its start that may come before the upgrade that is to find it.
 */
const startReplicas = async (count: number, hearing = true) => {
  const auth = createFakeAuth(systemClock, {
    endedSessions: async () => ({ sessionIds: [], next: '', asOfMs: 0, epoch: 1 }),
  });
  const shared = { auth, ...(hearing ? { pubsub: createMemoryPubSub() } : {}) };
  return {
    auth,
    add: () => start(shared),
    replicas: await Promise.all(Array.from({ length: count }, () => start(shared))),
  };
};
let people = 0;
const post = async (bff: TestBff, path: string, cookie: string) => {
  const answer = await fetch(`${bff.url}/api/v1/auth/${path}`, { method: 'POST', headers: { cookie } });
  return {
    status: answer.status,
    cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '',
    token: ((await answer.json()) as { accessToken: string }).accessToken,
  };
};
const signUp = async (bff: TestBff) => {
  const credentials = { name: `session-${++people}`, password: 'a good password' };
  await bff.call(undefined, 'POST', '/api/v1/auth/register', credentials);
  const logIn = async () => {
    const answer = await bff.call(undefined, 'POST', '/api/v1/auth/login', credentials);
    return { token: answer.body.accessToken, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  };
  return logIn;
};
const upgrade = async (bff: TestBff, user: { token: string }) => {
  try {
    const socket = await openSocket(bff.wsUrl, user);
    await socket.close();
    return 101;
  } catch (err) {
    return (err as { status?: number }).status;
  }
};
const ended = { code: 4401, reason: 'the session was ended' };

describe('a session that ended', () => {
  it('by the second use of a refresh token loses its sockets on every replica, and no other session does', async () => {
    const { replicas } = await startReplicas(2);
    const [here, there] = replicas as [TestBff, TestBff];
    const logIn = await signUp(here);
    const [one, other] = [await logIn(), await logIn()];
    const sockets = [await openSocket(here.wsUrl, one), await openSocket(there.wsUrl, one)];
    const untouched = await openSocket(there.wsUrl, other);
    const next = await post(here, 'refresh', one.cookie);
    expect(next.status).toBe(200);
    expect((await post(there, 'refresh', next.cookie)).status).toBe(200);
    const reuse = await post(here, 'refresh', one.cookie);
    expect([reuse.status, reuse.token]).toEqual([401, undefined]);
    for (const socket of sockets) expect(await socket.closed).toMatchObject(ended);
    for (const token of [one.token, next.token]) {
      expect(await upgrade(there, { token })).toBe(401);
      expect((await there.call({ token }, 'GET', '/api/v1/profile')).status).toBe(401);
    }
    expect(untouched.ws.readyState).toBe(WebSocket.OPEN);
    await untouched.close();
  });

  it('with all others of its user, by a sign-out everywhere, loses its sockets on every replica; what is opened later lives', async () => {
    const { auth, replicas } = await startReplicas(2);
    const [here, there] = replicas as [TestBff, TestBff];
    const logIn = await signUp(here);
    const stranger = await (await signUp(here))();
    const sessions = [await logIn(), await logIn(), await logIn()];
    const [one] = sessions as [(typeof sessions)[0]];
    const sockets = await Promise.all(
      sessions.flatMap((each) => [openSocket(here.wsUrl, each), openSocket(there.wsUrl, each)]),
    );
    const untouched = await openSocket(there.wsUrl, stranger);
    const call = () => here.call(one, 'POST', '/api/v1/auth/logout-everywhere');

    auth.state.down = true;
    const away = await call();
    expect([away.status, away.headers.has('retry-after')]).toEqual([503, true]);
    auth.state.down = false;
    const answer = await call();
    expect(answer).toMatchObject({ status: 200, body: { message: 'logged out everywhere successfully' } });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^refreshToken=;.*Path=\/api\/v1\/auth/);
    for (const socket of sockets) expect(await socket.closed).toMatchObject(ended);
    for (const each of sessions) {
      expect((await post(there, 'refresh', each.cookie)).status).toBe(401);
      for (const bff of replicas) {
        expect(await upgrade(bff, each)).toBe(401);
        expect((await bff.call(each, 'GET', '/api/v1/profile')).status).toBe(401);
      }
    }
    expect((await call()).status).toBe(401);

    const later = await openSocket(there.wsUrl, await logIn());
    await later.next();
    expect([untouched.ws.readyState, later.ws.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    await untouched.close();
    await later.close();
  });

  it('has no say over the others of its user, also where its end was not heard', async () => {
    const { auth, replicas } = await startReplicas(2, false);
    const [here, deaf] = replicas as [TestBff, TestBff];
    const logIn = await signUp(here);
    const [one, other] = [await logIn(), await logIn()];
    await post(here, 'logout', one.cookie);
    expect((await deaf.call(one, 'POST', '/api/v1/auth/logout-everywhere')).status).toBe(401);
    expect(auth.calls.map(({ method }) => method)).not.toContain('logoutEverywhere');
    expect(await upgrade(deaf, other)).toBe(101);
  });

  it('by a logout opens no socket after a restart of the BFF, which has forgotten it', async () => {
    const { replicas, add } = await startReplicas(1);
    const [before] = replicas as [TestBff];
    const logIn = await signUp(before);
    const [one, other] = [await logIn(), await logIn()];
    await post(before, 'logout', one.cookie);
    await before.close();
    running.length = 0;
    const after = await add();
    expect(await upgrade(after, one)).toBe(401);
    expect(await upgrade(after, other)).toBe(101);
    expect(await after.metrics.text()).toMatch(
      /session_checks_total\{answer="ended"\} 1[\s\S]*session_checks_total\{answer="open"\} 1/,
    );
  });

  it('without this replica hearing of it is found at the next upgrade, for its open sockets too', async () => {
    const { replicas } = await startReplicas(2, false);
    const [here, deaf] = replicas as [TestBff, TestBff];
    const one = await (await signUp(here))();
    const socket = await openSocket(deaf.wsUrl, one);
    await post(here, 'logout', one.cookie);
    await socket.next();
    expect(socket.ws.readyState).toBe(WebSocket.OPEN);
    expect(await upgrade(deaf, one)).toBe(401);
    expect(await socket.closed).toMatchObject(ended);
  });

  it('keeps no socket open with a token sent over it', async () => {
    const { replicas } = await startReplicas(2, false);
    const [here, deaf] = replicas as [TestBff, TestBff];
    const logIn = await signUp(here);
    const [one, other] = [await logIn(), await logIn()];
    await post(here, 'logout', one.cookie);
    const socket = await openSocket(deaf.wsUrl, other);
    socket.ws.send(JSON.stringify({ type: 'refresh', accessToken: one.token }));
    expect(await socket.closed).toMatchObject(ended);
  });

  it('is not asked about while accounts are away: a valid token keeps opening sockets', async () => {
    const { auth, replicas } = await startReplicas(1);
    const [bff] = replicas as [TestBff];
    const one = await (await signUp(bff))();
    auth.state.down = true;
    expect(await upgrade(bff, one)).toBe(101);
    expect(await bff.metrics.text()).toMatch(/session_checks_total\{answer="unknown"\} 1/);
  });
});

describe('a session that changes something', () => {
  const add = (bff: TestBff, user: TestUser) =>
    bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' });

  it('is refused where auth knows nothing of it, as after an older copy of the data folder was put back', async () => {
    const bff = await start({ auth: createFakeAuth(systemClock, { isSessionOpen: async () => false }) });
    const user = createUser(systemClock);
    const { status, headers } = await add(bff, user);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await postgres.db.select().from(profiles).where(eq(profiles.id, user.userId))).toEqual([]);
    expect((await bff.call(user, 'POST', '/api/v1/portfolios', { name: 'Mine', kind: 'tracking' })).status).toBe(401);
  });

  it('is asked about once, and is let through while auth is away', async () => {
    const { auth, replicas } = await startReplicas(1);
    const [bff] = replicas as [TestBff];
    const asked = () => auth.calls.filter(({ method }) => method === 'isSessionOpen').length;
    const user = createUser(systemClock);
    auth.state.down = true;
    expect((await add(bff, user)).status).toBe(200);
    auth.state.down = false;
    for (let time = 0; time < 3; time++) expect((await add(bff, user)).status).toBe(200);
    expect(asked()).toBe(2);
  });

  it('is asked about anew where an older copy of the database of auth was put back while the gateway ran on', async () => {
    const there = { isOpen: true, epoch: 1, rounds: 0 };
    const endedSessions = async () => {
      there.rounds += 1;
      return { sessionIds: [], next: '', asOfMs: 0, epoch: there.epoch };
    };
    const isSessionOpen = async () => there.isOpen;
    const auth = createFakeAuth(systemClock, { isSessionOpen, endedSessions });
    const bff = await start({ auth, options: { reconcileEveryMs: 50 } });
    await until(() => there.rounds > 1);
    const user = createUser(systemClock);
    expect((await add(bff, user)).status).toBe(200);
    there.isOpen = false;
    expect((await add(bff, user)).status).toBe(200);
    there.epoch = 27_000_000;
    await until(async () => (await add(bff, user)).status === 401);
  });

  it('changes nothing while auth cannot be asked after an older copy of its database was put back, and is told when to try again', async () => {
    const there = { isAway: false, epoch: 1, rounds: 0 };
    const endedSessions = async () => {
      there.rounds += 1;
      return { sessionIds: [], next: '', asOfMs: 0, epoch: there.epoch };
    };
    const isSessionOpen = async () => {
      if (there.isAway) throw new AppError('unavailable', 'away');
      return true;
    };
    const auth = createFakeAuth(systemClock, { isSessionOpen, endedSessions });
    const bff = await start({ auth, options: { reconcileEveryMs: 50 } });
    await until(() => there.rounds > 1);
    const user = createUser(systemClock);
    let made = 0;
    const addOne = async () => {
      const answer = await add(bff, user);
      if (answer.status === 200) made += 1;
      return answer;
    };
    expect((await addOne()).status).toBe(200);
    there.isAway = true;
    expect((await addOne()).status).toBe(200);
    there.epoch = 27_000_000;
    await until(async () => (await addOne()).status === 503);
    const { status, headers, body } = await addOne();
    expect([status, headers.get('retry-after'), body.detail]).toEqual([
      503,
      '2',
      expect.stringMatching(/restored from a backup.*nothing was changed/),
    ]);
    const held = async () => (await bff.call(user, 'GET', '/api/v1/profile')).body.Coins;
    expect(await held()).toMatchObject([{ Quantity: String(made) }]);
    there.isAway = false;
    expect((await addOne()).status).toBe(200);
    expect(await held()).toMatchObject([{ Quantity: String(made) }]);
  });
});

describe('the gate', () => {
  const build = (isSessionOpen: (sessionId: string) => Promise<boolean>, options = {}) => {
    const found: string[] = [];
    const clock = createManualClock();
    const gate = createSessionGate(
      {
        auth: { isSessionOpen },
        foundEnded: (id) => {
          found.push(id);
          gate.end(id);
        },
        clock,
        log: silentLogger(),
        metrics: createMetrics('test'),
      },
      options,
    );
    return { gate, found, clock };
  };

  it('asks about so many sessions at once, keeps so many waiting, and lets the rest pass', async () => {
    const asked: string[] = [];
    const answer: ((open: boolean) => void)[] = [];
    const { gate, found } = build(
      (sessionId) => {
        asked.push(sessionId);
        return new Promise((resolve) => answer.push(resolve));
      },
      { maxAsking: 2, maxWaiting: 1 },
    );
    const entering = ['a', 'b', 'c', 'd', 'e'].map((id) =>
      gate.ask(id, 'r').then(
        () => `${id} in`,
        () => `${id} out`,
      ),
    );
    expect(await Promise.race([entering[3], entering[4]])).toMatch(/^[de] in$/);
    expect(asked).toEqual(['a', 'b']);
    while (answer.length > 0) {
      answer.shift()?.(false);
      await until(() => asked.length === 3);
    }
    expect(await Promise.all(entering)).toEqual(['a out', 'b out', 'c out', 'd in', 'e in']);
    expect(found.sort()).toEqual(['a', 'b', 'c']);
  });

  it('lets pass who waited a second behind questions that are not answered, and asks for them no more', async () => {
    const asked: string[] = [];
    const { gate, clock } = build(
      (sessionId) => {
        asked.push(sessionId);
        return new Promise(() => undefined);
      },
      { maxAsking: 1 },
    );
    void gate.ask('slow', 'r');
    const waiting = gate.ask('a', 'r');
    clock.advance(1_000);
    await waiting;
    expect(asked).toEqual(['slow']);
  });

  it('keeps out whose end is told while it asks, and remembers an end as long as any token of it may live', async () => {
    let answer: (open: boolean) => void = () => undefined;
    const { gate, clock } = build(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const entering = gate.ask('a', 'r');
    gate.end('a');
    answer(true);
    await expect(entering).rejects.toMatchObject({ code: 'unauthenticated' });
    clock.advance(maxAccessTtl.ms);
    gate.end('c');
    expect(() => gate.refuseEnded('a')).toThrow(/was ended/);
    clock.advance(10_000);
    gate.end('b');
    expect(gate.hasEnded('a')).toBe(false);
  });
});

describe('a renewal that is refused for now', () => {
  it.each([
    ['failed_precondition', 409],
    ['resource_exhausted', 429],
    ['unavailable', 503],
  ] as const)('as %s keeps the cookie, so that nobody is signed out', async (code, status) => {
    const auth = createFakeAuth(systemClock);
    const refresh = async () => Promise.reject(new AppError(code, 'Not now.', { retryAfterMs: 5_000 }));
    const bff = await start({ auth: { ...auth, client: { ...auth.client, refresh } } });
    const answer = await fetch(`${bff.url}/api/v1/auth/refresh`, {
      method: 'POST',
      headers: { cookie: 'refreshToken=a-token' },
    });
    expect([answer.status, answer.headers.getSetCookie(), answer.headers.get('retry-after')]).toEqual([
      status,
      [],
      '5',
    ]);
  });
});
