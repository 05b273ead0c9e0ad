import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { asyncApi } from '@tickfolio/api/asyncapi';
import { signAccessToken } from '@tickfolio/lib/access-token';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError, type ErrorCode } from '@tickfolio/lib/errors';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { Check, Errors } from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrationsFolder } from '../app.js';
import { refuses } from '../kit/account.js';
import { createUser, jwtSecret, lateToken, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createFakeExchange, tickerAt } from '../kit/exchange.js';
import { createFakeHoldings } from '../kit/holdings.js';
import { createFakeOrders } from '../kit/orders.js';
import { createFakePortfolios } from '../kit/portfolio.js';
import { openSocket } from '../kit/socket.js';
import { bffDefaults } from '../options.js';

interface Operation {
  readonly operationId: string;
  /** Of one that is the same under another address. */
  readonly 'x-alias-of'?: string;
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly format?: string };
  }[];
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { schema: object & { readonly $ref?: string } }>>;
      }
    >
  >;
}

interface Given {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

/** An archive with one minute of everything. */
const minute = {
  symbol: 'BTCUSDT',
  at: '1769508000',
  open: '68120.01',
  high: '68123.45',
  low: '68119.5',
  close: '68121',
  base: '1.5',
  quote: '102185.175',
};
const archive: ClickHouse = {
  insert: async () => undefined,
  insertLines: async () => undefined,
  query: async <T>(_sql: string, params?: Readonly<Record<string, unknown>>) =>
    params?.symbol === 'NOTHING' ? [] : [minute as T],
  command: async () => undefined,
  check: async () => undefined,
  close: async () => undefined,
};

const { client: portfolioService, watchlists } = createFakePortfolios();
const { client: ordersService } = createFakeOrders();
const { client: openOrders, state: undecided } = createFakeOrders();
undecided.decides = false;
const unanswered = async (): Promise<never> => {
  throw new AppError('deadline_exceeded', 'It is not known whether this was done.');
};
const unansweredChanges = {
  ...{ create: unanswered, update: unanswered, archive: unanswered, fund: unanswered, transfer: unanswered },
  ...{ makeShare: unanswered, endShare: unanswered },
};
const unansweredOrders = { ...ordersService, place: unanswered, cancel: unanswered, cancelAll: unanswered };
let postgres: Postgres;
let lateDatabase: Postgres;
/**
 * As it should be; with the database away; where an address may ask once; where no socket is taken, and nothing read;
 * beside a portfolio and an orders service that answer too late. Where nothing is
 * read it is not decided either what is kept for orders.
 */
let well: TestBff;
let ill: TestBff;
let strict: TestBff;
let full: TestBff;
let late: TestBff;
/** Made there before. */
let lateChange: string;
/** With the usual limits, which its document tells. */
let usual: TestBff;
/** Of the answers of /openapi.json. */
let document: {
  readonly components: { readonly schemas: { readonly Problem: object } };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const documented = new Map<string, Operation & { readonly call: string }>();
const aliased: Operation[] = [];

beforeAll(async () => {
  postgres = await openTestPostgres();
  const exchange = createFakeExchange(systemClock);
  exchange.fake.prices.set('btcusdt', () => '60000');
  well = await startTestBff({
    postgres,
    played: { socket: exchange.client, portfolio: portfolioService, orders: ordersService },
    deps: { clickhouse: () => archive },
  });
  await until(() => exchange.fake.isHeard);
  exchange.fake.tell(tickerAt('btcusdt', '60000', systemClock.now()));
  const cut = () => {
    throw new AppError('unavailable', 'The database cannot be reached.', { retryAfterMs: 1_000 });
  };
  const away: Postgres = { ...postgres, db: new Proxy(postgres.db, { get: () => cut }), ping: async () => cut() };
  ill = await startTestBff({ postgres: away, deps: { aggregator: { demand: cut, symbols: cut } } });
  ill.auth.state.down = true;
  strict = await startTestBff({
    postgres,
    options: {
      maxAuthCalls: 1,
      writesPerUser: { burst: 1, refillMs: 60_000 },
      ordersPerUser: { burst: 1, refillMs: 60_000 },
    },
  });
  full = await startTestBff({
    postgres,
    options: {
      ...{ maxSockets: 0, readsPerUser: { atOnce: 0, maxWaiting: 0 } },
      pagesPerUser: { burst: 0, refillMs: 60_000 },
    },
    played: { orders: openOrders },
  });
  const holdings = createFakeHoldings();
  lateDatabase = await shareTestPglite(migrationsFolder, 'late'); // In which coins are not this gateway's any more.
  late = await startTestBff({
    postgres: lateDatabase,
    played: {
      portfolio: { ...portfolioService, ...holdings.client, ...unansweredChanges },
      orders: unansweredOrders,
    },
  });
  holdings.state.is = 'there';
  await late.call(user, 'POST', '/api/v1/profile/coins', coin('btcusdt', '2')); // To be removed.
  lateChange = (await late.call(user, 'POST', '/api/v1/profile/coins', coin('ethusdt', '2'))).body.ChangeID;
  holdings.state.isSlow = true;
  usual = await startTestBff({ postgres, options: { maxAuthCalls: bffDefaults.maxAuthCalls } });
  document = JSON.parse((await usual.call(undefined, 'GET', '/openapi.json')).text);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation['x-alias-of'] !== undefined) aliased.push(operation);
      else
        documented.set(operation.operationId, {
          ...operation,
          call: `${method.toUpperCase()} ${path.replace(/(.)\/$/, '$1')}`,
        });
    }
  }
});
afterAll(async () => {
  for (const bff of [well, ill, strict, full, late, usual]) await bff?.close();
  for (const one of [postgres, lateDatabase]) await one?.close();
});

const user = createUser(systemClock);
const bearer = { authorization: `Bearer ${user.token}` };
const json = { 'content-type': 'application/json' };
const foreign = { origin: 'https://evil.example' };
const text = { 'content-type': 'text/csv' };
const big = JSON.stringify({ symbol: 'x'.repeat(20_000) });
const password = 'a good password';
const register = async (bff: TestBff) => {
  const name = `doc-${randomUUID().slice(0, 8)}`;
  await bff.call(undefined, 'POST', '/api/v1/auth/register', { name, password });
  return JSON.stringify({ name, password });
};
const cookieOf = async (bff: TestBff) => {
  const answer = await bff.call(undefined, 'POST', '/api/v1/auth/login', await register(bff));
  return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
};
const coin = (symbol: string, quantity = '1') => JSON.stringify({ symbol, quantity });

/** One way to get each answer: which BFF, the headers, the body. */
type Way = () =>
  | Promise<readonly [TestBff, Record<string, string>, (string | undefined)?]>
  | readonly [TestBff, Record<string, string>, (string | undefined)?];
/** A full quarter of an hour that was. */
const basis = {
  'x-query': `at=${encodeURIComponent(new Date(Math.floor(systemClock.now() / 900_000) * 900_000).toISOString())}`,
};
const twice =
  (path: string): Way =>
  async () => {
    await strict.call(undefined, 'POST', path, '{}');
    return [strict, json, '{}'];
  };
const written = async () => {
  const { body } = await well.call(user, 'POST', '/api/v1/profile/coins', coin('btcusdt', '2'));
  return body.ChangeID;
};
/** After the one write that a user may do there. */
const wroteOnce = async () => {
  const writer = createUser(systemClock);
  await strict.call(writer, 'DELETE', '/api/v1/profile/coins', '{"symbol":"btcusdt"}');
  return { authorization: `Bearer ${writer.token}` };
};
const toDefault = { ...bearer, 'x-path': 'default' };
const portfolio = (name: string, more: object = {}) => JSON.stringify({ name, kind: 'tracking', ...more });
/** @returns what one that is there was made of */
const keptPortfolio = async () => {
  const body = portfolio(randomUUID());
  await well.call(user, 'POST', '/api/v1/portfolios', body);
  return body;
};
const cash = JSON.stringify({ asset: 'usdt', quantity: '1' });
const transfer = (from: string, to: string) => JSON.stringify({ from, to, asset: 'usdt', quantity: '1' });
/** @returns its id */
const paperPortfolio = async () => {
  const { body } = await well.call(user, 'POST', '/api/v1/portfolios', portfolio(randomUUID(), { kind: 'paper' }));
  return (body as unknown as { id: string }).id;
};
/** Paper money that lives at made-up prices, where real ones are. */
const paperElsewhere = async () => {
  const id = await paperPortfolio();
  await postgres.db.execute(sql`update portfolios set simulated = true where id = ${id}`);
  await until(async () => (await well.call(undefined, 'GET', '/ready')).body.simulated === false);
  return id;
};
const transferredOnce = async () => {
  const writer = createUser(systemClock);
  await strict.call(writer, 'POST', '/api/v1/transfers', transfer('default', 'default'));
  return { authorization: `Bearer ${writer.token}` };
};
/** After the one change of portfolios that a user may ask for there. */
const archivedOnce = async () => {
  const writer = createUser(systemClock);
  await strict.call(writer, 'DELETE', '/api/v1/portfolios/default');
  return { authorization: `Bearer ${writer.token}` };
};
/** @returns somebody who changed what is watched once, which is all that a user may there */
const watchedOnce = async () => {
  const writer = createUser(systemClock);
  await strict.call(writer, 'DELETE', '/api/v1/watchlist/btcusdt');
  return { authorization: `Bearer ${writer.token}` };
};
const order = (more: object = {}) =>
  JSON.stringify({ symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', quantity: '0.5', price: '68000', ...more });
/** @returns where an order is that is there */
const placed = async (bff = well) => {
  const { body } = await bff.call(user, 'POST', '/api/v1/orders', order());
  return { ...bearer, 'x-path': (body as unknown as { id: string }).id };
};
/** @returns what an order that is there was made of, under its name */
const named = async (more: object = {}) => {
  const clientOrderId = randomUUID();
  await well.call(user, 'POST', '/api/v1/orders', order({ clientOrderId }));
  return order({ clientOrderId, ...more });
};
/** @returns somebody who changed orders once, which is all that a user may there */
const orderedOnce = async () => {
  const trader = createUser(systemClock);
  await strict.call(trader, 'DELETE', '/api/v1/orders');
  return { authorization: `Bearer ${trader.token}` };
};
/** @returns somebody who watches 200 symbols */
const watchesAll = () => {
  const watcher = createUser(systemClock);
  const all = Array.from({ length: 200 }, (_, at) => ({ symbol: `c${at}usdt`, asset: `C${at}`, addedAtMs: at }));
  watchlists.keep(watcher.userId, all);
  return { authorization: `Bearer ${watcher.token}` };
};
/** @returns a link to the default portfolio, of somebody new where `owner` is one */
const sharedBy = async (owner = user): Promise<{ readonly id: string; readonly token: string }> => {
  const { body } = await well.call(owner, 'POST', '/api/v1/portfolios/default/shares', '{}');
  return body as unknown as { id: string; token: string };
};
/** @returns somebody who changed links once, which is all that a user may there */
const endedOnce = async () => {
  const owner = createUser(systemClock);
  await strict.call(owner, 'DELETE', `/api/v1/portfolios/default/shares/${randomUUID()}`);
  return { authorization: `Bearer ${owner.token}` };
};
/** @returns somebody who has as many links as there may be */
const sharesFull = async () => {
  const owner = createUser(systemClock);
  for (let made = 0; made < 20; made++) await sharedBy(owner);
  return { authorization: `Bearer ${owner.token}` };
};
/** @returns where the link to an archived portfolio was */
const archivedShare = async () => {
  const { body } = await well.call(user, 'POST', '/api/v1/portfolios', portfolio(randomUUID()));
  const { id } = body as unknown as { id: string };
  const made = await well.call(user, 'POST', `/api/v1/portfolios/${id}/shares`, '{}');
  await well.call(user, 'DELETE', `/api/v1/portfolios/${id}`);
  return { 'x-path': id, 'x-path-end': (made.body as unknown as { id: string }).id };
};
/** An operation of an account: what is sent where all is well, and how that is spoilt. */
interface OfAccount {
  readonly call: `${string} /${string}`;
  readonly statuses: readonly number[];
  readonly body?: object;
  readonly path?: string;
  /** Makes the query wrong, where there is no body to spoil. */
  readonly badQuery?: string;
  readonly badHeaders?: Record<string, string>;
  /** Default: by the access token of `user`. */
  readonly as?: Record<string, string>;
  /** Whoever asks is gone then: each time somebody else. */
  readonly ends?: boolean;
}
const response = { id: 'c-1', type: 'public-key' };
const operator = signAccessToken(
  { secret: jwtSecret, clock: systemClock },
  { userId: 'u-1', userName: 'ops', sessionId: 's-1', role: 'operator' },
  900_000,
);
const refusedAs: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  409: 'failed_precondition',
};
const waysOf = ({
  call,
  statuses,
  body,
  path = '',
  badQuery = '',
  badHeaders,
  as = bearer,
  ends = false,
}: OfAccount): Record<number, Way> => {
  const sent = body && JSON.stringify(body);
  const asker = () => (ends ? { authorization: `Bearer ${createUser(systemClock).token}` } : as);
  const headers = () => ({ ...asker(), ...(body ? json : {}), 'x-path': path });
  const [method = '', address = ''] = call.split(' ');
  const special: Record<number, Way> = {
    400: () => [well, { ...headers(), ...badHeaders, 'x-query': badQuery }, body && '{"x":1}'],
    413: () => [well, headers(), big],
    415: () => [well, { ...headers(), ...text }, 'a,b'],
    429: async () => {
      const once = new URL(address.replace(/\{\w+\}/, path), strict.url);
      await fetch(once, { method, headers: asker() });
      return [strict, headers(), sent];
    },
    503: () => [ill, headers(), sent],
  };
  const way = (status: number): Way => {
    const code = refusedAs[status];
    return code ? () => [well, { ...headers(), 'user-agent': refuses(code) }, sent] : () => [well, headers(), sent];
  };
  return Object.fromEntries(statuses.map((status) => [status, special[status] ?? way(status)]));
};
const nobody = {};
const account = '/api/v1/account';
const [read, changed] = [
  [401, 429, 503],
  [401, 403, 429, 503],
];
const sentBody = [400, 413, 415];
const waysOfAccounts: Record<string, OfAccount> = {
  giveSecondFactor: {
    call: 'POST /api/v1/auth/second-factor',
    statuses: [200, 409, ...changed, ...sentBody],
    body: { ticket: 't', kind: 'totp', code: '1' },
    as: nobody,
  },
  recoverAccount: {
    call: 'POST /api/v1/auth/recover',
    statuses: [200, ...changed, ...sentBody],
    body: { name: 'ada', code: '7k3m', password },
    as: nobody,
  },
  beginPasskeyLogin: {
    call: 'POST /api/v1/auth/passkey/options',
    statuses: [200, 403, 409, 429, 503],
    as: nobody,
  },
  logInWithPasskey: {
    call: 'POST /api/v1/auth/passkey/verify',
    statuses: [200, 409, ...changed, ...sentBody],
    body: { ticket: 't', response },
    as: nobody,
  },
  getAccount: { call: `GET ${account}`, statuses: [200, ...read] },
  changePassword: {
    call: `POST ${account}/password`,
    statuses: [200, 409, ...changed, ...sentBody],
    body: { old: password, new: password },
  },
  deleteAccount: {
    call: `DELETE ${account}`,
    statuses: [202, 400, 409, ...changed],
    badHeaders: { 'idempotency-key': 'too-short' },
    ends: true,
  },
  getDeletion: { call: 'GET /api/v1/deletions/{token}', statuses: [200, 404, 429, 503], path: '3f1c9a52', as: nobody },
  beginReauthentication: { call: `POST ${account}/reauthenticate/options`, statuses: [200, 404, 409, ...read] },
  reauthenticate: {
    call: `POST ${account}/reauthenticate`,
    statuses: [200, 409, ...changed, ...sentBody],
    body: { password },
  },
  listSessions: { call: `GET ${account}/sessions`, statuses: [200, ...read] },
  endSession: { call: `DELETE ${account}/sessions/{id}`, statuses: [200, 404, ...read], path: 's-2' },
  renewRecoveryCodes: { call: `POST ${account}/recovery-codes`, statuses: [201, ...changed] },
  beginTotp: { call: `POST ${account}/totp`, statuses: [201, 409, ...changed] },
  confirmTotp: {
    call: `POST ${account}/totp/confirm`,
    statuses: [200, 409, ...changed, ...sentBody],
    body: { code: '123456' },
  },
  removeTotp: { call: `DELETE ${account}/totp`, statuses: [200, 404, ...changed] },
  beginPasskey: { call: `POST ${account}/passkeys/options`, statuses: [200, 409, ...changed] },
  addPasskey: {
    call: `POST ${account}/passkeys`,
    statuses: [201, 409, ...changed, ...sentBody],
    body: { ticket: 't', name: 'Laptop', response },
  },
  listPasskeys: { call: `GET ${account}/passkeys`, statuses: [200, ...read] },
  removePasskey: { call: `DELETE ${account}/passkeys/{id}`, statuses: [200, 404, ...changed], path: 'p-1' },
  getAccountLog: { call: `GET ${account}/log`, statuses: [200, 400, ...read], badQuery: 'limit=0' },
  getAudit: { call: 'GET /api/v1/audit', statuses: [200, 400, ...read], badQuery: 'limit=0' },
  checkAuditLog: {
    call: `GET ${account}/log/check`,
    statuses: [200, 400, ...changed],
    badQuery: 'after=x',
    as: { authorization: `Bearer ${operator.token}` },
  },
};
const ofBtc = { 'x-path': 'btcusdt' };
const ways: Record<string, Record<number, Way>> = {
  ...Object.fromEntries(Object.entries(waysOfAccounts).map(([id, one]) => [id, waysOf(one)])),
  register: {
    201: () => [well, json, JSON.stringify({ name: `doc-${randomUUID().slice(0, 8)}`, password })],
    400: () => [well, json, '{"name":"x"}'],
    403: () => [well, { ...json, ...foreign }, '{}'],
    409: async () => [well, json, await register(well)],
    413: () => [well, json, big],
    415: () => [well, text, 'a,b'],
    429: twice('/api/v1/auth/register'),
    503: () => [ill, json, JSON.stringify({ name: 'somebody', password })],
  },
  logIn: {
    200: async () => [well, json, await register(well)],
    400: () => [well, json, '{"name":1}'],
    401: () => [well, json, JSON.stringify({ name: 'nobody', password })],
    403: () => [well, { ...json, ...foreign }, '{}'],
    413: () => [well, json, big],
    415: () => [well, text, 'a,b'],
    429: twice('/api/v1/auth/login'),
    503: () => [ill, json, JSON.stringify({ name: 'somebody', password })],
  },
  refreshTokens: {
    200: async () => [well, await cookieOf(well)],
    401: () => [well, {}],
    403: () => [well, foreign],
    409: () => [well, { cookie: `refreshToken=${lateToken}` }],
    429: twice('/api/v1/auth/refresh'),
    503: () => [ill, { cookie: 'refreshToken=x' }],
  },
  getCookieState: {
    200: async () => [well, await cookieOf(well)],
    403: () => [well, foreign],
    429: async () => {
      await strict.call(undefined, 'GET', '/api/v1/auth/cookie');
      return [strict, {}];
    },
  },
  logOut: {
    200: async () => [well, await cookieOf(well)],
    403: () => [well, foreign],
    429: twice('/api/v1/auth/logout'),
    503: () => [ill, { cookie: 'refreshToken=x' }],
  },
  logOutEverywhere: {
    200: () => [well, { authorization: `Bearer ${createUser(systemClock).token}` }],
    401: () => [well, {}],
    403: () => [well, { ...bearer, ...foreign }],
    429: twice('/api/v1/auth/logout-everywhere'),
    503: () => [ill, bearer],
  },
  getValueHistory: {
    200: () => [well, bearer],
    400: () => [well, { ...bearer, 'x-query': 'range=2h' }],
    401: () => [well, {}],
    429: () => [full, bearer],
    503: () => [ill, bearer],
  },
  getDayOpens: {
    200: () => [well, { ...bearer, 'x-query': 'portfolioId=all' }],
    400: () => [well, { ...bearer, 'x-query': 'portfolioId=' }],
    401: () => [well, {}],
    404: () => [well, { ...bearer, 'x-query': 'portfolioId=none' }],
    409: async () => [well, { ...bearer, 'x-query': `portfolioId=${await paperElsewhere()}` }],
    429: () => [full, bearer],
    503: () => [ill, bearer],
  },
  getDayTrails: {
    200: () => [well, bearer],
    401: () => [well, {}],
    429: () => [full, bearer],
    503: () => [ill, bearer],
  },
  getBasis: {
    200: () => [well, { ...bearer, ...basis }],
    400: () => [well, { ...bearer, 'x-query': 'at=yesterday' }],
    401: () => [well, basis],
    404: () => [well, { ...bearer, 'x-query': `${basis['x-query']}&portfolioId=none` }],
    409: async () => [well, { ...bearer, 'x-query': `${basis['x-query']}&portfolioId=${await paperElsewhere()}` }],
    429: () => [full, { ...bearer, ...basis }],
    503: () => [ill, { ...bearer, ...basis }],
  },
  getHeldValueHistory: {
    200: () => [well, bearer],
    400: () => [well, { ...bearer, 'x-query': 'range=2h' }],
    401: () => [well, {}],
    429: () => [full, bearer],
    503: () => [ill, bearer],
  },
  listTickers: { 200: () => [well, { 'x-query': 'spark=true' }], 400: () => [well, { 'x-query': 'limit=0' }] },
  getTicker: {
    200: () => [well, ofBtc],
    404: () => [well, { 'x-path': 'nosuchusdt' }],
    503: () => [well, { 'x-path': 'dogeusdt' }],
  },
  listKlines: {
    200: () => [well, { ...bearer, ...ofBtc }],
    400: () => [well, { ...bearer, ...ofBtc, 'x-query': 'limit=0' }],
    401: () => [well, ofBtc],
    404: () => [well, { ...bearer, 'x-path': 'nosuchusdt' }],
    429: () => [full, { ...bearer, ...ofBtc }],
    503: () => [ill, { ...bearer, ...ofBtc }],
  },
  leaseSymbol: {
    200: () => [well, { ...bearer, ...ofBtc }],
    401: () => [well, ofBtc],
    404: () => [well, { ...bearer, 'x-path': 'nosuchusdt' }],
    422: () => [well, { ...bearer, 'x-path': 'oldusdt' }],
    429: async () => {
      const looker = createUser(systemClock);
      await postgres.db.execute(sql`insert into symbol_leases (user_id, symbol, quote_asset, until)
        select ${looker.userId}, 'coin' || at || 'usdt', 'usdt', now() + interval '1 minute' from generate_series(1, 10) as at`);
      return [well, { authorization: `Bearer ${looker.token}`, ...ofBtc }];
    },
    503: () => [ill, { ...bearer, ...ofBtc }],
  },
  endLease: {
    200: () => [well, { ...bearer, ...ofBtc }],
    401: () => [well, ofBtc],
    503: () => [ill, { ...bearer, ...ofBtc }],
  },
  getTrails: { 200: () => [well, bearer], 401: () => [well, {}], 429: () => [full, bearer], 503: () => [ill, bearer] },
  getCandles: {
    200: () => [well, { ...bearer, 'x-path': 'btcusdt' }],
    400: () => [well, { ...bearer, 'x-path': 'btcusdt', 'x-query': 'range=2h' }],
    401: () => [well, { 'x-path': 'btcusdt' }],
    404: () => [well, { ...bearer, 'x-path': 'nothing' }],
    429: () => [full, { ...bearer, 'x-path': 'btcusdt' }],
    503: () => [strict, { ...bearer, 'x-path': 'btcusdt' }],
  },
  getFrame: { 200: () => [well, bearer], 401: () => [well, {}], 429: () => [full, bearer], 503: () => [ill, bearer] },
  getReceipt: { 200: () => [well, bearer], 401: () => [well, {}], 429: () => [full, bearer], 503: () => [ill, bearer] },
  listSymbols: { 200: () => [well, {}], 400: () => [well, { 'x-query': 'fresh=no' }], 503: () => [ill, {}] },
  getProfile: { 200: () => [well, bearer], 401: () => [well, {}], 429: () => [full, bearer], 503: () => [ill, bearer] },
  createProfile: {
    201: () => [well, bearer],
    401: () => [well, {}],
    429: () => [full, bearer],
    503: () => [ill, bearer],
  },
  changeCoin: {
    200: () => [well, { ...bearer, ...json }, coin('btcusdt')],
    400: () => [well, { ...bearer, ...json }, coin('btcusdt', '1e3')],
    401: () => [well, json, coin('btcusdt')],
    409: () => [well, { ...bearer, ...json }, coin('btcusdt', '-1000')],
    413: () => [well, { ...bearer, ...json }, big],
    415: () => [well, { ...bearer, ...text }, 'a,b'],
    422: () => [well, { ...bearer, ...json }, coin('nosuch')],
    429: async () => [strict, { ...(await wroteOnce()), ...json }, coin('btcusdt')],
    503: () => [ill, { ...bearer, ...json }, coin('btcusdt')],
    504: () => [late, { ...bearer, ...json }, coin('btcusdt')],
  },
  removeCoin: {
    200: async () => {
      await well.call(user, 'POST', '/api/v1/profile/coins', coin('ethusdt'));
      return [well, { ...bearer, ...json }, '{"symbol":"ethusdt"}'];
    },
    400: () => [well, { ...bearer, ...json }, '{}'],
    401: () => [well, json, '{"symbol":"ethusdt"}'],
    404: () => [well, { ...bearer, ...json }, '{"symbol":"bnbusdt"}'],
    409: async () => {
      const key = { 'idempotency-key': randomUUID() };
      await well.call(user, 'POST', '/api/v1/profile/coins', coin('btcusdt'), key);
      return [well, { ...bearer, ...json, ...key }, '{"symbol":"btcusdt"}'];
    },
    429: async () => [strict, { ...(await wroteOnce()), ...json }, '{"symbol":"btcusdt"}'],
    413: () => [well, { ...bearer, ...json }, big],
    415: () => [well, { ...bearer, ...text }, 'a,b'],
    503: () => [ill, { ...bearer, ...json }, '{"symbol":"ethusdt"}'],
    504: () => [late, { ...bearer, ...json }, '{"symbol":"btcusdt"}'],
  },
  undoChange: {
    200: async () => [well, { ...bearer, 'x-path': await written() }],
    401: () => [well, { 'x-path': 'any' }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    409: async () => {
      const change = await written();
      await well.call(user, 'DELETE', '/api/v1/profile/coins', '{"symbol":"btcusdt"}');
      return [well, { ...bearer, 'x-path': change }];
    },
    429: async () => [strict, { ...(await wroteOnce()), 'x-path': 'any' }],
    503: () => [ill, { ...bearer, 'x-path': randomUUID() }],
    504: () => [late, { ...bearer, 'x-path': lateChange }],
  },
  listPortfolios: {
    200: () => [well, bearer],
    400: () => [well, { ...bearer, 'x-query': 'limit=0' }],
    401: () => [well, {}],
    503: () => [ill, bearer],
  },
  createPortfolio: {
    201: () => [well, { ...bearer, ...json }, portfolio(randomUUID())],
    400: () => [well, { ...bearer, ...json }, '{}'],
    401: () => [well, json, portfolio('Any')],
    409: async () => [well, { ...bearer, ...json }, await keptPortfolio()],
    413: () => [well, { ...bearer, ...json }, big],
    415: () => [well, { ...bearer, ...text }, 'a,b'],
    422: () => [well, { ...bearer, ...json }, portfolio('Any', { baseCurrency: 'XYZ' })],
    429: async () => [strict, { ...(await archivedOnce()), ...json }, portfolio('Any')],
    503: () => [ill, { ...bearer, ...json }, portfolio('Any')],
    504: () => [late, { ...bearer, ...json }, portfolio('Any')],
  },
  placeOrder: {
    200: async () => [well, { ...bearer, ...json }, await named()],
    201: () => [well, { ...bearer, ...json }, order()],
    202: () => [full, { ...bearer, ...json }, order()],
    400: () => [well, { ...bearer, ...json }, order({ quantity: 0.5 })],
    401: () => [well, json, order()],
    404: () => [well, { ...bearer, ...json }, order({ portfolioId: 'nowhere' })],
    409: async () => [well, { ...bearer, ...json }, await named({ quantity: '0.6' })],
    413: () => [well, { ...bearer, ...json }, big],
    415: () => [well, { ...bearer, ...text }, 'a,b'],
    422: () => [well, { ...bearer, ...json }, order({ symbol: 'nosuch' })],
    429: async () => [strict, { ...(await orderedOnce()), ...json }, order()],
    503: () => [ill, { ...bearer, ...json }, order()],
    504: () => [late, { ...bearer, ...json }, order()],
  },
  testOrder: {
    200: () => [well, { ...bearer, ...json }, order()],
    400: () => [well, { ...bearer, ...json }, '{}'],
    401: () => [well, json, order()],
    404: () => [well, { ...bearer, ...json }, order({ portfolioId: 'nowhere' })],
    409: () => [well, { ...bearer, ...json }, order({ portfolioId: 'archived' })],
    413: () => [well, { ...bearer, ...json }, big],
    415: () => [well, { ...bearer, ...text }, 'a,b'],
    422: () => [well, { ...bearer, ...json }, order({ symbol: 'nosuch' })],
    429: async () => [strict, { ...(await orderedOnce()), ...json }, order()],
    503: () => [ill, { ...bearer, ...json }, order()],
  },
  listOrders: {
    200: () => [well, bearer],
    400: () => [well, { ...bearer, 'x-query': 'status=lost' }],
    401: () => [well, {}],
    404: () => [well, { ...bearer, 'x-query': 'portfolioId=nowhere' }],
    503: () => [ill, bearer],
  },
  getOrder: {
    200: async () => [well, await placed()],
    401: () => [well, { 'x-path': randomUUID() }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    503: () => [ill, { ...bearer, 'x-path': randomUUID() }],
  },
  cancelOrder: {
    200: async () => [well, await placed()],
    202: async () => [full, await placed(full)],
    401: () => [well, { 'x-path': randomUUID() }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    409: async () => {
      const there = await placed();
      await well.call(user, 'DELETE', `/api/v1/orders/${there['x-path']}`);
      return [well, there];
    },
    429: async () => [strict, { ...(await orderedOnce()), 'x-path': randomUUID() }],
    503: () => [ill, { ...bearer, 'x-path': randomUUID() }],
    504: () => [late, { ...bearer, 'x-path': randomUUID() }],
  },
  cancelOrders: {
    200: () => [well, { ...bearer, 'x-query': 'symbol=dogeusdt' }],
    400: () => [well, { ...bearer, 'x-query': 'status=open' }],
    401: () => [well, {}],
    404: () => [well, { ...bearer, 'x-query': 'portfolioId=nowhere' }],
    429: async () => [strict, await orderedOnce()],
    503: () => [ill, bearer],
    504: () => [late, bearer],
  },
  listFills: {
    200: async () => [well, await placed()],
    400: async () => [well, { ...(await placed()), 'x-query': 'limit=0' }],
    401: () => [well, { 'x-path': randomUUID() }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    503: () => [ill, { ...bearer, 'x-path': randomUUID() }],
  },
  listOrderEvents: {
    200: async () => [well, await placed()],
    400: async () => [well, { ...(await placed()), 'x-query': 'limit=0' }],
    401: () => [well, { 'x-path': randomUUID() }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    503: () => [ill, { ...bearer, 'x-path': randomUUID() }],
  },
  getOrderProof: {
    200: async () => [well, await placed()],
    401: () => [well, { 'x-path': randomUUID() }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    503: () => [ill, { ...bearer, 'x-path': randomUUID() }],
  },
  getWatchlist: { 200: () => [well, bearer], 401: () => [well, {}], 503: () => [ill, bearer] },
  addToWatchlist: {
    200: () => [well, { ...bearer, ...ofBtc }],
    401: () => [well, ofBtc],
    404: () => [well, { ...bearer, 'x-path': 'nosuchusdt' }],
    409: () => [well, { ...watchesAll(), ...ofBtc }],
    422: () => [well, { ...bearer, 'x-path': 'oldusdt' }],
    429: async () => [strict, { ...(await watchedOnce()), ...ofBtc }],
    503: () => [ill, { ...bearer, ...ofBtc }],
  },
  removeFromWatchlist: {
    200: () => [well, { ...bearer, ...ofBtc }],
    401: () => [well, ofBtc],
    404: () => [well, { ...bearer, 'x-path': 'nosuchusdt' }],
    429: async () => [strict, { ...(await watchedOnce()), ...ofBtc }],
    503: () => [ill, { ...bearer, ...ofBtc }],
  },
  getPortfolio: {
    200: () => [well, { ...bearer, 'x-path': 'default' }],
    401: () => [well, { 'x-path': 'default' }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    503: () => [ill, { ...bearer, 'x-path': 'default' }],
  },
  updatePortfolio: {
    200: () => [well, { ...toDefault, ...json }, '{"costMethod":"LIFO"}'],
    400: () => [well, { ...toDefault, ...json }, '{"name":1}'],
    401: () => [well, { ...json, 'x-path': 'default' }, '{"costMethod":"LIFO"}'],
    404: () => [well, { ...bearer, ...json, 'x-path': randomUUID() }, '{"costMethod":"LIFO"}'],
    409: async () => [
      well,
      { ...toDefault, ...json },
      JSON.stringify({ name: JSON.parse(await keptPortfolio()).name }),
    ],
    413: () => [well, { ...toDefault, ...json }, big],
    415: () => [well, { ...toDefault, ...text }, 'a,b'],
    422: () => [well, { ...toDefault, ...json }, '{"baseCurrency":"XYZ"}'],
    429: async () => [strict, { ...(await archivedOnce()), ...json, 'x-path': 'default' }, '{"costMethod":"LIFO"}'],
    503: () => [ill, { ...toDefault, ...json }, '{"costMethod":"LIFO"}'],
    504: () => [late, { ...toDefault, ...json }, '{"costMethod":"LIFO"}'],
  },
  archivePortfolio: {
    200: async () => {
      const { body } = await well.call(user, 'POST', '/api/v1/portfolios', portfolio(randomUUID()));
      return [well, { ...bearer, 'x-path': (body as unknown as { id: string }).id }];
    },
    401: () => [well, { 'x-path': 'default' }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    409: () => [well, toDefault],
    429: async () => [strict, { ...(await archivedOnce()), 'x-path': 'default' }],
    503: () => [ill, toDefault],
    504: () => [late, toDefault],
  },
  listShares: {
    200: () => [well, toDefault],
    401: () => [well, { 'x-path': 'default' }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    503: () => [ill, toDefault],
  },
  createShare: {
    201: () => [well, { ...toDefault, ...json }, '{}'],
    400: () => [well, { ...toDefault, ...json }, '{"expiresAt":"2020-01-01T00:00:00Z"}'],
    401: () => [well, { ...json, 'x-path': 'default' }, '{}'],
    404: () => [well, { ...bearer, ...json, 'x-path': randomUUID() }, '{}'],
    409: async () => [well, { ...(await sharesFull()), ...json, 'x-path': 'default' }, '{}'],
    413: () => [well, { ...toDefault, ...json }, big],
    415: () => [well, { ...toDefault, ...text }, 'a,b'],
    429: async () => [strict, { ...(await endedOnce()), ...json, 'x-path': 'default' }, '{}'],
    503: () => [ill, { ...toDefault, ...json }, '{}'],
    504: () => [late, { ...toDefault, ...json }, '{}'],
  },
  endShare: {
    200: async () => [well, { ...toDefault, 'x-path-end': (await sharedBy()).id }],
    401: () => [well, { 'x-path': 'default', 'x-path-end': randomUUID() }],
    404: () => [well, { ...toDefault, 'x-path-end': randomUUID() }],
    409: async () => [well, { ...bearer, ...(await archivedShare()) }],
    429: async () => [strict, { ...(await endedOnce()), 'x-path': 'default', 'x-path-end': randomUUID() }],
    503: () => [ill, { ...toDefault, 'x-path-end': randomUUID() }],
    504: () => [late, { ...toDefault, 'x-path-end': randomUUID() }],
  },
  getSharedPortfolio: {
    200: async () => [well, { 'x-path': (await sharedBy()).token }],
    404: () => [well, { 'x-path': 'nothing' }],
    429: async () => {
      await strict.call(undefined, 'GET', '/api/v1/shares/nothing');
      return [strict, { 'x-path': 'nothing' }];
    },
    503: () => [ill, { 'x-path': 'nothing' }],
  },
  getBalances: {
    200: () => [well, { ...bearer, 'x-path': 'default' }],
    401: () => [well, { 'x-path': 'default' }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    503: () => [ill, toDefault],
  },
  getPortfolioReceipt: {
    200: () => [well, toDefault],
    401: () => [well, { 'x-path': 'default' }],
    404: () => [well, { ...bearer, 'x-path': randomUUID() }],
    409: async () => [well, { ...bearer, 'x-path': await paperElsewhere() }],
    429: () => [full, toDefault],
    503: () => [ill, toDefault],
  },
  fundPortfolio: {
    200: async () => [well, { ...bearer, ...json, 'x-path': await paperPortfolio() }, cash],
    400: () => [well, { ...toDefault, ...json }, '{}'],
    401: () => [well, { ...json, 'x-path': 'default' }, cash],
    404: () => [well, { ...bearer, ...json, 'x-path': randomUUID() }, cash],
    409: () => [well, { ...toDefault, ...json }, cash],
    413: () => [well, { ...toDefault, ...json }, big],
    415: () => [well, { ...toDefault, ...text }, 'a,b'],
    422: async () => [well, { ...bearer, ...json, 'x-path': await paperPortfolio() }, '{"asset":"xyz","quantity":"1"}'],
    429: async () => [strict, { ...(await archivedOnce()), ...json, 'x-path': 'default' }, cash],
    503: () => [ill, { ...toDefault, ...json }, cash],
    504: () => [late, { ...toDefault, ...json }, cash],
  },
  transfer: {
    201: async () => [well, { ...bearer, ...json }, transfer(await paperPortfolio(), await paperPortfolio())],
    400: () => [well, { ...bearer, ...json }, '{}'],
    401: () => [well, json, transfer('default', 'default')],
    404: async () => [well, { ...bearer, ...json }, transfer(await paperPortfolio(), randomUUID())],
    409: async () => [well, { ...bearer, ...json }, transfer('default', await paperPortfolio())],
    413: () => [well, { ...bearer, ...json }, big],
    415: () => [well, { ...bearer, ...text }, 'a,b'],
    429: async () => [strict, { ...(await transferredOnce()), ...json }, transfer('default', 'default')],
    503: () => [ill, { ...bearer, ...json }, transfer('default', 'default')],
    504: async () => [late, { ...bearer, ...json }, transfer(await paperPortfolio(), await paperPortfolio())],
  },
  getHealth: { 200: () => [well, {}] },
  getReadiness: { 200: () => [well, {}], 503: () => [ill, {}] },
  getMetrics: { 200: () => [well, {}] },
  watchPortfolio: {
    400: () => [well, { ...bearer, ...upgrade, 'sec-websocket-key': 'short' }],
    401: () => [well, upgrade],
    403: () => [well, { ...bearer, ...upgrade, ...foreign }],
    426: () => [well, bearer],
    503: () => [full, { ...bearer, ...upgrade }],
  },
  watchDemoPortfolio: {
    400: () => [well, { ...upgrade, 'sec-websocket-key': 'short' }],
    403: () => [well, { ...upgrade, ...foreign }],
    426: () => [well, {}],
    429: async () => {
      for (let place = 0; place < 8; place++) await holdDemo();
      return [well, upgrade];
    },
    503: () => [full, upgrade],
  },
};
/** Stays open until the BFF is closed. */
const holdDemo = () =>
  new Promise<void>((resolve, reject) => {
    const asked = request(`${well.url}/api/v1/ws/demo`, { headers: upgrade });
    asked.on('upgrade', () => resolve()).on('error', reject);
    asked.end();
  });
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

/** By node:http, which unlike fetch sends the headers of an upgrade too. */
const ask = async (call: string, [bff, headers, body]: Awaited<ReturnType<Way>>): Promise<Given> => {
  const [method, path = ''] = call.split(' ');
  const address =
    path.replace(/\{\w+\}/, headers['x-path'] ?? '').replace(/\{\w+\}/, headers['x-path-end'] ?? '') +
    (headers['x-query'] ? `?${headers['x-query']}` : '');
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const asked = request(`${bff.url}${address}`, { method, headers: { ...headers, ...length } });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve);
    asked.on('upgrade', () => reject(new Error('upgraded')));
    asked.on('error', reject);
    asked.end(body);
  });
  let received = '';
  for await (const chunk of answer) received += chunk;
  const type = answer.headers['content-type']?.split(';')[0] ?? '';
  return { status: answer.statusCode ?? 0, type, body: type.endsWith('json') ? JSON.parse(received) : received };
};

/** What is wrong with an answer, by the document; empty when it is as documented. */
const faultsOf = (operation: Operation, { status, type, body }: Given): unknown[] => {
  const { content } = operation.responses[status] ?? {};
  const { schema } = content?.[type] ?? {};
  if (!schema) return [`${status} with ${type} is not documented`];
  const form = schema.$ref === '#/components/schemas/Problem' ? document.components.schemas.Problem : schema;
  return Check(form, body) ? [] : Errors(form, body)[1];
};

describe('the OpenAPI document', () => {
  it('names every operation, once, and gives each answer a description and a form', () => {
    expect([...documented.keys()].sort()).toEqual(Object.keys(ways).sort());
    for (const { call, summary, responses } of documented.values()) {
      expect(summary, call).toMatch(/^[A-Z]/);
      for (const { description, content } of Object.values(responses)) {
        expect(description, call).toMatch(/\.$/);
        expect(Object.values(content ?? {}), call).toHaveLength(1);
      }
    }
  });

  it('has those calls twice, the second time as deprecated, that customers know by other addresses', () => {
    expect(aliased.length).toBeGreaterThan(5);
    for (const { 'x-alias-of': name = '', operationId, ...alias } of aliased) {
      const { call, summary, ...rest } = documented.get(name) ?? expect.unreachable();
      expect(operationId).toBe(`${name}Alias`);
      const description = expect.stringContaining(call);
      expect(alias).toEqual({
        ...rest,
        operationId: undefined,
        deprecated: true,
        summary: `${summary} (alias)`,
        description,
      });
    }
  });

  const cases = Object.entries(ways).flatMap(([id, answers]) =>
    Object.keys(answers).map((status) => [id, Number(status)] as const),
  );
  it.each(cases)('is kept by %s, which answers %i as it says', async (id, status) => {
    const operation = documented.get(id);
    const way = ways[id]?.[status];
    if (!operation || !way) throw new Error(`${id} is not documented`);
    const given = await ask(operation.call, await way());
    expect(given.status, JSON.stringify(given.body)).toBe(status);
    expect(faultsOf(operation, given)).toEqual([]);
  });

  const wrong = {
    limit: { texts: ['-1', '0', 'abc', '1e3', '', '99999'], words: /^must be a whole number from 1 to \d+$/ },
    cursor: { texts: ['bm93aGVyZQ', 'x'.repeat(300)], words: /^must be `next` of the page before$/ },
    time: { texts: ['yesterday', '', '1e3'], words: /^must be a time such as 2026-01-27T10:00:00Z/ },
  };
  it('has the same words for a wrong limit, cursor or time, whatever is asked for', async () => {
    const found = new Set<string>();
    const [there, ofOrder] = [await placed(), new Set(['listFills', 'listOrderEvents'])];
    for (const { call, operationId, parameters = [] } of documented.values())
      for (const { name, in: place, schema } of parameters) {
        const isTime = schema.format === 'date-time' || name === 'from' || name === 'to';
        if (place !== 'query' || !(isTime || name === 'limit' || name === 'cursor')) continue;
        const { texts, words } = wrong[isTime ? 'time' : (name as 'limit' | 'cursor')];
        for (const text of texts) {
          const query = {
            'x-path': ofOrder.has(operationId) ? there['x-path'] : 'btcusdt',
            'x-query': `${name}=${encodeURIComponent(text)}`,
          };
          const { status, body } = await ask(call, [well, { ...bearer, ...query }]);
          // The account's log is read by the service that this one has a stand-in for.
          if (status === 200 && ['getAccountLog', 'getAudit'].includes(operationId)) continue;
          const { errors = [] } = body as { errors?: readonly { field: string; message: string }[] };
          const told = errors.find(({ field }) => field === name)?.message;
          expect([operationId, text, status, told]).toEqual([operationId, text, 400, expect.stringMatching(words)]);
          found.add(name);
        }
      }
    expect([...found].sort()).toEqual(['after', 'at', 'cursor', 'from', 'limit', 'to']);
  });

  it('is committed in api/, as is that of the WebSocket, so that a change of what clients see is seen', async () => {
    // In the order of the alphabet: which route was made first means nothing.
    const inOrder = (paths: object) => Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
    const text = `${JSON.stringify({ ...document, paths: inOrder(document.paths) }, null, 2)}\n`;
    await expect(text, 'run "make docs"').toMatchFileSnapshot('../../api/openapi.json');
    expect(JSON.parse((await well.call(undefined, 'GET', '/asyncapi.json')).text)).toEqual(
      JSON.parse(JSON.stringify(asyncApi())),
    );
  });

  it('promises no answer that is not asked for above', () => {
    for (const [id, { responses }] of documented) {
      const asked = Object.keys(ways[id] ?? {});
      expect([id, Object.keys(responses).sort()]).toEqual([
        id,
        [...asked, ...(id.startsWith('watch') ? ['101'] : [])].sort(),
      ]);
    }
  });

  it('is kept by the frames of the WebSocket, with a price and without, real and simulated', async () => {
    const operation = documented.get('watchPortfolio');
    if (!operation) throw new Error('not documented');
    const owner = createUser(systemClock);
    for (const symbol of ['bnbusdt', 'dogeusdt']) await well.call(owner, 'POST', '/api/v1/profile/coins', coin(symbol));
    well.publish('bnbusdt', '600');
    const socket = await openSocket(well.wsUrl, owner);
    await socket.next((frame) => frame.TotalValue === '600');
    well.aggregator.simulated = true;
    await socket.next((frame) => frame.Simulated === true);
    for (const body of socket.messages)
      expect(faultsOf(operation, { status: 101, type: 'application/json', body })).toEqual([]);
    expect(
      faultsOf(operation, { status: 101, type: 'application/json', body: { ...socket.messages[0], Other: 1 } }),
    ).not.toEqual([]);
    await socket.close();
    well.aggregator.simulated = false;
    await until(async () => (await well.call(undefined, 'GET', '/ready')).body.simulated === false);
  });
});
