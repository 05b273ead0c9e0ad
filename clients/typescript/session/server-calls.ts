import { Problem, problemOf } from './problem.js';

interface CallInit extends Pick<RequestInit, 'method' | 'body' | 'signal'> {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls that need no access token. */
export interface ServerCalls {
  /** @throws Problem, of status 0 when no answer came in time */
  ask(path: string, init: CallInit): Promise<Response>;
  /** @throws Problem for every answer but a good one; of status 0 when the signal aborts */
  post(path: string, body?: unknown, init?: Pick<CallInit, 'headers' | 'signal'>): Promise<Record<string, unknown>>;
}

/**
 * Only a page of the server's own can send it: for another's the browser would ask the server first. It tells the
 * server so where a proxy in between changed the address that was asked.
 */
const byThisPage = { 'x-requested-with': 'tickfolio' };

const stopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

/** @param fetch bounded in time @param ofOwnPage whether a page of the server's own calls */
export const createServerCalls = (fetch: typeof globalThis.fetch, ofOwnPage: boolean): ServerCalls => {
  const always = ofOwnPage ? byThisPage : {};
  const ask = async (path: string, { headers, ...init }: CallInit): Promise<Response> => {
    try {
      const answer = fetch(path, { ...init, headers: { ...always, ...headers } });
      // Who stopped it waits no longer, however long the browser takes to let go of it.
      return await (init.signal ? Promise.race([answer, stopped(init.signal)]) : answer);
    } catch {
      throw new Problem(0, '');
    }
  };
  return {
    ask,
    post: async (path, body, { headers, ...init } = {}) => {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await ask(path, { method: 'POST', ...json, ...init, headers: { ...type, ...headers } });
      if (!response.ok) throw await problemOf(response);
      return (await response.json()) as Record<string, unknown>;
    },
  };
};
