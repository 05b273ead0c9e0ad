import { randomUUID } from 'node:crypto';
import { migrationsFolder as authMigrations } from '@tickfolio/auth/app';
import { migrationsFolder as profileMigrations } from '@tickfolio/bff/app';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { patience } from '@tickfolio/lib/kit/postgres';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { migrationsFolder as orderMigrations } from '@tickfolio/orders/app';
import { migrationsFolder as portfolioMigrations } from '@tickfolio/portfolio/app';
import { type ServiceName, serviceNames, services } from '@tickfolio/services/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callJson, signUp } from '../kit/client.js';
import { browser, withPage } from '../kit/page.js';
import { readyOf, startStack } from '../kit/stack.js';

const patienceMs = 60_000;
/** Kafka waits for a member of a group that was killed, and a relay for the lease of another. */
const goneWithinMs = 120_000;
const kafka = await startTestKafka();
const whole = kafka && (await startStack({ AUTH_RATE_LIMIT: '10000' }, { brokers: kafka.brokers, portfolio: true }));
afterAll(async () => {
  await whole?.close();
  await kafka?.close();
});

/** Where that lies. */
const places: Partial<Record<ServiceName, { readonly database: string; readonly migrationsFolder: string }>> = {
  auth: { database: 'auth_db', migrationsFolder: authMigrations },
  bff: { database: 'profile_db', migrationsFolder: profileMigrations },
  portfolio: { database: 'portfolio_service', migrationsFolder: portfolioMigrations },
  orders: { database: 'order_service', migrationsFolder: orderMigrations },
};

describe.runIf(whole)('an installation of all services while the one of portfolios is away', () => {
  if (!whole) return; // NOT COVERED was said.
  beforeAll(async () => {
    whole.start('portfolio');
    whole.start('orders');
    await whole.ready(patienceMs);
    const isWell = async () =>
      (await readyOf(whole)).portfolio === 'ok' && (await readyOf(whole))['event-log'] === 'ok';
    await eventually('all are well', isWell, patienceMs, 200);
  }, 2 * patienceMs);

  it('names it in /ready, and to who has deleted the account, until it is back and has erased too: then nothing is left in any database', {
    timeout: patienceMs + 2 * goneWithinMs,
  }, async () => {
    const { host, port, user, password } = whole.postgres;
    const server = { host, port, user, password, ...patience, log: silentLogger(), clock };
    const databases: Record<string, Postgres> = {};
    // Of everybody with whom something of users lies: a later service fails here until it is one of these.
    for (const name of serviceNames.filter((one) => services[one].holdsUsers)) {
      const place = places[name];
      if (!place) throw new Error(`${name} holds something of users: where?`);
      databases[name] = await openServerPostgres({ ...server, ...place });
    }
    try {
      const person = await signUp(whole.base);
      const userId = String((await person.call('GET', '/api/v1/profile')).body.ID);
      const listed = async () => (await person.call('GET', '/api/v1/portfolios')).status;
      await eventually('there are portfolios', async () => (await listed()) === 200, patienceMs, 200);
      const holding = async (texts = [userId, person.name]) => {
        const found: Record<string, readonly string[]> = {};
        for (const [name, { db }] of Object.entries(databases)) found[name] = await tablesWith(db, texts);
        return found;
      };
      const put = async (method: string, path: string, body?: object) => {
        const { status } = await person.call(method, path, body, { 'idempotency-key': randomUUID() });
        return status < 300;
      };
      const does = (what: string, work: () => Promise<boolean>) => eventually(what, work, patienceMs, 200);
      await does('a coin', () => put('POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1.5' }));
      await does('another portfolio', () =>
        put('POST', '/api/v1/portfolios', { name: `Of ${person.name}`, kind: 'paper' }),
      );
      const { portfolios } = (await person.call('GET', '/api/v1/portfolios')).body as {
        readonly portfolios: readonly { readonly id: string; readonly kind: string }[];
      };
      const [one, two] = portfolios.filter(({ kind }) => kind === 'paper').map(({ id }) => id);
      const money = { asset: 'USDT', quantity: '10' };
      await does('paper money', () => put('POST', `/api/v1/portfolios/${one}/fund`, money));
      await does('a transfer', () => put('POST', '/api/v1/transfers', { from: one, to: two, ...money }));
      await does('a watched symbol', () => put('PUT', '/api/v1/watchlist/ethusdt'));
      // What the gateway is told of, too.
      await does('it is everywhere', async () => (await holding()).bff?.includes('portfolios') === true);
      expect(await holding()).toMatchObject({
        auth: expect.arrayContaining(['accounts', 'sessions', 'audit_pseudonyms']),
        portfolio: expect.arrayContaining(['portfolios', 'owners', 'watchlist']),
        bff: expect.arrayContaining(['profiles', 'portfolios']),
      });
      await whole.kill('portfolio');
      await eventually('it is missed', async () => (await readyOf(whole)).portfolio === 'down', patienceMs, 200);

      const { body } = await person.call('DELETE', '/api/v1/account');
      const found = async () => (await callJson(whole.base, 'GET', String(body.link))).body;
      const erasedBy = async () =>
        ((await found()).services as { service: string; doneAt: string | null }[])
          .filter(({ doneAt }) => doneAt !== null)
          .map(({ service }) => service)
          .join();
      await eventually(
        'the others have erased',
        async () => (await erasedBy()) === 'auth,orders,bff',
        goneWithinMs,
        200,
      );
      expect(await found()).toMatchObject({
        state: 'running',
        services: expect.arrayContaining([{ service: 'portfolio', doneAt: null }]),
      });
      expect((await holding()).portfolio).toContain('portfolios');

      const isBack = async () => {
        whole.start('portfolio');
        await eventually('it has erased', async () => (await found()).state === 'done', goneWithinMs, 200);
      };
      if (!browser) await isBack();
      await withPage({}, async ({ page }) => {
        await page.goto(`${whole.base}/deletions/${String(body.token)}`);
        await page.getByRole('heading', { name: 'Your account is being deleted' }).waitFor();
        const open = page.getByRole('listitem').filter({ hasText: 'Being erased' });
        await expect.poll(() => open.getByText('Your portfolios, and every change of a balance').count()).toBe(1);
        await expect.poll(() => page.getByText(/^Erased /).count()).toBe(3);
        await isBack();
        await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
        expect(await open.count()).toBe(0);
      });
      expect(await holding([person.name])).toEqual({ auth: [], portfolio: [], orders: [], bff: [] });
      // Ids by which others are told, for 30 days.
      expect(await holding([userId])).toEqual({
        auth: ['deletions', 'erasures', 'user_events', 'user_streams'],
        portfolio: ['erased_users', 'inbox', 'portfolio_events'],
        orders: ['erased_users', 'inbox', 'order_events'],
        bff: ['erased_users', 'inbox', 'profile_events'],
      });
      expect(await readyOf(whole)).toMatchObject({ portfolio: 'ok' });
    } finally {
      for (const one of Object.values(databases)) await one.close();
    }
  });
});
