import { randomUUID } from 'node:crypto';
import { type GetPortfolioRequest, PortfolioServiceClient, PortfolioServiceService } from '@tickfolio/gen/portfolio/v1';
import { HoldingServiceClient, HoldingServiceService } from '@tickfolio/gen/portfolio/v1/holding';
import { ReservationServiceClient, ReservationServiceService } from '@tickfolio/gen/portfolio/v1/reservation';
import { ShareServiceClient, ShareServiceService } from '@tickfolio/gen/portfolio/v1/share';
import { WatchlistServiceClient, WatchlistServiceService } from '@tickfolio/gen/portfolio/v1/watchlist';
import { AppError } from '@tickfolio/lib/errors';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import type { Postgres } from '@tickfolio/lib/postgres';
import { services } from '@tickfolio/services/registry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedDatabase } from './kit/database.js';
import { connectHoldings } from './kit/holdings.js';
import { startTestPortfolio } from './kit/portfolio.js';

interface Method {
  readonly path: string;
  requestDeserialize(bytes: Buffer): object;
}
type Request = Record<string, unknown>;

/** Something that can be asked for, for whatever is no portfolio. */
const sound: Request = {
  asset: 'USDT',
  quantity: '1',
  amount: '1',
  symbol: 'btcusdt',
  by: '1',
  kind: 'order',
  changeId: randomUUID(),
  reservationId: randomUUID(),
  idempotencyKey: randomUUID(),
};

/** What each service is called by; its methods are looked up by their names. */
type AnyClient = typeof PortfolioServiceClient;
const faces: readonly { readonly methods: Readonly<Record<string, Method>>; readonly Client: AnyClient }[] = [
  { methods: PortfolioServiceService, Client: PortfolioServiceClient },
  { methods: HoldingServiceService, Client: HoldingServiceClient as unknown as AnyClient },
  { methods: ReservationServiceService, Client: ReservationServiceClient as unknown as AnyClient },
  { methods: ShareServiceService, Client: ShareServiceClient as unknown as AnyClient },
  { methods: WatchlistServiceService, Client: WatchlistServiceClient as unknown as AnyClient },
];
/** The calls of users that name a portfolio, by each field in which they do. A new one is among them by itself. */
const calls = faces.flatMap(({ methods, Client }) =>
  Object.entries(methods).flatMap(([name, { path, requestDeserialize }]) => {
    const empty = requestDeserialize(Buffer.alloc(0)) as Request;
    const isOfUser = 'owner' in empty || 'userId' in empty;
    const fields = Object.keys(empty).filter((field) => /portfolioId$/i.test(field));
    return isOfUser ? fields.map((field) => ({ at: `${path} ${field}`, name, Client, empty, field, fields })) : [];
  }),
);

let postgres: Postgres;
let service: Awaited<ReturnType<typeof startTestPortfolio>>;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
  service = await startTestPortfolio(postgres);
  const holdings = connectHoldings(service.app.port);
  await holdings.begin(0);
  holdings.close();
});
afterAll(async () => {
  await service.close();
  await postgres.close();
});

const ask = async ({ Client, name, empty, field, fields }: (typeof calls)[number], userId: string, id: string) => {
  const client = createGrpcClient(Client, `127.0.0.1:${service.app.port}`);
  const given = Object.fromEntries(Object.keys(empty).flatMap((key) => (key in sound ? [[key, sound[key]]] : [])));
  const own = Object.fromEntries(fields.map((other) => [other, other === field ? id : 'default']));
  const who = 'owner' in empty ? { owner: { userId, simulatedPrices: false } } : { userId };
  const request = { ...empty, ...given, idempotencyKey: randomUUID(), ...own, ...who };
  const method = client[name as 'get'];
  const options = { deadlineMs: 60_000, waitForReady: true };
  try {
    return await callUnary(client, method, request as unknown as GetPortfolioRequest, options).then(
      () => 'done',
      (err: unknown) => (err instanceof AppError ? `${err.code} ${err.problem ?? ''} ${err.message}` : String(err)),
    );
  } finally {
    client.close();
  }
};

it('looks at every service of this one but that of its events, which names no portfolio', () => {
  const looked = faces.map(({ methods }) => Object.values(methods)[0]?.path.split('/')[1]);
  expect([...looked, 'portfolio.v1.EventService'].sort()).toEqual(
    [...(services.portfolio.grpc?.services ?? [])].sort(),
  );
  expect(calls.length).toBeGreaterThan(10);
});

it.each(calls.map((call) => [call.at, call] as const))(
  "another user's portfolio is as if it were not there, in %s",
  async (_at, call) => {
    const [owner, other] = [service.somebody(), service.somebody()];
    const { id } = await owner.create({ name: 'Mine', kind: 'paper' });
    await owner.fund(id, '100');
    await other.list();
    const before = [await owner.list(), await owner.balances(id)];
    const [missing, foreign] = [await ask(call, other.userId, randomUUID()), await ask(call, other.userId, id)];
    expect(foreign).toMatch(/^not_found /);
    expect(foreign).toBe(missing);
    expect([await owner.list(), await owner.balances(id)]).toEqual(before);
    expect(await ask(call, owner.userId, id)).not.toBe(foreign);
  },
);
