import type { Frame } from '@tickfolio/api/frame';
import { isFrame, type Received, readReceived } from '@tickfolio/api/kit/received';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { WebSocket } from 'ws';

export type PortfolioFrame = Frame;

export interface LiveSocket {
  readonly frames: PortfolioFrame[];
  /** What else came. */
  readonly messages: Exclude<Received, PortfolioFrame>[];
  readonly protocol: () => string;
  readonly closed: Promise<{ code: number; reason: string }>;
  send(text: string): void;
  /** The first frame (from now on, or ever with `from: 0`) that satisfies `wanted`. */
  frame(wanted: (frame: PortfolioFrame) => boolean, withinMs: number, from?: number): Promise<PortfolioFrame>;
  close(): void;
}

/** A signed-in person of a test, speaking REST and WebSocket as docs/api has them. */
export interface TestPerson {
  readonly name: string;
  readonly token: () => string;
  readonly cookie: () => string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  refresh(): Promise<number>;
  addCoin(symbol: string, quantity: string): Promise<{ status: number; body: Record<string, unknown> }>;
  /** @param how the token in the header, or as browsers send it */
  connect(how?: 'header' | 'subprotocol'): Promise<LiveSocket>;
}

export const callJson = async (
  base: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) => {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  const parsed = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
  return { status: answer.status, body: parsed, headers: answer.headers };
};

const cookieOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .find((line) => line.startsWith('refreshToken='))
    ?.split(';')[0] ?? '';

export const openSocket = async (
  base: string,
  token: string,
  how: 'header' | 'subprotocol' = 'header',
): Promise<LiveSocket> => {
  const url = `${base.replace('http', 'ws')}/api/v1/ws`;
  const socket =
    how === 'header'
      ? new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
      : new WebSocket(url, ['bearer', token]);
  const frames: PortfolioFrame[] = [];
  const messages: LiveSocket['messages'] = [];
  socket.on('message', (data) => {
    // What the document of the WebSocket has otherwise is thrown here, where nobody can overlook it.
    const message = readReceived(String(data));
    if (isFrame(message)) frames.push(message);
    else messages.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  socket.on('error', () => undefined); // A broken connection is told by `closed`.
  return {
    frames,
    messages,
    closed,
    protocol: () => socket.protocol,
    send: (text) => socket.send(text),
    frame: (wanted, withinMs, from = frames.length) =>
      eventually('the awaited frame', () => frames.slice(from).find(wanted), withinMs),
    close: () => socket.terminate(),
  };
};

/**
 * As every client does while accounts are busy: a machine that starts several runs hashes few passwords.
 * @throws Error where the answer is another one, with what it says
 */
export const askAgain = async (ask: () => ReturnType<typeof callJson>, status: number) => {
  const isBusy = (found: number) => found === 429 || found >= 500;
  const answer = await eventually(
    `an answer ${status}`,
    async () => {
      const one = await ask();
      if (isBusy(one.status)) throw new Error(`${one.status} ${JSON.stringify(one.body)}`);
      return one;
    },
    60_000,
    1_000,
  );
  if (answer.status !== status) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
};

let count = 0;

/** Registers and signs in somebody new. */
export const signUp = async (
  base: string,
  name = `person-${process.pid}-${count++}`,
  password = 'correct horse battery',
): Promise<TestPerson> => {
  const key = { 'idempotency-key': `${name}-made` };
  await askAgain(() => callJson(base, 'POST', '/api/v1/auth/register', { name, password }, key), 201);
  return signIn(base, name, password);
};

export const signIn = async (base: string, name: string, password = 'correct horse battery'): Promise<TestPerson> => {
  const entered = await askAgain(() => callJson(base, 'POST', '/api/v1/auth/login', { name, password }), 200);
  let token = String(entered.body.accessToken);
  let cookie = cookieOf(entered.headers);
  const call: TestPerson['call'] = (method, path, body, headers = {}) =>
    callJson(base, method, path, body, { authorization: `Bearer ${token}`, ...headers });
  return {
    name,
    token: () => token,
    cookie: () => cookie,
    call,
    refresh: async () => {
      const fresh = await callJson(base, 'POST', '/api/v1/auth/refresh', undefined, { cookie });
      if (fresh.status === 200) {
        token = String(fresh.body.accessToken);
        cookie = cookieOf(fresh.headers);
      }
      return fresh.status;
    },
    addCoin: (symbol, quantity) => call('POST', '/api/v1/profile/coins', { symbol, quantity }),
    connect: (how) => openSocket(base, token, how),
  };
};
