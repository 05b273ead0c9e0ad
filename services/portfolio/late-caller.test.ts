import { randomUUID } from 'node:crypto';
import { PortfolioServiceClient } from '@tickfolio/gen/portfolio/v1';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEmbeddedDatabase } from './kit/database.js';
import { startTestPortfolio } from './kit/portfolio.js';

const build = async () => {
  const postgres = await openEmbeddedDatabase();
  const service = await startTestPortfolio(postgres);
  const user = service.somebody();
  const paper = (await user.list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
  const other = (await user.create({ name: 'Other', kind: 'paper' })).id;
  const client = createGrpcClient(PortfolioServiceClient, `127.0.0.1:${service.app.port}`);
  /** While a backup has the one connection. */
  const whileBusy = async (work: () => Promise<unknown>) => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const busy = postgres.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      await held;
    });
    await expect(work()).rejects.toMatchObject({ code: 'deadline_exceeded' });
    goOn();
    await busy;
  };
  const close = async () => {
    client.close();
    await service.close();
    await postgres.close();
  };
  const owner = { userId: user.userId, simulatedPrices: false };
  return { user, paper, other, client, whileBusy, close, owner };
};
let one: Awaited<ReturnType<typeof build>>;
beforeEach(async () => {
  one = await build();
});
afterEach(() => one.close());
const usdtOf = async (id: string) => (await one.user.balances(id)).balances.map(({ available }) => available);

it('moves paper money once for who was not answered in time and asks anew, under another key', async () => {
  const { client, owner, paper, other, user, whileBusy } = one;
  const about = { owner, fromPortfolioId: paper, toPortfolioId: other, asset: 'USDT', quantity: '5', networkFee: '' };
  await whileBusy(() =>
    callUnary(client, client.transfer, { ...about, idempotencyKey: randomUUID() }, { deadlineMs: 500 }),
  );
  // The person tries again; without a key of its own each request has another.
  await user.transfer(paper, other, '5');
  expect([await usdtOf(paper), await usdtOf(other)]).toEqual([['9995'], ['5']]);
});

it('gives paper money once for who was not answered in time and asks anew, under another key', async () => {
  const { client, owner, paper, whileBusy } = one;
  const given = { owner, portfolioId: paper, asset: 'USDT', quantity: '5' };
  await whileBusy(() =>
    callUnary(client, client.fund, { ...given, idempotencyKey: randomUUID() }, { deadlineMs: 500 }),
  );
  await callUnary(client, client.fund, { ...given, idempotencyKey: randomUUID() }, { deadlineMs: 10_000 });
  expect(await usdtOf(paper)).toEqual(['10005']);
});

it('makes no portfolio for who has left before it was begun', async () => {
  const { client, owner, user, whileBusy } = one;
  const plan = { name: 'New', kind: 'paper', idempotencyKey: '', baseCurrencyCode: undefined, costMethod: undefined };
  await whileBusy(() => callUnary(client, client.create, { owner, ...plan }, { deadlineMs: 500 }));
  await user.get('default');
  expect((await user.list()).portfolios.map(({ name }) => name)).not.toContain('New');
});
