import { times } from '@tickfolio/lib/renewal/times';
import type { Clock, Timer } from '../clock.js';
import { readToken, type TokenFacts } from './access-token.js';
import { type CookieJar, type CookieRisk, cookieRisk, readCookieFacts } from './cookie-risk.js';
import { createEntrances, type Entrances, type EntrancesDeps } from './entrances.js';
import { createPatientFetch } from './patient-fetch.js';
import { bodyOf, isProblem, Problem, signedOut } from './problem.js';
import { readSecondFactor } from './second-factor.js';
import { createServerCalls, type ServerCalls } from './server-calls.js';
import type { LeaveReason, SessionState } from './session-state.js';
import { createTurns, type TabLocks } from './turns.js';
import { createUserCalls, type UserCall, type UserTokens } from './user-calls.js';

export type { SessionState } from './session-state.js';

/**
 * Who is signed in, in all tabs of this browser. The access token lives in memory only; the cookie that renews it is
 * out of reach.
 */
export interface Session extends UserTokens, Entrances, Pick<ServerCalls, 'ask'> {
  readonly state: SessionState;
  subscribe(listener: () => void): () => void;
  /** Ends the session on the server, in every tab and on every open socket. */
  signOut(): Promise<void>;
  /** Ends every session of the user, on all devices. @throws Problem */
  signOutEverywhere(): Promise<void>;
  /** Why nobody will stay signed in here, as far as that can be known beforehand. */
  cookieRisk(): Promise<CookieRisk | undefined>;
  /** Where nobody knows yet who is signed in: asks now, not only when it is due. */
  retry(): void;
  /** Calls back with every new token, whichever tab got it. */
  onToken(listener: (token: string) => void): () => void;
  readonly call: UserCall;
  /** Renews no more by itself. */
  close(): void;
}

export interface SessionDeps {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  /** Reaches the other tabs. */
  readonly channel: Pick<BroadcastChannel, 'postMessage' | 'onmessage'>;
  /** One tab at a time renews. */
  readonly locks: TabLocks;
  /**
   * Remembers across visits that a session may be there; where it does not last, the cookie is tried at every visit.
   */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & { readonly lasts?: boolean };
  /** What the browser does with the cookie; left out where nobody is to be warned of it. */
  readonly jar?: CookieJar;
  /** Whether it is a page of the server's own. Default true. */
  readonly ofOwnPage?: boolean;
}

/**
 * A tab of an older page names no session, and no reason. `leaving`: the session of this token is about to be ended, for
 * that reason; left out once that failed. An older page sees a token that it has.
 */
type TabMessage =
  | { readonly type: 'token'; readonly token: string; readonly leaving?: LeaveReason | undefined }
  | { readonly type: 'signed-out'; readonly session?: string | undefined; readonly reason?: LeaveReason | undefined };

const hintKey = 'tickfolio.session';
const auth = '/api/v1/auth';
/** Renewed when this part of its life is left, at most `aheadMs` of the times before its end. */
const renewAtPart = 1 / 4;
/** Whatever a server says, it is asked again after so long. */
const maxRetryMs = 60_000;
/** A page that was opened says after so long that nobody answered yet. */
const patienceMs = 4_000;

export const createSession = (deps: SessionDeps): Session => {
  const { clock, fetch, channel, locks, storage, jar, ofOwnPage = true } = deps;
  const { ask, post } = createServerCalls(createPatientFetch(fetch, clock), ofOwnPage);
  const inTurn = createTurns(locks);
  let state: SessionState = { kind: 'unknown' };
  let held: (TokenFacts & { readonly endsAt: number }) | undefined;
  let renewal: Promise<string> | undefined;
  /** Ends the renewal that is on its way. */
  let stop: AbortController | undefined;
  /** Counts the ends of sessions; what a renewal of before one brings late is not taken. */
  let ends = 0;
  /** The session that was left last; other tabs may still hand on a token of it. */
  let left: string | undefined;
  let timer: Timer | undefined;
  /** Until then a token that is still good is not renewed; by the monotonic clock. */
  let notBefore = 0;
  let closed = false;
  /** Why the next 401 is no surprise: what this tab is about to do, and what another one is. */
  let leaving: LeaveReason | undefined;
  let leavingElsewhere: LeaveReason | undefined;
  const listeners = new Set<() => void>();
  const tokenListeners = new Set<(token: string) => void>();

  const change = (next: SessionState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const aheadMs = (lifetimeMs: number) => Math.min(times.aheadMs, lifetimeMs * renewAtPart);
  const isFresh = () => held !== undefined && held.endsAt - clock.monotonic() > aheadMs(held.lifetimeMs) / 2;

  const renewAfter = (ms: number) => {
    if (!closed) timer = clock.after(ms, keepFresh);
  };
  const take = (token: string) => {
    const facts = readToken(token);
    if (!facts) throw new Problem(0, 'The server sent no access token.');
    held = { ...facts, endsAt: clock.monotonic() + facts.lifetimeMs };
    notBefore = 0;
    leavingElsewhere = undefined;
    storage.setItem(hintKey, '1');
    timer?.cancel();
    renewAfter(Math.max(500, facts.lifetimeMs - aheadMs(facts.lifetimeMs)));
    if (state.kind !== 'signed-in' || state.userId !== facts.userId)
      change({ kind: 'signed-in', userId: facts.userId, userName: facts.userName });
    for (const listener of tokenListeners) listener(token);
  };
  const leave = (reason?: LeaveReason) => {
    ends++;
    left = held?.sessionId ?? left;
    stop?.abort();
    held = undefined;
    timer?.cancel();
    storage.removeItem(hintKey);
    if (state.kind !== 'signed-out') change({ kind: 'signed-out', reason });
  };
  const leaveAll = (reason?: LeaveReason) => {
    const session = held?.sessionId;
    leave(reason);
    channel.postMessage({ type: 'signed-out', session, reason } satisfies TabMessage);
  };
  const sayAway = () => {
    if (state.kind === 'unknown' && !state.away) change({ kind: 'unknown', away: true });
  };
  const pauseMsAfter = (thrown: unknown): number => {
    const askedToWaitMs = isProblem(thrown) ? (thrown.retryAfterMs ?? 0) : 0;
    return Math.min(maxRetryMs, Math.max(times.retryMs, askedToWaitMs));
  };
  const keepFresh = () => {
    renew().catch((thrown: unknown) => {
      if (isProblem(thrown, 401)) return;
      sayAway();
      renewAfter(pauseMsAfter(thrown));
    });
  };

  const publish = (token: string) => {
    take(token);
    channel.postMessage({ type: 'token', token } satisfies TabMessage);
  };

  /** Tells the other tabs why this session is about to end, or that it is not. */
  const announce = (reason: LeaveReason | undefined) => {
    if (held) channel.postMessage({ type: 'token', token: held.token, leaving: reason } satisfies TabMessage);
  };

  const exchange = async (before: string | undefined, begunAt: number): Promise<string> => {
    // Another tab may have renewed while this one waited for its turn.
    if (held && held.token !== before && isFresh()) return held.token;
    if (ends !== begunAt) throw signedOut();
    stop = new AbortController();
    try {
      const accessToken = String((await post(`${auth}/refresh`, undefined, { signal: stop.signal })).accessToken);
      if (ends !== begunAt) throw signedOut();
      publish(accessToken);
      return accessToken;
    } catch (thrown) {
      if (ends !== begunAt) throw signedOut();
      if (isProblem(thrown, 401)) {
        // A tab that never was signed in knows of no session that ended; others may do without the cookie for a while
        // yet.
        if (state.kind === 'unknown') leave();
        else leaveAll(leaving ?? leavingElsewhere ?? (state.kind === 'signed-in' ? 'ended' : undefined));
      } else notBefore = clock.monotonic() + pauseMsAfter(thrown);
      throw thrown;
    }
  };
  const renew = (): Promise<string> => {
    const [before, begunAt] = [held?.token, ends];
    renewal ??= inTurn(() => exchange(before, begunAt)).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
  const token = async (): Promise<string> => {
    if (state.kind === 'signed-out') throw signedOut();
    const present = held;
    const isGood = () => present !== undefined && held === present && clock.monotonic() < present.endsAt;
    if (present && (isFresh() || (isGood() && clock.monotonic() < notBefore))) return present.token;
    return renew().catch((thrown: unknown) => {
      if (present && isGood() && !isProblem(thrown, 401)) return present.token;
      throw thrown;
    });
  };

  const call = createUserCalls({
    token,
    renew,
    ask,
    userId: () => (state.kind === 'signed-in' ? state.userId : undefined),
  });

  const riskOf = async (signedIn: boolean): Promise<CookieRisk | undefined> => {
    if (!jar) return undefined;
    const response = await ask(`${auth}/cookie`, {});
    const facts = response.ok ? readCookieFacts(await bodyOf(response)) : undefined;
    return facts && cookieRisk(facts, jar, signedIn);
  };
  const noteRisk = async () => {
    const risk = await riskOf(true).catch(() => undefined); // Nobody answers, which is told elsewhere.
    if (risk && state.kind === 'signed-in') change({ ...state, risk });
  };

  /** Sockets close before the answer is here, in every tab, and what they ask then is refused. */
  const endSession = async (reason: LeaveReason, ask: () => Promise<unknown>): Promise<void> => {
    const before = ends;
    leaving = reason;
    announce(reason);
    try {
      await ask();
      leaveAll(reason);
    } catch (thrown) {
      if (ends !== before) return; // Another device, or another tab, was faster.
      announce(undefined);
      throw thrown;
    } finally {
      leaving = undefined;
    }
  };

  const enter: EntrancesDeps['enter'] = async (ask) => {
    const isIn = await inTurn(async () => {
      const answer = await ask();
      if (readSecondFactor(answer)) return false;
      publish(String(answer.accessToken));
      return true;
    });
    if (isIn) void noteRisk();
  };

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'token') {
      const isLate = left !== undefined && readToken(data.token)?.sessionId === left;
      if (data.token !== held?.token && !isLate) take(data.token);
      leavingElsewhere = data.token === held?.token ? data.leaving : undefined;
    } else if (data.session === undefined || held?.sessionId === undefined || held.sessionId === data.session)
      leave(leaving ?? data.reason);
  };
  if (storage.getItem(hintKey) === null && storage.lasts !== false) state = { kind: 'signed-out' };
  else {
    keepFresh();
    clock.after(patienceMs, sayAway);
  }

  return {
    get state() {
      return state;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ...createEntrances({ post, enter }),
    cookieRisk: () => riskOf(false),
    signOut: () => {
      // Its answer would come after this one, with a cookie.
      stop?.abort();
      return inTurn(() => endSession('left', () => post(`${auth}/logout`)));
    },
    signOutEverywhere: () => endSession('everywhere', () => call('POST', `${auth}/logout-everywhere`)),
    token,
    renew,
    retry: () => {
      if (state.kind !== 'unknown') return;
      timer?.cancel();
      keepFresh();
    },
    onToken: (listener) => {
      tokenListeners.add(listener);
      return () => void tokenListeners.delete(listener);
    },
    call,
    ask,
    close: () => {
      closed = true;
      stop?.abort();
      timer?.cancel();
    },
  };
};
