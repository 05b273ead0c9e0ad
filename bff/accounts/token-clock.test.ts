import { type Clock, createManualClock, systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createFakeAuth,
  createUser,
  openTestPostgres,
  startTestBff,
  type TestBff,
  type TestBffOptions,
} from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';
import { createTokenClock } from './token-clock.js';

const minuteMs = 60_000;
const off = (ms: number): Clock => ({ ...systemClock, now: () => systemClock.now() + ms });

describe('with the clock of the auth service’s database 20 minutes', () => {
  let postgres: Postgres;
  const running: TestBff[] = [];
  beforeAll(async () => {
    postgres = await openTestPostgres();
  });
  afterEach(async () => {
    for (const bff of running.splice(0)) await bff.close();
  });
  afterAll(() => postgres.close());
  const start = async (options: Partial<TestBffOptions>) => {
    const bff = await startTestBff({ postgres, ...options });
    running.push(bff);
    return bff;
  };
  const offsetOf = async (bff: TestBff) => (await bff.call(undefined, 'GET', '/ready')).body.tokenClockOffsetMs;

  it.each([
    ['behind', -20 * minuteMs],
    ['ahead', 20 * minuteMs],
  ])('%s, whoever signs in is let in at once, also by a replica that only hears of it', async (_how, offMs) => {
    const auth = createFakeAuth(off(offMs));
    const [one, other] = await Promise.all([
      start({ auth, options: { reconcileEveryMs: 3_600_000 } }),
      start({ auth, options: { reconcileEveryMs: 50 } }),
    ]);
    const account = { name: `somebody-${Math.abs(offMs)}${offMs < 0}`, password: 'a good password' };
    await one.call(undefined, 'POST', '/api/v1/auth/register', account);
    const { accessToken } = (await one.call(undefined, 'POST', '/api/v1/auth/login', account)).body;
    expect((await one.call({ token: accessToken }, 'GET', '/api/v1/profile')).status).toBe(200);
    await until(async () => (await other.call({ token: accessToken }, 'GET', '/api/v1/profile')).status === 200);
    for (const bff of [one, other]) expect(Math.abs(Number(await offsetOf(bff)) - offMs)).toBeLessThan(minuteMs);
    const [, told] = /^tickfolio_bff_token_clock_offset_seconds (\S+)/m.exec(await one.metrics.text()) ?? [];
    expect(Math.abs(Number(told) - offMs / 1_000)).toBeLessThan(minuteMs / 1_000);
  });

  it('ahead, a token that has run out there opens nothing here', async () => {
    const ahead = off(20 * minuteMs);
    const bff = await start({ auth: createFakeAuth(ahead), options: { reconcileEveryMs: 50 } });
    const gone = createUser(ahead, -minuteMs);
    await until(async () => (await bff.call(gone, 'GET', '/api/v1/profile')).status === 401);
    expect((await bff.call(createUser(ahead), 'GET', '/api/v1/profile')).status).toBe(200);
  });

  it('behind, an open socket is told that its token runs out, and closed, when it does there', async () => {
    const behind = off(-20 * minuteMs);
    const bff = await start({
      auth: createFakeAuth(behind),
      options: { reconcileEveryMs: 50, socketLimits: { warnBeforeExpiryMs: 6_000 } },
    });
    await until(async () => (await offsetOf(bff)) !== null);
    const long = await openSocket(bff.wsUrl, createUser(behind, 10 * minuteMs));
    const short = await openSocket(bff.wsUrl, createUser(behind, 5_000));
    expect((await short.next(({ Type }) => Type === 'token-expiring')).ExpiresAt).toBeDefined();
    expect((await short.closed).code).toBe(4401);
    expect(long.messages.filter(({ Type }) => Type)).toEqual([]);
    await long.close();
  });
});

describe('the time by which tokens run out', () => {
  const startMs = 1_770_000_000_000;
  const setUp = () => {
    const time = createManualClock(startMs);
    const wall = { offMs: 0 };
    const clock: Clock = { ...time, now: () => time.now() + wall.offMs };
    const lines: string[] = [];
    const log = createLogger('test', 'warn', (line) => lines.push(line));
    const metrics = createMetrics('bff');
    const tokenClock = createTokenClock({ clock, log, metrics });
    /** An answer that was on its way for so long, and is of a clock that is off by so much. */
    const hear = (offMs: number, tookMs: number, says = [0, 0]) => {
      const began = clock.monotonic();
      const atMs = time.now() + offMs + tookMs; // It was made at the end.
      time.advance(tookMs);
      tokenClock.told([atMs + (says[0] ?? 0), atMs + (says[1] ?? 0)], [began, clock.monotonic()]);
      return tokenClock.now() - time.now();
    };
    return { time, wall, lines, metrics, tokenClock, hear };
  };

  it('is that of the clock here until it is told, and as long as that may be right', () => {
    const { time, tokenClock, hear } = setUp();
    expect([tokenClock.now(), tokenClock.offsetMs]).toEqual([startMs, undefined]);
    expect(hear(0, 300, [-999, 1])).toBe(0);
    expect(tokenClock.offsetMs).toBe(0);
    time.advance(1_000_000);
    expect(tokenClock.now()).toBe(time.now());
  });

  it('is that of the quickest answer, whatever slower ones say, and another at once when the clock there was set', () => {
    const { hear, tokenClock } = setUp();
    expect(hear(-20 * minuteMs, 4_000)).not.toBe(-20 * minuteMs);
    expect(hear(-20 * minuteMs, 0)).toBe(-20 * minuteMs);
    expect(hear(-20 * minuteMs, 4_000)).toBe(-20 * minuteMs);
    expect(hear(7 * minuteMs, 200) - 7 * minuteMs).toBeCloseTo(100, -1);
    expect(hear(7 * minuteMs, 0)).toBe(7 * minuteMs);
    expect(tokenClock.offsetMs).toBe(7 * minuteMs);
  });

  it('is the same when the clock here is set', () => {
    const { time, wall, hear, tokenClock } = setUp();
    hear(-20 * minuteMs, 0);
    wall.offMs = 60 * minuteMs;
    expect(tokenClock.now()).toBe(time.now() - 20 * minuteMs);
    expect(tokenClock.offsetMs).toBe(-80 * minuteMs);
  });

  it('is said to be otherwise, once, when it surely is by more than 5 s, and when it is no more', async () => {
    const { hear, lines, metrics } = setUp();
    expect(await metrics.text()).not.toMatch(/^tickfolio_bff_token_clock_offset_seconds\b/m);
    hear(0, 20_000);
    expect(lines).toEqual([]);
    hear(8_000, 100);
    hear(8_000, 0);
    hear(4_000, 0);
    expect(lines).toEqual([expect.stringContaining('access tokens are judged by the latter')]);
    hear(0, 0);
    hear(100, 0);
    expect(lines).toEqual([expect.anything(), expect.stringContaining('agrees with that of the auth service')]);
  });
});
