import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

/** Somebody who holds coins. */
export interface Account {
  readonly name: string;
  readonly password: string;
}

/** How often it is asked whether the server is ready, and for how long. */
const [againMs, patienceMs] = [500, 60_000];

/** @throws Error where it is not in time */
const untilReady = async (base: string) => {
  for (const endMs = performance.now() + patienceMs; ; await wait(againMs)) {
    const answer = await fetch(`${base}/ready`, { signal: AbortSignal.timeout(30_000) });
    if (answer.ok) return;
    if (performance.now() > endMs) throw new Error(`${base} is not ready: ${await answer.text()}`);
  }
};

/**
 * The server lets nobody change a portfolio as fast as it could be: who is told to wait, waits. On a busy machine it may
 * not know what came of a change, which the same key does once.
 */
const [maxWaits, usualWaitS] = [20, 1];

/** @throws Error for an answer that is not the expected one */
const post = async (
  url: string,
  body: object,
  token?: string,
  waits = 0,
  key = randomUUID(),
): Promise<{ readonly accessToken?: string }> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if ((answer.status === 429 || answer.status === 504) && waits < maxWaits) {
    await wait(Number(answer.headers.get('retry-after') ?? usualWaitS) * 1_000);
    return post(url, body, token, waits + 1, key);
  }
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text) as { accessToken?: string };
};

/** Makes an account over REST that holds the same quantity of each coin, as soon as the server is ready. */
export const createAccount = async (base: string, coins: readonly string[]): Promise<Account> => {
  const account = { name: 'bench-page', password: 'correct horse battery' };
  await untilReady(base);
  await post(`${base}/api/v1/auth/register`, account);
  const { accessToken } = await post(`${base}/api/v1/auth/login`, account);
  for (const symbol of coins) await post(`${base}/api/v1/profile/coins`, { symbol, quantity: '1.25' }, accessToken);
  return account;
};
