import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from './kit/database.js';
import { startTestPortfolio } from './kit/portfolio.js';

describe('the portfolio service', () => {
  let postgres: Postgres;
  const opened: { close(): unknown }[] = [];
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
  });
  afterEach(async () => {
    for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
  });
  afterAll(() => postgres?.close());

  it('is ready with its database, also while the event log is away, and keeps what is to be told', async () => {
    const { ready, eventLog, somebody, listEvents, ...service } = await startTestPortfolio(postgres);
    opened.push(service);
    expect(await ready()).toBe(200);
    await eventLog.close();
    const { id } = await somebody().create();
    expect(await ready()).toBe(200);
    expect(await listEvents(`portfolio:${id}`)).toHaveLength(1);
    const waiting = await postgres.db.execute(
      sql`select count(*)::int as waiting from portfolio_events where sent_at is null and stream = ${`portfolio:${id}`}`,
    );
    expect((waiting as unknown as { rows: unknown[] }).rows).toEqual([{ waiting: 1 }]);
  });

  it('is not ready, and says why, without its database', async () => {
    const away: Postgres = { ...postgres, ping: () => Promise.reject(new Error('gone')) };
    const { ready, ...service } = await startTestPortfolio(away);
    opened.push(service);
    expect(await ready()).toBe(503);
  });
});
