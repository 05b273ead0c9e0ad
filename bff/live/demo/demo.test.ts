import { asyncApi } from '@tickfolio/api/asyncapi';
import { systemClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { Check } from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff } from '../../kit/bff.js';
import { openSocket } from '../../kit/socket.js';

let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres });
});
afterAll(async () => {
  await bff.close();
  await postgres.close();
});
const open = () => openSocket(`${bff.wsUrl}/demo`, undefined);

describe('the demo portfolio', () => {
  it('is live for who is not signed in: its symbols are followed as long as somebody looks, and its frames are exact', async () => {
    const demo = await open();
    await until(async () => bff.aggregator.told.at(-1)?.includes('btcusdt') === true);
    bff.publish('btcusdt', '68000.4');
    const frame = await demo.next(({ TotalValue }) => TotalValue === '17000.1');
    expect(frame).toMatchObject({ UserName: 'demo' });
    expect(frame.Coins.find(({ Symbol: symbol }) => symbol === 'btcusdt')).toMatchObject({
      Quantity: '0.25',
      Price: '68000.4',
      Total: '17000.1',
    });
    await demo.close();
  });
  it('takes nothing from anybody: no token, no message, and only so many connections of one address', async () => {
    const demo = await open();
    demo.ws.send(JSON.stringify({ type: 'refresh', accessToken: createUser(systemClock).token }));
    await demo.next(({ Type, Detail }) => Type === 'error' && /another user/.test(Detail ?? ''));
    demo.ws.send(JSON.stringify({ type: 'view', portfolioId: 'all' }));
    await demo.next(({ Type, Detail }) => Type === 'error' && Detail === 'There is one portfolio here.');
    demo.clear();
    expect((await demo.next(({ UserName }) => UserName === 'demo')).Coins).toHaveLength(4);
    const others = [];
    for (let at = 0; at < 7; at++) others.push(await open());
    await expect(open()).rejects.toMatchObject({ status: 429 });
    await others[0]?.close();
    await until(async () => {
      const again = await open().catch(() => undefined);
      await again?.close();
      return again !== undefined;
    });
    for (const one of [demo, ...others.slice(1)]) await one.close();
  });
  it('is described for programs: its address, and the form of what it sends', async () => {
    const { channels, components } = asyncApi();
    expect(new URL(`${bff.wsUrl}/demo`).pathname).toBe(channels.demo.address);
    const forms = Object.keys(channels.demo.messages).map((name) => components.messages[name]?.payload ?? {});
    const demo = await open();
    demo.ws.send('{}');
    await demo.next(({ Type }) => Type === 'error');
    await demo.next(({ UserName }) => UserName === 'demo');
    for (const message of demo.messages) expect(forms.filter((form) => Check(form, message))).toHaveLength(1);
    await demo.close();
  });
});
