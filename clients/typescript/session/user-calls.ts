import { readToken, type TokenFacts } from './access-token.js';
import { bodyOf, problemOf, signedOut } from './problem.js';
import type { ServerCalls } from './server-calls.js';

/** The access tokens of who is signed in. */
export interface UserTokens {
  /**
   * A token that is good for a while yet; renewed when it is not, and still the same until it ends where that fails.
   * @throws Problem, 401 when the session is over
   */
  token(): Promise<string>;
  /** A new token, whatever the present one is. @throws Problem */
  renew(): Promise<string>;
}

/**
 * Calls the server as who is signed in when it is called, and as nobody else.
 * @param more further headers @param signal gives up waiting for the answer
 * @throws Problem, 401 when that one is signed out meanwhile
 */
export type UserCall = <T>(
  method: string,
  path: string,
  body?: unknown,
  more?: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<T>;

export interface UserCallsDeps extends UserTokens, Pick<ServerCalls, 'ask'> {
  /** Who is signed in now, as far as that is known. */
  readonly userId: () => string | undefined;
}

/** What a token says. @throws Problem 401 where it is not of the user for whom something was begun */
const tokenOf = (token: string, userId: string | undefined): TokenFacts => {
  const facts = readToken(token);
  if (!facts || (userId !== undefined && facts.userId !== userId)) throw signedOut();
  return facts;
};

/**
 * Calls as who is signed in when they begin: by the time a token was renewed it may be somebody else's, whose account
 * it is not meant for.
 */
export const createUserCalls =
  ({ token, renew, ask, userId }: UserCallsDeps): UserCall =>
  async <T>(
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<T> => {
    const begunBy = userId();
    const send = async ({ token: accessToken }: TokenFacts) => {
      const headers: Record<string, string> = { ...more, authorization: `Bearer ${accessToken}` };
      if (body !== undefined) headers['content-type'] = 'application/json';
      const given = { ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(signal ? { signal } : {}) };
      return ask(path, { method, headers, ...given });
    };
    const first = tokenOf(await token(), begunBy);
    let response = await send(first);
    // Its clock may differ, or the session was ended: the cookie knows.
    if (response.status === 401) response = await send(tokenOf(await renew(), first.userId));
    if (!response.ok) throw await problemOf(response);
    return (await bodyOf(response)) as T;
  };
