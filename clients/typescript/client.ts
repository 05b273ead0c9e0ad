import type { Clock } from './clock.js';
import { liveFrames } from './live/live-frames.js';
import { newChangeKey } from './session/change-key.js';
import { createKeptToken } from './session/kept-token.js';
import { Problem } from './session/problem.js';
import { createRepeatedCall } from './session/repeated-call.js';
import { createSession } from './session/session.js';
import type {
  CallOptions,
  ChangeOptions,
  LiveOptions,
  Market,
  Portfolio,
  Tickfolio,
  TickfolioOptions,
} from './tickfolio.js';

/** What a client takes of where it runs. */
export interface Runtime {
  readonly clock: Clock;
  /** Its timers alone keep no process alive. */
  readonly idleClock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

const api = '/api/v1';
/** No other tabs are told of anything, and nothing is known of visits before. */
const alone = { postMessage: () => undefined, onmessage: null };
const forgetful = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };

export const createClient = (options: TickfolioOptions, { clock, idleClock, random }: Runtime): Tickfolio => {
  const base = options.url.replace(/\/+$/, '');
  const kept = createKeptToken(options.fetch ?? globalThis.fetch);
  const session = createSession({
    clock: idleClock,
    fetch: (path, init) => kept.fetch(base + String(path), init),
    channel: { ...alone },
    locks: undefined,
    storage: forgetful,
    ofOwnPage: globalThis.location?.origin === new URL(base).origin,
  });
  session.onToken(() => {
    if (session.state.kind !== 'signed-in') return;
    const { userId, userName } = session.state;
    options.onSession?.({ userId, userName, refreshToken: kept.token });
  });
  session.subscribe(() => session.state.kind === 'signed-out' && options.onSession?.(undefined));
  const userId = () => (session.state.kind === 'signed-in' ? session.state.userId : undefined);
  const call = createRepeatedCall({ call: session.call, userId, clock, random, onPause: options.onPause });
  const closing = new AbortController();

  const open = (token: string): WebSocket => {
    const Socket = options.WebSocket ?? globalThis.WebSocket;
    return new Socket(`${base.replace(/^http/, 'ws')}${api}/ws`, ['bearer', token]) as WebSocket;
  };
  const get = <Answer>(path: string, { signal }: CallOptions = {}) =>
    call<Answer>('GET', api + path, undefined, {}, signal);
  const change = <Answer>(method: string, body: unknown, { key = newChangeKey(), signal }: ChangeOptions = {}) =>
    call<Answer>(method, `${api}/profile/coins`, body, { 'idempotency-key': key }, signal);
  const live = (given: LiveOptions = {}) => {
    if (!options.WebSocket && !globalThis.WebSocket)
      throw new TypeError('This runtime has no WebSocket: give one, that of the package ws for instance.');
    const signal = given.signal ? AbortSignal.any([given.signal, closing.signal]) : closing.signal;
    return liveFrames({ clock, random, open, session, onPause: options.onPause }, { ...given, signal });
  };

  const portfolio: Portfolio = {
    read: (given) => get('/profile', given),
    add: (symbol, quantity, given) => change('POST', { symbol, quantity }, given),
    remove: (symbol, given) => change('DELETE', { symbol }, given),
    undo: (changeId, given = {}) =>
      call('POST', `${api}/profile/changes/${encodeURIComponent(changeId)}/undo`, undefined, {}, given.signal),
    frame: (given) => get('/profile/frame', given),
    receipt: (given) => get('/profile/receipt', given),
    value: (range = '24h', given) => get(`/profile/value?range=${range}`, given),
    live,
  };
  const market: Market = {
    symbols: (given) => get('/symbols', given),
    candles: (symbol, range = '24h', given) =>
      get(`/coins/${encodeURIComponent(symbol)}/candles?range=${range}`, given),
  };
  return {
    portfolio,
    market,
    get user() {
      const { state } = session;
      return state.kind === 'signed-in' ? { id: state.userId, name: state.userName } : undefined;
    },
    register: async (name, password) => void (await session.signUp(name, password, newChangeKey())),
    signIn: async (name, password, answer) => {
      const asked = await session.signIn(name, password);
      if (!asked) return;
      if (!answer) throw new Problem(401, 'The account asks for a second factor.', { reason: 'second-factor' });
      const { kind, code } = await answer(asked.kinds);
      await session.giveSecondFactor(asked.ticket, kind, code);
    },
    resume: async (refreshToken) => {
      if (refreshToken === undefined) return void (await session.renew());
      await session.resume(() => {
        const before = kept.token;
        kept.token = refreshToken;
        return () => {
          kept.token = before;
        };
      });
    },
    signOut: session.signOut,
    signOutEverywhere: session.signOutEverywhere,
    call,
    close: () => {
      closing.abort();
      session.close();
    },
  };
};
