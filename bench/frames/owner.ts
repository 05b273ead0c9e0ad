import { setTimeout as wait } from 'node:timers/promises';
import type { Frame } from '@tickfolio/api/frame';
import { WebSocket } from 'ws';

const patienceMs = 60_000;
const [maxWaits, usualWaitS] = [40, 1];

/** A call of the REST interface; who is told to wait, waits. @throws Error for an answer that is none */
export const ask = async <Answer>(
  base: string,
  method: string,
  path: string,
  body?: object,
  token?: string,
): Promise<Answer> => {
  for (let waits = 0; ; waits++) {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text) as Answer;
    if (![429, 503].includes(answer.status) || waits === maxWaits) throw new Error(`${path}: ${answer.status} ${text}`);
    await wait(Number(answer.headers.get('retry-after') ?? usualWaitS) * 1_000);
  }
};

/** Frames of one portfolio, with when they came. */
export const openFrames = async (base: string, token: string, portfolioId?: string) => {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v1/ws`, ['bearer', token]);
  let version = -1;
  let cameAtMs = 0;
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    if (frame.TotalValue === undefined || frame.PortfolioID !== portfolioId || frame.Version <= version) return;
    version = frame.Version;
    cameAtMs = performance.now();
    for (const look of waiting) look();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  if (portfolioId !== undefined) socket.send(JSON.stringify({ type: 'view', portfolioId }));
  return {
    /** Resolves with when it came that a frame shows this version, by `performance.now`. @throws Error where none does */
    shows: (wanted: number): Promise<number> =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (version < wanted) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(cameAtMs);
        };
        const timer = setTimeout(() => reject(new Error(`no frame shows version ${wanted}`)), patienceMs);
        waiting.add(look);
        look();
      }),
    close: () => socket.terminate(),
  };
};

export interface Account {
  readonly name: string;
  readonly password: string;
}

/** Makes an account. @returns it, with a token */
export const register = async (base: string, name: string) => {
  const account: Account = { name, password: 'correct horse battery' };
  await ask(base, 'POST', '/auth/register', account);
  return { account, token: await signIn(base, account) };
};

export const signIn = async (base: string, account: Account): Promise<string> =>
  (await ask<{ accessToken: string }>(base, 'POST', '/auth/login', account)).accessToken;
