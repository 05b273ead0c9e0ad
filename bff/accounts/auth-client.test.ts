import { AuthServiceService, type LoginRequest, type LogoutRequest } from '@tickfolio/gen/auth/v1';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createGrpcServer, type GrpcServer } from '@tickfolio/lib/grpc';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthClient } from './auth-client.js';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const meta = { requestId: 'trace-1', clientAddress: '203.0.113.7', userAgent: 'curl/8' };

describe('the auth service over gRPC', () => {
  const unused = () => Promise.reject(new Error('not used'));
  let server: GrpcServer;
  const serve = async (
    login: (request: LoginRequest) => Promise<object>,
    logout: (request: LogoutRequest) => Promise<object> = unused,
    more: Partial<Record<'refresh' | 'session' | 'everywhere', () => Promise<object>>> = {},
  ) => {
    const seen: string[] = [];
    server = createGrpcServer({ log: silentLogger(), drainMs: 100 });
    server.addService(AuthServiceService, {
      register: server.unary(unused),
      login: server.unary(async (request: LoginRequest, { requestId }) => {
        seen.push(`login ${requestId} ${request.clientAddress}`);
        return login(request);
      }),
      refreshToken: server.unary(more.refresh ?? unused),
      logout: server.unary(async (request: LogoutRequest) => {
        seen.push('logout');
        return logout(request);
      }),
      logoutEverywhere: server.unary(async (_request, { requestId }) => {
        seen.push(`everywhere ${requestId}`);
        return (more.everywhere ?? unused)();
      }),
      getSession: server.unary(async () => {
        seen.push('session');
        return (more.session ?? unused)();
      }),
    });
    const port = await server.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT');
    const connect = (options = {}) => {
      const client = createAuthClient({ clock: systemClock, target: `127.0.0.1:${port}`, ...options });
      closing.push(() => client.close());
      return client;
    };
    closing.push(() => server.close());
    return { seen, connect };
  };
  const tokens = {
    accessToken: 'a',
    accessExpiresAtMs: 1,
    refreshToken: 'r',
    refreshExpiresAtMs: 2,
    renewableForMs: 3,
    endedSessionIds: [],
    userId: 'u',
    userName: 'n',
    sessionId: 's',
  };

  it('carries the request id and the address, and keeps the error’s meaning', async () => {
    const { seen, connect } = await serve(async ({ password }) => {
      if (password === 'right') return { tokens };
      throw new AppError('resource_exhausted', 'Too many attempts.', { retryAfterMs: 7_000 });
    });
    const client = connect();
    expect(await client.login('n', 'right', meta)).toMatchObject({ accessToken: 'a', sessionId: 's' });
    await expect(client.login('n', 'wrong', meta)).rejects.toMatchObject({
      code: 'resource_exhausted',
      retryAfterMs: 7_000,
    });
    expect(seen).toEqual(['login trace-1 203.0.113.7', 'login trace-1 203.0.113.7']);
    expect(await client.check()).toBeUndefined();
    server.setServing('', false);
    expect(await client.check()).toBe('says that it does not serve');
  });
  it('that does not answer in time counts as unavailable', async () => {
    const { connect } = await serve(() => new Promise(() => undefined));
    await expect(connect({ deadlineMs: 100 }).login('n', 'p', meta)).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 2_000,
    });
  });
  it('repeats a logout once, a login never', async () => {
    const away = () => Promise.reject(new AppError('unavailable', 'Starting.'));
    const { seen, connect } = await serve(away, away);
    const client = connect();
    await expect(client.login('n', 'p', meta)).rejects.toMatchObject({ code: 'unavailable' });
    expect(seen).toHaveLength(1);
    await expect(client.logout('r', meta)).rejects.toMatchObject({ code: 'unavailable' });
    expect(seen.slice(1)).toEqual(['logout', 'logout']);
  });
  it('repeats a sign-out everywhere once, whose answer names the sessions', async () => {
    let calls = 0;
    const everywhere = () =>
      ++calls === 1
        ? Promise.reject(new AppError('unavailable', 'Starting.'))
        : Promise.resolve({ sessionIds: ['s-1', 's-2'] });
    const { seen, connect } = await serve(unused, unused, { everywhere });
    expect(await connect().logoutEverywhere('u', meta)).toEqual(['s-1', 's-2']);
    expect(seen).toEqual(['everywhere trace-1', 'everywhere trace-1']);
  });
  it('is left alone when half of what it is asked about passwords fails, not after wrong ones', async () => {
    let fault = new AppError('unauthenticated', 'The name or the password is wrong.');
    const { seen, connect } = await serve(() => Promise.reject(fault));
    // Time stands still: slower than so many a second, calls are too few to tell.
    const client = connect({ clock: createManualClock(), restMs: 60_000 });
    for (let i = 0; i < 10; i++)
      await expect(client.login('n', 'p', meta)).rejects.toMatchObject({ code: 'unauthenticated' });
    fault = new AppError('unavailable', 'Away.');
    for (let i = 0; i < 20; i++)
      await expect(client.login('n', 'p', meta)).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 60_000 });
    expect(seen.length).toBeGreaterThan(18);
    expect(seen.length).toBeLessThan(24);
  });
  it('still renews sessions and signs out while passwords take too long', async () => {
    const { connect } = await serve(
      () => new Promise(() => undefined),
      async () => ({ sessionId: 's', userId: 'u' }),
      { refresh: async () => ({ tokens }) },
    );
    // Longer than this test, so that a renewal that a busy machine was too slow for is asked for once more.
    const client = connect({ deadlineMs: 2_000, restMs: 600_000 });
    await Promise.allSettled(Array.from({ length: 8 }, () => client.login('n', 'p', meta)));
    await becomes(() => client.refresh('r', meta).then(({ refreshToken }) => refreshToken), 'r');
    await becomes(() => client.logout('r', meta).then(({ sessionId }) => sessionId), 's');
    await expect(client.login('n', 'p', meta)).rejects.toMatchObject({ code: 'unavailable' });
  });
  it('gets so many passwords at once, and renewals have their places all the same', async () => {
    let fail: (err: AppError) => void = () => undefined;
    const password = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const { seen, connect } = await serve(() => password, unused, { refresh: async () => ({ tokens }) });
    const client = connect({ deadlineMs: 60_000 });
    const logins = Array.from({ length: 100 }, () => client.login('n', 'p', meta).catch(({ code }: AppError) => code));
    await becomes(() => seen.length, 64);
    expect(await client.refresh('r', meta)).toMatchObject({ refreshToken: 'r' });
    expect(seen.length).toBe(64);
    fail(new AppError('unavailable', 'Away.'));
    expect(await Promise.all(logins)).toEqual(Array(100).fill('unavailable'));
  });
  it('rests from renewals after repeated failures', async () => {
    let asked = 0;
    const refresh = () => {
      asked++;
      return Promise.reject(new AppError('unavailable', 'Away.'));
    };
    const { connect } = await serve(unused, unused, { refresh });
    const client = connect({ breakAfterFailures: 3, restMs: 60_000 });
    for (let i = 0; i < 10; i++)
      await expect(client.refresh('r', meta)).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(asked).toBe(3);
  });
  it('tells which session the second use of a refresh token ended', async () => {
    const refused = new AppError('unauthenticated', 'The session has ended.', { facts: { endedSession: 's-1' } });
    const { connect } = await serve(unused, unused, { refresh: () => Promise.reject(refused) });
    await expect(connect().refresh('r', meta)).rejects.toMatchObject({
      code: 'unauthenticated',
      facts: { endedSession: 's-1' },
    });
  });
  it('is asked for a session within a short time, and left alone about it without touching logins', async () => {
    let open = true;
    let hangs = false;
    const session = () => (hangs ? new Promise<object>(() => undefined) : Promise.resolve({ open, userId: 'u' }));
    const { seen, connect } = await serve(async () => ({ tokens }), unused, { session });
    const client = connect({ sessionDeadlineMs: 2_000, breakAfterFailures: 2, restMs: 60_000 });
    expect(await client.isSessionOpen('s', 'trace-2')).toBe(true);
    open = false;
    expect(await client.isSessionOpen('s', 'trace-2')).toBe(false);
    hangs = true;
    for (let i = 0; i < 5; i++)
      await expect(client.isSessionOpen('s', 'trace-2')).rejects.toMatchObject({ code: 'unavailable' });
    expect(seen).toEqual(Array(4).fill('session'));
    expect(await client.login('n', 'p', meta)).toMatchObject({ sessionId: 's' });
  });
  it('that is not there says so', async () => {
    const client = createAuthClient({ clock: systemClock, target: '127.0.0.1:1' });
    closing.push(() => client.close());
    await expect(client.login('n', 'p', meta)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(client.check()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
