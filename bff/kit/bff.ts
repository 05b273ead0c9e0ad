import { randomUUID } from 'node:crypto';
import { signAccessToken } from '@tickfolio/lib/access-token';
import { type Clock, systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createPriceBus, type PriceBus, type SecondStat } from '@tickfolio/lib/price-bus';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import type { RunningService } from '@tickfolio/lib/service';
import { createMetrics, type Metrics, silentLogger } from '@tickfolio/lib/telemetry';
import { type BffDeps, type BffOptions, type ListenOptions, migrationsFolder, startBff } from '../app.js';
import type { ValueHistory } from '../history/value-history.js';
import { gatewayTopics } from '../topics.js';
import { createFakeAggregator } from './aggregator.js';
import { createFakeAuth, jwtSecret } from './auth.js';
import { playedNeighbours } from './neighbours.js';

export { createFakeAggregator, testSymbols } from './aggregator.js';
export { createFakeAuth, jwtSecret, lateToken } from './auth.js';

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
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as AnswerBody,
  };
};

export interface TestBffOptions {
  readonly postgres: Postgres;
  readonly clock?: Clock;
  /** Shared by the replicas of one test. */
  readonly pubsub?: PubSub;
  /** Shared by the replicas of one test. */
  readonly auth?: ReturnType<typeof createFakeAuth>;
  /** Neighbours besides auth; whom nobody plays is away. */
  readonly played?: Parameters<typeof playedNeighbours>[0];
  readonly deps?: Partial<BffDeps>;
  readonly options?: Partial<BffOptions & ListenOptions>;
}

/** A BFF that listens on a free port, between fakes of its neighbours. */
export const startTestBff = async ({
  postgres,
  clock = systemClock,
  pubsub,
  auth: ownAuth,
  played,
  deps,
  options,
}: TestBffOptions): Promise<TestBff> => {
  const auth = ownAuth ?? createFakeAuth(clock);
  const { fake, client } = createFakeAggregator();
  const ownPubSub = pubsub ?? createMemoryPubSub();
  const priceBus = createPriceBus(ownPubSub);
  const metrics = createMetrics('bff');
  const neighbours = playedNeighbours({ auth: auth.client, ...played });
  const bff = await startBff(
    {
      postgres,
      neighbours,
      aggregator: client,
      priceBus,
      pubsub: ownPubSub,
      eventLog: createMemoryEventLog({
        clock,
        log: silentLogger(),
        metrics: createMetrics('log'),
        topics: gatewayTopics,
      }),
      clock,
      log: silentLogger(),
      metrics,
      ...deps,
    },
    {
      address: { host: '127.0.0.1', port: 0 },
      jwtSecret,
      secureCookie: false,
      demandPeriodMs: 50,
      maxAuthCalls: 10_000,
      ...options,
    },
  );
  const url = `http://127.0.0.1:${bff.port}`;
  const call: TestBff['call'] = async (user, method, path, body, more = {}) => {
    const headers: Record<string, string> = { ...more };
    if (user) headers.authorization = `Bearer ${user.token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return readAnswer(
      await fetch(`${url}${path}`, {
        method,
        headers,
        redirect: 'manual',
        ...(body === undefined ? {} : { body: text }),
      }),
    );
  };
  if (!deps?.aggregator)
    await until(async () => (await call(undefined, 'GET', '/ready')).body.dependencies.aggregator?.status === 'ok');
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
    // Else those who are away would be called, twice a second, until the process ends.
    close: async () => {
      await bff.close();
      neighbours.close();
    },
  };
};
