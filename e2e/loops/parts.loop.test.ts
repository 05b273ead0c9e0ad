import { randomUUID } from 'node:crypto';
import { migrationsFolder as authMigrations } from '@tickfolio/auth/app';
import { migrationsFolder as profileMigrations } from '@tickfolio/bff/app';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { daysKept, kafkaMessages } from '@tickfolio/lib/kit/kafka-messages';
import { patience } from '@tickfolio/lib/kit/postgres';
import { redisLines } from '@tickfolio/lib/kit/redis-texts';
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

interface Deleted {
  readonly userId: string;
  readonly name: string;
  /** A portfolio. */
  readonly called: string;
  readonly words: readonly string[];
}

/** Kafka has what was told of a user for 30 days, the two names in it, and since the end that it is the end. */
const expectForgotten = async (brokers: readonly string[], { userId, name, called, words }: Deleted) => {
  const messages = await kafkaMessages(brokers);
  const of = (...texts: readonly string[]) => messages.filter(({ text }) => texts.some((one) => text.includes(one)));
  const typesIn = (found: typeof messages) =>
    [...new Set(found.map(({ value }) => (JSON.parse(value) as { readonly type: string }).type))].sort();
  const topics = [...new Set(of(userId, ...words).map(({ topic }) => topic))].sort();
  expect(topics).toEqual(['balance-events', 'portfolio-events', 'user-events']);
  for (const topic of topics) expect([topic, await daysKept(brokers, topic)]).toEqual([topic, 30]);
  expect(typesIn(of(name))).toEqual(['user.created']);
  expect(typesIn(of(called))).toEqual(['portfolio.created']);
  expect(typesIn(of(...words.filter((word) => word !== name && word !== called)))).toEqual([]);
  const accounts = of(userId).filter(({ topic }) => topic === 'user-events');
  const end = accounts.findIndex(({ value }) => value.includes('"user.deleted"'));
  expect(typesIn(accounts.slice(end))).toEqual(['user.deleted', 'user.erased']);
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

  it('names it in /ready, and to who has deleted the account, until it is back and has erased too: then nothing is left in any database, in Redis, and in Kafka after 30 days', {
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
      const unique = randomUUID().slice(0, 8);
      const [called, device, key] = [`Hoard ${unique}`, `Needle/${unique}`, `key-of-${unique}`];
      await does('another portfolio', () => put('POST', '/api/v1/portfolios', { name: called, kind: 'paper' }));
      const { status: entered } = await callJson(
        whole.base,
        'POST',
        '/api/v1/auth/login',
        { name: person.name, password: 'correct horse battery' },
        { 'user-agent': `Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0 ${device}` },
      );
      expect(entered).toBe(200);
      const { portfolios } = (await person.call('GET', '/api/v1/portfolios')).body as {
        readonly portfolios: readonly { readonly id: string; readonly kind: string }[];
      };
      const [one, two] = portfolios.filter(({ kind }) => kind === 'paper').map(({ id }) => id);
      const money = { asset: 'USDT', quantity: '10' };
      await does('paper money', () => put('POST', `/api/v1/portfolios/${one}/fund`, money));
      await does('a transfer', () => put('POST', '/api/v1/transfers', { from: one, to: two, ...money }));
      await does('a watched symbol', () => put('PUT', '/api/v1/watchlist/ethusdt'));
      await does('what is under a key', async () => {
        const coin = { symbol: 'ethusdt', quantity: '2' };
        const { status } = await person.call('POST', '/api/v1/profile/coins', coin, { 'idempotency-key': key });
        return status === 200;
      });
      const share = await person.call('POST', `/api/v1/portfolios/${one}/shares`, { amounts: true });
      expect([share.status, share.body.token]).toEqual([201, expect.any(String)]);
      /** What the user said, and who knows it can find the user by. */
      const words = [person.name, called, device, key, String(share.body.token)];
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
          .sort()
          .join();
      await expect
        .poll(erasedBy, { message: 'the others have erased', timeout: goneWithinMs, interval: 200 })
        .toBe('auth,bff,orders');
      expect(await found()).toMatchObject({
        state: 'running',
        services: expect.arrayContaining([{ service: 'portfolio', doneAt: null }]),
      });
      expect((await holding()).portfolio).toContain('portfolios');

      const isBack = async () => {
        whole.start('portfolio');
        await eventually('it has erased', async () => (await found()).state === 'done', goneWithinMs, 200).catch(
          async (err) => {
            const output = whole.service('portfolio').output().slice(-3_000);
            throw new Error(`${String(err)}; ${JSON.stringify(await found())}\n${output}`);
          },
        );
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
      const names = await whole.postgres.query('select datname from pg_database where not datistemplate order by 1');
      expect(names).toEqual(
        ['auth_db', 'order_service', 'portfolio_service', 'postgres', 'profile_db'].map((datname) => ({ datname })),
      );
      for (const { db } of Object.values(databases))
        expect(await tablesWith(db, words, { everySchema: true })).toEqual([]);
      // Ids by which others are told, for 30 days.
      expect(await holding([userId])).toEqual({
        auth: ['deletions', 'erasures', 'user_events', 'user_streams'],
        portfolio: ['erased_users', 'inbox', 'portfolio_events'],
        orders: ['erased_users', 'inbox', 'order_events'],
        bff: ['erased_users', 'inbox', 'profile_events'],
      });
      const lines = await redisLines(whole.redis);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => [userId, ...words].some((word) => line.includes(word)))).toEqual([]);
      await expectForgotten(kafka?.brokers ?? [], { userId, name: person.name, called, words });
      expect(await readyOf(whole)).toMatchObject({ portfolio: 'ok' });
    } finally {
      for (const one of Object.values(databases)) await one.close();
    }
  });
});
