import { randomUUID } from 'node:crypto';
import { signAccessToken } from '@tickfolio/lib/access-token';
import { type Clock, systemClock } from '@tickfolio/lib/clock';
import { AppError, differentRequest } from '@tickfolio/lib/errors';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createPriceBus, type PriceBus, type SecondStat } from '@tickfolio/lib/price-bus';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import type { RunningService } from '@tickfolio/lib/service';
import { createMetrics, type Metrics, silentLogger } from '@tickfolio/lib/telemetry';
import type { AuthClient, CallMeta, TokenPair } from '../accounts/auth-client.js';
import { type BffDeps, type BffOptions, type ListenOptions, migrationsFolder, startBff } from '../app.js';
import type { ValueHistory } from '../history/value-history.js';
import { createFakeAggregator } from './aggregator.js';

export { createFakeAggregator, testSymbols } from './aggregator.js';

export const jwtSecret = 'a secret of the tests only, and long enough';

export const openTestPostgres = (): Promise<Postgres> => shareTestPglite(migrationsFolder);

/** What a chart shows. */
export const pointsOf = async (history: Pick<ValueHistory, 'chart'>, ...of: Parameters<ValueHistory['chart']>) =>
  (await history.chart(...of)).points();

export interface TestUser {
  readonly userId: string;
  readonly name: string;
  readonly token: string;
  readonly sessionId: string;
}

/** A refresh token whose call was held up until the one after it was used. */
export const lateToken = 'late';

/** An auth service in memory: names are taken once, passwords are compared, refresh tokens work once. */
export const createFakeAuth = (clock: Clock) => {
  const accounts = new Map<string, { userId: string; name: string; password: string; key: string }>();
  const sessions = new Map<string, { sessionId: string; userId: string; name: string }>();
  /** Refresh tokens that were exchanged. */
  const used = new Map<string, { readonly sessionId: string; readonly userId: string; readonly name: string }>();
  /** For each refresh token the one that it was given for; an exchange of it tells that the answer with it was heard. */
  const parents = new Map<string, string>();
  const heard = new Set<string>();
  const ended = new Set<string>();
  /** Every session that was opened, by its user. */
  const opened = new Map<string, Set<string>>();
  const calls: { readonly method: string; readonly meta: CallMeta }[] = [];
  const state = { down: false };
  const called = (method: string, meta: CallMeta) => {
    calls.push({ method, meta });
    if (state.down) throw new AppError('unavailable', 'Accounts cannot be reached at the moment.', { retryAfterMs: 2_000 });
  };
  const open = (userId: string, name: string, sessionId: string): TokenPair => {
    const { token, expiresAtMs } = signAccessToken({ secret: jwtSecret, clock }, { userId, userName: name, sessionId }, 900_000);
    const refreshToken = randomUUID();
    opened.set(userId, (opened.get(userId) ?? new Set()).add(sessionId));
    sessions.set(refreshToken, { sessionId, userId, name });
    return {
      accessToken: token,
      accessExpiresAtMs: expiresAtMs,
      refreshToken,
      refreshExpiresAtMs: clock.now() + 604_800_000,
      renewableForMs: 2_592_000_000,
      userId,
      userName: name,
      sessionId,
    };
  };
  const client: AuthClient = {
    register: async (name, password, key, meta) => {
      called('register', meta);
      const made = key === '' ? undefined : [...accounts.values()].find((account) => account.key === key);
      if (made && (made.name !== name || made.password !== password)) throw differentRequest();
      if (made) return { userId: made.userId };
      if (accounts.has(name.toLowerCase())) throw new AppError('already_exists', 'The name is taken.');
      const userId = randomUUID();
      accounts.set(name.toLowerCase(), { userId, name, password, key });
      return { userId };
    },
    login: async (name, password, meta) => {
      called('login', meta);
      const account = accounts.get(name.toLowerCase());
      if (account?.password !== password) throw new AppError('unauthenticated', 'The name or the password is wrong.');
      return open(account.userId, account.name, randomUUID());
    },
    refresh: async (refreshToken, meta) => {
      called('refresh', meta);
      if (refreshToken === lateToken) throw new AppError('failed_precondition', 'The session was renewed by a later call.');
      const before = used.get(refreshToken);
      // As of the real one, an answer may be lost: until somebody comes with what it brought, it is given again.
      const session = sessions.get(refreshToken) ?? (heard.has(refreshToken) ? undefined : before);
      sessions.delete(refreshToken);
      if (before && !session) ended.add(before.sessionId);
      if (!session || ended.has(session.sessionId))
        throw new AppError(
          'unauthenticated',
          'The refresh token is not valid.',
          before ? { facts: { endedSession: before.sessionId } } : {},
        );
      used.set(refreshToken, session);
      heard.add(parents.get(refreshToken) ?? '');
      const issued = open(session.userId, session.name, session.sessionId);
      parents.set(issued.refreshToken, refreshToken);
      return issued;
    },
    logout: async (refreshToken, meta) => {
      called('logout', meta);
      const session = sessions.get(refreshToken);
      sessions.delete(refreshToken);
      if (session) ended.add(session.sessionId);
      return { sessionId: session?.sessionId ?? '', userId: session?.userId ?? '' };
    },
    logoutEverywhere: async (userId, meta) => {
      called('logoutEverywhere', meta);
      const all = [...(opened.get(userId) ?? [])];
      for (const sessionId of all) ended.add(sessionId);
      return all;
    },
    // Tokens that a test signed by itself belong to sessions it did not end.
    isSessionOpen: async (sessionId, requestId) => {
      called('isSessionOpen', { requestId, clientAddress: '' });
      return !ended.has(sessionId);
    },
    endedSessions: async () => {
      if (state.down) throw new AppError('unavailable', 'Accounts cannot be reached at the moment.');
      return { sessionIds: [...ended], next: '', asOfMs: clock.now() };
    },
    check: async () => (state.down ? 'is down' : undefined),
    close: () => undefined,
  };
  return { client, calls, state };
};

/** A user with a valid token, without the detour over registration. */
export const createUser = (clock: Clock, ttlMs = 900_000, userId: string = randomUUID()): TestUser => {
  const [name, sessionId] = [`user-${userId.slice(0, 8)}`, randomUUID()];
  const { token } = signAccessToken({ secret: jwtSecret, clock }, { userId, userName: name, sessionId }, ttlMs);
  return { userId, name, token, sessionId };
};

let lastTradeId = 0;

/** A second in which one trade happened. */
export const second = (symbol: string, price: string, timeMs: number, rest: Partial<SecondStat> = {}): SecondStat => {
  const id = ++lastTradeId;
  return {
    symbol,
    second: Math.floor(timeMs / 1000) * 1000,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: '1',
    quoteVolume: price,
    trades: 1,
    firstTradeId: id,
    lastTradeId: id,
    lastTradeTime: timeMs,
    complete: true,
    revision: 0,
    ...rest,
  };
};

export interface TestBff extends RunningService {
  readonly url: string;
  readonly wsUrl: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly aggregator: ReturnType<typeof createFakeAggregator>['fake'];
  readonly auth: ReturnType<typeof createFakeAuth>;
  readonly priceBus: PriceBus;
  readonly pubsub: PubSub;
  publish(symbol: string, price: string): void;
  /** One REST call of a user. */
  call(
    user: Pick<TestUser, 'token'> | undefined,
    method: string,
    path: string,
    body?: unknown,
    more?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** The fields that tests look at; which of them are there depends on the answer. */
export interface AnswerBody {
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly message: string;
  readonly accessToken: string;
  readonly Quantity: string;
  readonly Version: number;
  readonly ChangeID: string;
  readonly Coins: readonly { readonly Symbol: string; readonly Quantity: string; readonly Version: number }[];
  readonly dependencies: Readonly<Record<string, { readonly status: string; readonly required: boolean }>>;
  readonly simulated: boolean | null;
  readonly clockOffsetMs: number | null;
  readonly tokenClockOffsetMs: number | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the answer is no JSON. */
  readonly body: AnswerBody;
}

export const readAnswer = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as AnswerBody };
};

export interface TestBffOptions {
  readonly postgres: Postgres;
  readonly clock?: Clock;
  /** Shared by the replicas of one test. */
  readonly pubsub?: PubSub;
  /** Shared by the replicas of one test. */
  readonly auth?: ReturnType<typeof createFakeAuth>;
  readonly deps?: Partial<BffDeps>;
  readonly options?: Partial<BffOptions & ListenOptions>;
}

/** A BFF that listens on a free port, between fakes of its neighbours. */
export const startTestBff = async ({
  postgres,
  clock = systemClock,
  pubsub,
  auth: ownAuth,
  deps,
  options,
}: TestBffOptions): Promise<TestBff> => {
  const auth = ownAuth ?? createFakeAuth(clock);
  const { fake, client } = createFakeAggregator();
  const ownPubSub = pubsub ?? createMemoryPubSub();
  const priceBus = createPriceBus(ownPubSub);
  const metrics = createMetrics('bff');
  const bff = await startBff(
    { postgres, auth: auth.client, aggregator: client, priceBus, pubsub: ownPubSub, clock, log: silentLogger(), metrics, ...deps },
    { address: { host: '127.0.0.1', port: 0 }, jwtSecret, secureCookie: false, demandPeriodMs: 50, maxAuthCalls: 10_000, ...options },
  );
  const url = `http://127.0.0.1:${bff.port}`;
  const call: TestBff['call'] = async (user, method, path, body, more = {}) => {
    const headers: Record<string, string> = { ...more };
    if (user) headers.authorization = `Bearer ${user.token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return readAnswer(await fetch(`${url}${path}`, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body: text }) }));
  };
  if (!deps?.aggregator) await until(async () => (await call(undefined, 'GET', '/ready')).body.dependencies.aggregator?.status === 'ok');
  return {
    ...bff,
    url,
    wsUrl: `ws://127.0.0.1:${bff.port}/api/v1/ws`,
    clock,
    metrics,
    aggregator: fake,
    auth,
    priceBus,
    pubsub: ownPubSub,
    publish: (symbol, price) => priceBus.publish(second(symbol, price, clock.now())),
    call,
  };
};
