import { systemClock as clock } from '@tickfolio/lib/clock';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { migrationsFolder as portfolioMigrations } from '@tickfolio/portfolio/app';
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

describe.runIf(whole)('an installation of all services while the one of portfolios is away', () => {
  if (!whole) return; // NOT COVERED was said.
  beforeAll(async () => {
    whole.start('portfolio');
    await whole.ready(patienceMs);
    const isWell = async () =>
      (await readyOf(whole)).portfolio === 'ok' && (await readyOf(whole))['event-log'] === 'ok';
    await eventually('all are well', isWell, patienceMs, 200);
  }, 2 * patienceMs);

  it('names it in /ready, and to who has deleted the account, until it is back and has erased too', {
    timeout: patienceMs + 2 * goneWithinMs,
  }, async () => {
    const { host, port, user, password } = whole.postgres;
    const books = await openServerPostgres({
      ...{ host, port, user, password, log: silentLogger(), clock },
      ...{ database: 'portfolio_service', migrationsFolder: portfolioMigrations },
    });
    try {
      const person = await signUp(whole.base);
      const userId = String((await person.call('GET', '/api/v1/profile')).body.ID);
      const listed = async () => (await person.call('GET', '/api/v1/portfolios')).status;
      await eventually('there are portfolios', async () => (await listed()) === 200, patienceMs, 200);
      const holding = () => tablesWith(books.db, [userId, person.name]);
      expect(await holding()).toContain('portfolios');
      await whole.kill('portfolio');
      await eventually('it is missed', async () => (await readyOf(whole)).portfolio === 'down', patienceMs, 200);

      const { body } = await person.call('DELETE', '/api/v1/account');
      const found = async () => (await callJson(whole.base, 'GET', String(body.link))).body;
      const erasedBy = async () =>
        ((await found()).services as { service: string; doneAt: string | null }[])
          .filter(({ doneAt }) => doneAt !== null)
          .map(({ service }) => service)
          .join();
      await eventually('the others have erased', async () => (await erasedBy()) === 'auth,bff', goneWithinMs, 200);
      expect(await found()).toMatchObject({
        state: 'running',
        services: [{}, {}, { service: 'portfolio', doneAt: null }],
      });
      expect(await holding()).toContain('portfolios');

      const isBack = async () => {
        whole.start('portfolio');
        await eventually('it has erased', async () => (await found()).state === 'done', goneWithinMs, 200);
      };
      if (!browser) await isBack();
      await withPage({}, async ({ page }) => {
        await page.goto(`${whole.base}/deletions/${String(body.token)}`);
        await page.getByRole('heading', { name: 'Your account is being deleted' }).waitFor();
        const open = page.getByRole('listitem').filter({ hasText: 'Being erased' });
        expect(await open.getByText('Your portfolios, and every change of a balance').count()).toBe(1);
        expect(await page.getByText(/^Erased /).count()).toBe(2);
        await isBack();
        await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
        expect(await open.count()).toBe(0);
      });
      const ids = ['erased_users', 'inbox', 'portfolio_events'];
      expect((await holding()).filter((table) => !ids.includes(table))).toEqual([]);
      expect(await readyOf(whole)).toMatchObject({ portfolio: 'ok' });
    } finally {
      await books.close();
    }
  });
});
