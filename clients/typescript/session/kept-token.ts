/** Of the server's cookie. */
const cookieName = 'refreshToken';
const inCookie = new RegExp(`^${cookieName}=([^;]*)`);

/** Calls with the refresh token, where the runtime keeps no cookies. */
export interface KeptToken {
  readonly fetch: typeof globalThis.fetch;
  /** Undefined where there is none, and always in a browser, which keeps it out of reach. */
  token: string | undefined;
}

export const createKeptToken = (fetch: typeof globalThis.fetch): KeptToken => {
  const kept: KeptToken = {
    token: undefined,
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      const sent = kept.token;
      if (sent !== undefined && /\/api\/v1\/auth\//.test(String(input))) headers.set('cookie', `${cookieName}=${sent}`);
      const answer = await fetch(input, { ...init, headers, credentials: 'include' });
      for (const line of answer.headers.getSetCookie?.() ?? []) {
        const given = inCookie.exec(line)?.[1];
        // A late answer about a session that was replaced says nothing of the other one.
        if (given !== undefined && kept.token === sent) kept.token = given || undefined;
      }
      return answer;
    },
  };
  return kept;
};
