import { randomUUID } from 'node:crypto';
import type { PortfolioReceipt } from '@tickfolio/api/receipt';
import { systemClock } from '@tickfolio/lib/clock';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { until } from '@tickfolio/lib/kit/wait-until';
import { add, type Decimal, formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { createUser, type TestBff, type TestUser } from '../kit/bff.js';
import { createViewers } from '../kit/viewers.js';

const { build, somebody } = createViewers();
const ask = (bff: TestBff, user: TestUser | undefined, id: string) =>
  bff.call(user, 'GET', `/api/v1/portfolios/${id}/receipt`);
const receiptOf = async (bff: TestBff, user: TestUser, id: string) => {
  const { status, headers, text } = await ask(bff, user, id);
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  return JSON.parse(text) as PortfolioReceipt;
};
/** As somebody with the receipt alone does it; every price of these is in USDT. */
const sumOf = ({ rows, usdt }: PortfolioReceipt): string =>
  formatDecimal(
    rows.reduce(
      (sum, { quantity, price }) =>
        price ? add(sum, multiply(parseDecimal(quantity), parseDecimal(price.price))) : sum,
      parseDecimal(usdt) as Decimal,
    ),
  );
const areKnown = async (bff: TestBff, user: TestUser, id: string) =>
  until(async () => (await receiptOf(bff, user, id)).rows.every(({ total }) => total !== null));

describe('the receipt of a portfolio', () => {
  it('of paper money has its assets, what orders keep of them too, and its cash, and comes to the net worth of its frame', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user, paper } = await somebody(built);
    await news.send(news.balance(user.userId, paper, 'EUR', '', '10.5'));
    await until(async () => (await receiptOf(bff, user, paper)).rows.length === 2);
    bff.publish('ethusdt', '3000.25');
    bff.publish('eurusdt', '1.1');
    await areKnown(bff, user, paper);
    const receipt = await receiptOf(bff, user, paper);
    expect(receipt).toMatchObject({ portfolioId: paper, asset: 'USDT', usdt: '6000', simulated: false });
    const [ether, euros] = receipt.rows;
    expect(ether).toMatchObject({ symbol: 'ethusdt', quantity: '3', total: '9000.75', priceState: 'live' });
    expect(euros).toMatchObject({ symbol: 'eurusdt', baseAsset: 'EUR', quantity: '10.5', total: '11.55' });
    expect(receipt.total).toBe('15012.3');
    expect(sumOf(receipt)).toBe(receipt.total);
  });

  it('of all that is owned leaves paper money out, and that of the default one is under its name too', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user } = await somebody(built);
    const second = randomUUID();
    await news.send(news.made(user.userId, second), news.balance(user.userId, second, 'USDT', '', '7.25'));
    await until(async () => (await receiptOf(bff, user, 'all')).usdt === '7.25');
    bff.publish('btcusdt', '60000');
    await areKnown(bff, user, 'all');
    const all = await receiptOf(bff, user, 'all');
    expect([all.portfolioId, all.total, sumOf(all)]).toEqual(['all', '120007.25', '120007.25']);
    const own = { portfolioId: defaultPortfolioId(user.userId), usdt: '0', total: '120000' };
    expect(await receiptOf(bff, user, 'default')).toMatchObject(own);
  });

  it('is for its owner alone, and of no paper money that lives at prices of the other kind', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user, paper } = await somebody(built);
    expect((await ask(bff, createUser(systemClock), paper)).status).toBe(404);
    expect((await ask(bff, undefined, paper)).status).toBe(401);
    expect((await ask(bff, user, 'nobody')).status).toBe(404);
    await becomes(async () => (await bff.call(undefined, 'GET', '/ready')).body.simulated, false);
    await news.send(news.updated(user.userId, paper, { kind: 'paper', simulated: true }));
    await becomes(async () => (await ask(bff, user, paper)).body.type, '/docs/errors/wrong-kind');
  });
});
