import { systemClock } from '@tickfolio/lib/clock';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { createAppend } from '@tickfolio/lib/outbox';
import { databaseTime as time } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { openServerDatabase } from '../kit/database.js';
import { createDefaultPortfolios } from '../portfolios/default-portfolios.js';
import { createTellOfPortfolio } from '../portfolios/portfolio-stream.js';
import { createPortfolios } from '../portfolios/portfolios.js';
import { createCommand } from '../postings/once.js';
import { portfolioEvents } from '../schema.js';
import { startErasing } from './erasing.js';

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  it('what a portfolio is called at the moment in which the account is deleted is gone with it', async () => {
    if (!server) throw new Error('no server');
    const postgres = await openServerDatabase(server);
    const { db } = postgres;
    const clock = systemClock;
    const append = createAppend({ tables: portfolioEvents, clock, time, source: 'portfolio' });
    const command = createCommand({ db, clock });
    const tellNow = createTellOfPortfolio(append);
    let isHeld = false;
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const tell: typeof tellNow = async (...said) => {
      if (said[2] === 'portfolio.updated') {
        isHeld = true;
        await held;
      }
      await tellNow(...said);
    };
    const shared = { db, command, time, clock, tell };
    const defaults = createDefaultPortfolios({ ...shared, grant: async () => undefined });
    const portfolios = createPortfolios({ ...shared, defaults, requireRoom: async () => undefined });
    const owner = { userId: uuid7(), simulated: false, requestId: '' };
    const named = await portfolios.create(owner, { name: 'Before', kind: 'paper', key: '' });
    const erasing = startErasing({ db, append, time, clock, log: silentLogger() });
    try {
      // A rename that takes a moment: a slow disk, or a pause of the process.
      const renamed = portfolios.update(owner, named.id, { name: 'Divorce of Ann and Bob' });
      await becomes(() => isHeld, true);
      // As the inbox does it when the deletion is heard.
      await db.transaction(async (tx) => {
        await tx.execute(sql`insert into erased_users values (${owner.userId}, now())`);
        await erasing.begin(tx, owner.userId);
      });
      erasing.wake();
      const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'delete%portfolios%'`;
      await becomes(async () => ((await db.execute(waiting)) as unknown as { rows: unknown[] }).rows.length, 1);
      goOn();
      await renamed.catch(() => undefined);
      await becomes(() => db.$count(sql`erasing_users`), 0);
      const left = (await db.execute(
        sql`select type, body->'data'->>'name' as name from portfolio_events where stream like 'portfolio:%'`,
      )) as unknown as { rows: unknown[] };
      expect(left.rows).toEqual([]);
    } finally {
      goOn();
      await erasing.close();
      await postgres.close();
    }
  });
});
