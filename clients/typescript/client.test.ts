import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { tickfolio } from './index.js';
import { readScenarios } from './kit/scenario.js';
import { type ScenarioServer, startScenarioServer } from './kit/scenario-server.js';
import type { KeptSession } from './tickfolio.js';

let server: ScenarioServer;
beforeAll(async () => {
  server = await startScenarioServer(readScenarios());
});
afterAll(() => server.close());

/** Each on a server of its own. */
let runs = 0;
const newUrl = () => server.urlOf('news', `client-${runs++}`);

describe('a program that uses the client', () => {
  it('goes on with its session after a restart, by what it kept, and is told when it is over', async () => {
    const url = newUrl();
    const kept: (KeptSession | undefined)[] = [];
    const before = tickfolio({ url, onSession: (session) => kept.push(session) });
    expect(before.user).toBeUndefined();
    await before.register('alice', 'correct horse battery');
    await before.signIn('alice', 'correct horse battery');
    expect(kept).toEqual([{ userId: before.user?.id, userName: 'alice', refreshToken: 'r1' }]);
    before.close();

    const after = tickfolio({ url, WebSocket, onSession: (session) => kept.push(session) });
    await after.resume(kept[0]?.refreshToken);
    expect(after.user?.name).toBe('alice');
    expect(kept[1]?.refreshToken).toBe('r2');
    await after.signOut();
    expect([kept.at(-1), after.user]).toEqual([undefined, undefined]);
    await expect(after.portfolio.read()).rejects.toMatchObject({ status: 401 });
    await expect(after.portfolio.live({}).next()).rejects.toMatchObject({ status: 401 });
  });

  it('ends its frames by a signal, by leaving the loop or by closing, without an error', async () => {
    const t = tickfolio({ url: newUrl(), WebSocket });
    await t.signIn('alice', 'correct horse battery');
    const ended: string[] = [];
    const caller = new AbortController();
    for await (const frame of t.portfolio.live({ signal: caller.signal })) {
      expect(frame.TotalValue).toBe('100');
      caller.abort();
    }
    ended.push('by its signal');
    for await (const _ of t.portfolio.live({ signal: caller.signal })) ended.push('never');
    const waiting = t.portfolio.live().next();
    t.close();
    expect((await waiting).done).toBe(true);
    ended.push('by closing');
    expect(ended).toEqual(['by its signal', 'by closing']);
  });

  it('ends its frames with what its own functions throw', async () => {
    const t = tickfolio({ url: server.urlOf('balances', `client-${runs++}`), WebSocket });
    await t.signIn('alice', 'correct horse battery');
    const fault = new Error('of the program');
    const onResync = () => {
      throw fault;
    };
    await expect(t.portfolio.live({ onResync }).next()).rejects.toBe(fault);
    t.close();
  });

  it('gives up a call with its signal', async () => {
    const t = tickfolio({ url: newUrl() });
    await t.signIn('alice', 'correct horse battery');
    const caller = new AbortController();
    const asked = t.portfolio.read({ signal: caller.signal });
    caller.abort(new Error('no longer wanted'));
    await expect(asked).rejects.toThrow('no longer wanted');
    await expect(t.call('GET', '/api/v1/profile', undefined, {}, caller.signal)).rejects.toThrow('no longer wanted');
  });

  it('is told where the runtime has no WebSocket, and gives one', async () => {
    const own = globalThis.WebSocket;
    Reflect.deleteProperty(globalThis, 'WebSocket');
    try {
      expect(() => tickfolio({ url: newUrl() }).portfolio.live()).toThrow('the package ws');
    } finally {
      if (own) globalThis.WebSocket = own;
    }
  });

  it('is told that nobody answers', async () => {
    const t = tickfolio({ url: 'http://127.0.0.1:1' });
    await expect(t.signIn('alice', 'correct horse battery')).rejects.toMatchObject({ name: 'Problem', status: 0 });
  });

  it('gives the second factor of an account that has one, and says so where the program has none', async () => {
    const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const accessToken = `${part({})}.${part({ sub: 'u1', name: 'alice', iat: 0, exp: 900 })}.x`;
    const fetch = (async (url: string, init?: RequestInit) => {
      if (url.endsWith('/login')) return Response.json({ secondFactor: { ticket: 't1', kinds: ['totp'] } });
      expect([url, init?.body]).toEqual([
        'https://folio.example/api/v1/auth/second-factor',
        JSON.stringify({ ticket: 't1', kind: 'totp', code: '492039' }),
      ]);
      return Response.json({ accessToken });
    }) as typeof globalThis.fetch;
    const t = tickfolio({ url: 'https://folio.example', fetch });
    await expect(t.signIn('alice', 'x')).rejects.toMatchObject({ status: 401, reason: 'second-factor' });
    expect(t.user).toBeUndefined();
    await t.signIn('alice', 'x', async ([kind = '']) => ({ kind, code: '492039' }));
    expect(t.user).toEqual({ id: 'u1', name: 'alice' });
    t.close();
  });

  it('tells from other pages by itself that it is one of the server’s own', async () => {
    const asked: (string | null)[] = [];
    const fetch = (async (_url: string, init?: RequestInit) => {
      asked.push(new Headers(init?.headers).get('x-requested-with'));
      return new Response('{"detail":"wrong"}', { status: 401 });
    }) as typeof globalThis.fetch;
    Object.assign(globalThis, { location: { origin: 'https://folio.example' } });
    try {
      for (const url of ['https://folio.example/tickfolio/', 'https://other.example'])
        await tickfolio({ url, fetch })
          .signIn('alice', 'x')
          .catch(() => undefined);
    } finally {
      Reflect.deleteProperty(globalThis, 'location');
    }
    expect(asked).toEqual(['tickfolio', null]);
  });
});
