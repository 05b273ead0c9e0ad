import type { Clock } from '../../clock.js';
import { readToken } from '../access-token.js';
import { createSession, type Session, type SessionDeps } from '../session.js';

/** Time that moves when the test says so. */
const createClock = () => {
  let now = 0;
  let waiting: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after: (delayMs, run) => {
      const entry = { at: now + delayMs, run };
      waiting.push(entry);
      const cancel = () => {
        waiting = waiting.filter((other) => other !== entry);
      };
      return { cancel };
    },
    every: () => ({ cancel: () => undefined }),
  };
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  const advance = async (ms: number) => {
    const until = now + ms;
    for (;;) {
      const [next] = waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      waiting = waiting.filter((other) => other !== next);
      now = next.at;
      next.run();
      await settle();
    }
    now = until;
    await settle();
  };
  return { clock, advance, settle };
};

export const lifeSeconds = 900;
let issued = 0;
const tokenFor = (userId: string, sid: string, life: number): string => {
  const claims = { sub: userId, name: 'Maria', sid, iat: 0, exp: life, jti: ++issued };
  return `h.${btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.s`;
};

/** Tabs of one browser: one cookie, one lock, one channel. */
export const createBrowser = () => {
  const time = createClock();
  const server = {
    refreshes: 0,
    /** Whose cookie the browser has, and of which session. */
    userId: 'u1',
    session: 1,
    tokenSeconds: lifeSeconds,
    /** The bodies of calls that were carried out, with the user they were carried out for. */
    done: [] as { readonly userId: string; readonly body: unknown }[],
    /** Called when a call of a user arrives; false: its token is not taken any more. */
    takes: (_userId: string): boolean => true,
    /** Refreshes are answered after this. */
    refreshed: Promise.resolve(),
    over: false,
    down: false,
    refuses: false,
    /** Of an account with an authenticator app: the code that it shows. */
    code: undefined as string | undefined,
    /** The bodies that signed up, in, or recovered. */
    entered: [] as unknown[],
    /** What a refresh is answered with that is no word about the session. */
    notNow: undefined as { status: number; afterSeconds: number } | undefined,
    /** What ends sessions is answered after this. */
    left: Promise.resolve(),
    cookie: { kept: true, needsHttps: false } as object | undefined,
    headers: [] as (HeadersInit | undefined)[],
  };
  const fetch = (async (path: string, init: RequestInit) => {
    if (init.method === 'POST') server.headers.push(init.headers);
    if (server.down) throw new TypeError('no network');
    const answer = (status: number, body: object) => new Response(JSON.stringify(body), { status });
    if (/\/logout(-everywhere)?$/.test(path)) server.over = true;
    if (server.refuses && path.endsWith('-everywhere'))
      return answer(401, { detail: 'The session was ended; sign in again.' });
    if (/\/logout(-everywhere)?$/.test(path)) await server.left;
    if (path.endsWith('/cookie')) return server.cookie ? answer(200, server.cookie) : answer(404, {});
    if (path.startsWith('/api/v1/profile')) {
      const bearer = new Headers(init.headers).get('authorization')?.split(' ')[1] ?? '';
      const { userId = '' } = readToken(bearer) ?? {};
      if (!server.takes(userId)) return answer(401, { detail: 'The session was ended; sign in again.' });
      server.done.push({ userId, body: init.body });
      return answer(200, {});
    }
    if (/\/(register|login|second-factor|recover|verify)$/.test(path))
      server.entered.push(JSON.parse(String(init.body)));
    if (path.endsWith('/register')) return answer(201, { recoveryCodes: ['7k3m-q9xd-2hpw-v4ta'] });
    if (path.endsWith('/recover')) return answer(200, { recoveryCodesLeft: 9 });
    if (path.endsWith('/passkey/options')) return answer(200, { ticket: 't2', options: { challenge: 'c' } });
    if (path.endsWith('/login') && server.code !== undefined)
      return answer(200, { secondFactor: { ticket: 't1', kinds: ['totp', 'recovery-code'] } });
    if (path.endsWith('/second-factor') && !String(init.body).includes(`"${server.code}"`))
      return answer(401, { errors: [{ field: 'code', reason: 'wrong-code', message: 'is wrong' }] });
    if (/\/(login|second-factor|verify)$/.test(path)) {
      server.session++;
      server.over = false;
    }
    if (path.endsWith('/refresh')) {
      server.refreshes++;
      const token = tokenFor(server.userId, `s${server.session}`, server.tokenSeconds);
      const given = new Promise((_, reject) =>
        init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
      );
      if (!server.over && !server.notNow) {
        await Promise.race([server.refreshed, given]);
        return answer(200, { accessToken: token });
      }
      if (server.over) return answer(401, { detail: 'The refresh token is not valid.' });
      const { notNow } = server;
      if (notNow)
        return new Response('{}', { status: notNow.status, headers: { 'retry-after': String(notNow.afterSeconds) } });
    }
    return answer(200, { accessToken: tokenFor(server.userId, `s${server.session}`, server.tokenSeconds) });
  }) as typeof globalThis.fetch;
  const ports: { onmessage: ((event: MessageEvent) => void) | null }[] = [];
  let line: Promise<unknown> = Promise.resolve();
  const locks = {
    request: (_name: string, work: () => Promise<unknown>) => {
      const turn = line.then(work, work);
      line = turn.catch(() => undefined);
      return turn;
    },
  } as unknown as LockManager;
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const openTab = (without: Partial<Pick<SessionDeps, 'locks' | 'storage' | 'jar'>> = {}): Session => {
    const own: (typeof ports)[number] & { postMessage(data: unknown): void } = {
      onmessage: null,
      postMessage: (data) => {
        for (const port of ports) if (port !== own) port.onmessage?.({ data } as MessageEvent);
      },
    };
    ports.push(own);
    return createSession({
      clock: time.clock,
      fetch,
      channel: own as unknown as BroadcastChannel,
      locks,
      storage,
      ...without,
    });
  };
  /** Of a tab that is none of these. */
  const channel = {
    postMessage: (data: unknown) => {
      for (const port of ports) port.onmessage?.({ data } as MessageEvent);
    },
  };
  return { ...time, server, openTab, channel };
};
