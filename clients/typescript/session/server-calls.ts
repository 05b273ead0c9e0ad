import { bodyOf, Problem, problemOf } from './problem.js';

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

/** Who stops it waits no longer, however long the browser takes to let go of it. */
const unlessStopped = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

/** @param fetch bounded in time @param ofOwnPage whether a page of the server's own calls */
export const createServerCalls = (fetch: typeof globalThis.fetch, ofOwnPage: boolean): ServerCalls => {
  const always = ofOwnPage ? byThisPage : {};
  const ask = async (path: string, { headers, ...init }: CallInit): Promise<Response> => {
    try {
      const answer = fetch(path, { ...init, headers: { ...always, ...headers } });
      return await (init.signal ? unlessStopped(answer, init.signal) : answer);
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
      return bodyOf(response);
    },
  };
};
