import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { describe, expect, it } from 'vitest';
import { createUser, type TestBff, type TestUser } from '../kit/bff.js';
import { createViewers } from '../kit/viewers.js';
import { createValueHistory } from './value-history.js';

const viewers = createViewers();
const { build, somebody } = viewers;
const ask = async (bff: TestBff, user: TestUser, query = '') => {
  const { status, text } = await bff.call(user, 'GET', `/api/v1/profile/day${query}`);
  const { Opens = [] } = JSON.parse(text) as { Opens?: { Symbol: string; Price: string }[] };
  return { status, opens: Object.fromEntries(Opens.map(({ Symbol: symbol, Price }) => [symbol, Price])) };
};

describe('the first prices of the day', () => {
  it('are those of everything that one owns where that is asked for, cash too, and never of paper money', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user } = await somebody(built); // With ether in paper money.
    const second = randomUUID();
    await news.send(
      news.made(user.userId, second),
      news.balance(user.userId, second, 'SOL', 'solusdt', '5'),
      news.balance(user.userId, second, 'EUR', '', '10'),
      news.balance(user.userId, second, 'USDT', '', '7'),
    );
    const prices = { btcusdt: '60000', ethusdt: '3000', solusdt: '150', eurusdt: '1.1' };
    const history = createValueHistory(viewers.postgres.db);
    await history.putOpens('real', systemClock.now(), new Map(Object.entries(prices)));
    const { ethusdt: _, ...owned } = prices;
    await until(async () => Object.keys((await ask(bff, user, '?portfolioId=all')).opens).length === 3);
    expect(await ask(bff, user, '?portfolioId=all')).toEqual({ status: 200, opens: owned });
    expect((await ask(bff, user)).opens).toEqual({ btcusdt: '60000' });
    expect((await ask(bff, createUser(systemClock), '?portfolioId=all')).opens).toEqual({});
    const { solusdt, eurusdt } = prices;
    expect(await ask(bff, user, `?portfolioId=${second}`)).toEqual({ status: 200, opens: { eurusdt, solusdt } });
    expect((await ask(bff, user, '?portfolioId=default')).opens).toEqual({ btcusdt: '60000' });
    expect((await ask(bff, createUser(systemClock), `?portfolioId=${second}`)).status).toBe(404);
  });
});
