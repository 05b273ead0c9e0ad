/** What the page reads of its own access token. The server verifies it; here nothing depends on it being true. */
export interface TokenFacts {
  readonly token: string;
  readonly userId: string;
  readonly userName: string;
  /** The session it belongs to; undefined where the server does not say. */
  readonly sessionId: string | undefined;
  readonly lifetimeMs: number;
}

/** @returns undefined for what is no access token */
export const readToken = (token: string): TokenFacts | undefined => {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const { sub, name, sid, exp, iat } = claims;
    if (typeof sub !== 'string' || typeof name !== 'string' || typeof exp !== 'number' || typeof iat !== 'number')
      return undefined;
    const sessionId = typeof sid === 'string' ? sid : undefined;
    return { token, userId: sub, userName: name, sessionId, lifetimeMs: (exp - iat) * 1_000 };
  } catch {
    return undefined;
  }
};
