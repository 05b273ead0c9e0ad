import { systemClock } from '@tickfolio/lib/clock';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { migrationsFolder } from '../schema.js';
import { createViewedPortfolios, type ViewedPortfolio as Viewed } from './viewed-portfolios.js';

const server = await shareTestPostgres();

describe.skipIf(!server)('what people have on sockets of several replicas at once', () => {
  const opening = (async () => {
    if (!server) return undefined;
    const { host, port, user, password } = server;
    await server.createDatabase('renewing');
    const about = { host, port, user, password, database: 'renewing', migrationsFolder, ...patience };
    return openServerPostgres({ ...about, log: silentLogger(), clock: systemClock, maxConnections: 8 });
  })();
  afterAll(async () => (await opening)?.close());

  it('stays followed where each replica has them in another order, and none stops another for good', async () => {
    const postgres = await opening;
    if (!postgres) return;
    const { db } = postgres;
    const viewed = createViewedPortfolios(db);
    const [first, second] = ['a', 'b'].map((userId) => ({ userId, portfolioId: 'all' })) as [Viewed, Viewed];
    // They lie in the database the other way round.
    for (const one of [second, first]) await viewed.begin(one);
    const other = createViewedPortfolios(db);
    const waiting = async () => {
      const found = await db.execute(sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'`);
      return (found as unknown as { rows: unknown[] }).rows.length;
    };
    let renewing: Promise<unknown> | undefined;
    // What another replica does while it renews, one after the other.
    await db.transaction(async (tx) => {
      const replica = createViewedPortfolios(tx as unknown as typeof db);
      await replica.renew([first]);
      renewing = other.renew([second, first]);
      await becomes(waiting, 1);
      await replica.renew([second]);
    });
    expect(await renewing).toEqual([]);
    const gone = { userId: 'nobody', portfolioId: 'all' };
    expect(await viewed.renew([first, second, gone])).toEqual([gone]);
  });
});
