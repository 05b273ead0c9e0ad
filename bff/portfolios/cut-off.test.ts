import { type FundRequest, type FundResponse, PortfolioServiceService } from '@tickfolio/gen/portfolio/v1';
import { type ChangeCoinRequest, type CoinChange, HoldingServiceService } from '@tickfolio/gen/portfolio/v1/holding';
import { sleep, systemClock } from '@tickfolio/lib/clock';
import { createGrpcServer } from '@tickfolio/lib/grpc';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { startTestAddress } from '@tickfolio/lib/kit/postgres-address';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, expect, it } from 'vitest';
import { createHoldingClient } from '../adoption/holding-client.js';
import { createUser, openTestPostgres, startTestBff } from '../kit/bff.js';
import { createPortfolioClient } from './portfolio-client.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** A portfolio service that does each change once, and whose connection breaks after the first, before its answer. */
const serve = async ({ thenAway = false } = {}) => {
  const answers = new Map<string, unknown>();
  let isCut = false;
  const nowhere = await freePort();
  const server = createGrpcServer({ log: silentLogger(), drainMs: 100 });
  const unused = server.unary(() => Promise.reject(new Error('not used')));
  const once = async <Answer>(key: string, make: () => Answer): Promise<Answer> => {
    const answer = (answers.get(key) as Answer | undefined) ?? make();
    answers.set(key, answer);
    if (isCut) return answer;
    isCut = true;
    if (thenAway) address.pointTo(nowhere);
    address.cutOne(() => 0);
    return new Promise(() => undefined);
  };
  let available = 0;
  const add = (quantity: string) => {
    available += Number(quantity);
    return String(available);
  };
  server.addService(PortfolioServiceService, {
    ...{ create: unused, list: unused, get: unused, update: unused, archive: unused, transfer: unused },
    ...{ getBalances: unused, positions: unused },
    fund: server.unary<FundRequest, FundResponse>(({ asset, quantity, idempotencyKey }) =>
      once(idempotencyKey, () => ({ asset, available: add(quantity), reserved: '0', version: 1 })),
    ),
  });
  server.addService(HoldingServiceService, {
    ...{ removeCoin: unused, undoChange: unused, listCoins: unused, beginAdoption: unused, adoptHoldings: unused },
    changeCoin: server.unary<ChangeCoinRequest, CoinChange>(({ by, idempotencyKey }) =>
      once(idempotencyKey, () => ({ id: 'c', coin: undefined, before: '0', after: add(by), portfolioId: 'p' })),
    ),
  });
  open.push(server);
  const port = await server.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT');
  const address = await startTestAddress(port);
  open.push(address);
  const where = { clock: systemClock, target: `127.0.0.1:${address.port}` };
  return { where, back: () => address.pointTo(port), held: () => available };
};
const give = async (
  portfolio: ReturnType<typeof createPortfolioClient>,
  options: Parameters<typeof startTestBff>[0]['options'] = {},
) => {
  open.push(portfolio);
  const bff = await startTestBff({ postgres: await openTestPostgres(), played: { portfolio }, options });
  open.push(bff);
  const user = createUser(systemClock);
  return (key: string) =>
    bff.call(user, 'POST', '/api/v1/portfolios/p/fund', { asset: 'USDT', quantity: '5' }, { 'idempotency-key': key });
};

it('paper money that was given before the connection broke is asked for once more under its key, and was given once', async () => {
  const { where, held } = await serve();
  const fund = await give(createPortfolioClient(where));
  const { status, body } = await fund('key-1');
  expect([status, body]).toMatchObject([200, { available: '5' }]);
  expect(held()).toBe(5);
});

it('paper money of which nobody says any more whether it was given is 504 with the key, as what is too late, and is given once', async () => {
  const { where, back, held } = await serve({ thenAway: true });
  const fund = await give(createPortfolioClient(where));
  const unknown = await fund('key-2');
  expect([unknown.status, unknown.body.type, unknown.body.detail]).toEqual([
    504,
    expect.stringMatching(/deadline-exceeded$/),
    'Portfolios did not answer in time, so it is not known whether this was done. ' +
      'Asked for again with the Idempotency-Key key-2, it is done once, and the answer says what happened.',
  ]);
  // What finds no connection was not done.
  expect((await fund('key-3')).status).toBe(503);
  back();
  await expect.poll(async () => (await fund('key-2')).body).toMatchObject({ available: '5' });
  expect(held()).toBe(5);
});

it('paper money of which nobody says any more whether it was given is not refused as one change too many when it is asked for again', async () => {
  const { where, back, held } = await serve({ thenAway: true });
  const fund = await give(createPortfolioClient(where), { writesPerUser: { burst: 1, refillMs: 600_000 } });
  expect((await fund('key-5')).status).toBe(504);
  expect((await fund('key-6')).status).toBe(429);
  back();
  // While its connection is not back yet it is 503, each time of one change.
  for (let tries = 0; tries < 8 && (await fund('key-5')).status !== 200; tries++) await sleep(systemClock, 500);
  expect(held()).toBe(5);
});

it('a coin of which nobody says any more whether it was changed is not known either', async () => {
  const { where, held } = await serve({ thenAway: true });
  const client = createHoldingClient(where);
  open.push(client);
  const asker = { userId: 'u', simulated: false, requestId: 'r' };
  const order = { symbol: 'btcusdt', asset: 'BTC', by: '1', idempotencyKey: 'key-4' };
  await expect(client.changeCoin(asker, order)).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringContaining('key-4'),
  });
  await expect(client.changeCoin(asker, order)).rejects.toMatchObject({ code: 'unavailable' });
  expect(held()).toBe(1);
});
