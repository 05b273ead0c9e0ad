import { setTimeout as wait } from 'node:timers/promises';

/** Somebody who holds coins. */
export interface Account {
  readonly name: string;
  readonly password: string;
}

const postOnce = (url: string, body: object, token: string | undefined) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });

/** Right after its start the server asks for some seconds; a machine that does more besides takes longer. */
const [againMs, patienceMs] = [500, 60_000];

/** @throws Error for an answer that is not the expected one */
const post = async (url: string, body: object, token?: string): Promise<{ readonly accessToken?: string }> => {
  const endMs = performance.now() + patienceMs;
  let answer = await postOnce(url, body, token);
  while (answer.status === 503 && performance.now() < endMs) {
    await wait(againMs);
    answer = await postOnce(url, body, token);
  }
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text) as { accessToken?: string };
};

/** Makes an account over REST that holds the same quantity of each coin. */
export const createAccount = async (base: string, coins: readonly string[]): Promise<Account> => {
  const account = { name: 'bench-page', password: 'correct horse battery' };
  await post(`${base}/api/v1/auth/register`, account);
  const { accessToken } = await post(`${base}/api/v1/auth/login`, account);
  for (const symbol of coins) await post(`${base}/api/v1/profile/coins`, { symbol, quantity: '1.25' }, accessToken);
  return account;
};
