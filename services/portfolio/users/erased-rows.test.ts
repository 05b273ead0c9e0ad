import { randomUUID } from 'node:crypto';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { pieces } from './erased-rows.js';

/** A hundred portfolios of others, with much in them. */
const fillWithOthers = async ({ db }: Postgres) => {
  const userId = randomUUID();
  await db.execute(sql`insert into owners values (${userId}, 0, now())`);
  await db.execute(
    sql`insert into portfolios (id, user_id, name, name_key, kind, version, created_at)
        select gen_random_uuid(), ${userId}, at::text, at::text, 'paper', 1, now() from generate_series(1, 100) at`,
  );
  await db.execute(
    sql`insert into portfolio_events (id, topic, key, stream, version, type, body, created_at)
        select gen_random_uuid(), 'portfolio-events', at::text, 'portfolio:' || gen_random_uuid(), 1, 'portfolio.updated', '{}', now()
        from generate_series(1, 20000) at`,
  );
  await db.execute(
    sql`insert into reservations (id, portfolio_id, ref_type, asset, via, amount, remaining, released, state, reason, request_hash, created_at, updated_at)
        select gen_random_uuid(), portfolios.id, 'order', 'USDT', '', 1, 0, 0, 'closed', 'filled', '\\x00', now(), now()
        from portfolios, generate_series(1, 200)`,
  );
  await db.execute(
    sql`insert into postings (id, portfolio_id, kind, ref_type, ref_id, request_hash, result, created_at)
        select gen_random_uuid(), portfolios.id, 'fund', 'posting', at::text, '\\x00', '{}', now()
        from portfolios, generate_series(1, 200) at`,
  );
  // So many that none are looked for by reading all.
  const many = randomUUID();
  await db.execute(sql`insert into owners values (${many}, 0, now())`);
  await db.execute(
    sql`insert into portfolios (id, user_id, name, name_key, kind, version, created_at, archived_at)
        select gen_random_uuid(), ${many}, at::text, at::text, 'paper', 1, now(), now() from generate_series(1, 5000) at`,
  );
  await db.execute(sql`analyze`);
};

it('portfolios of a user go in pieces, however many were archived', async () => {
  const postgres = await openEmbeddedDatabase();
  try {
    const userId = randomUUID();
    await postgres.db.execute(sql`insert into owners values (${userId}, 0, now())`);
    await postgres.db.execute(
      sql`insert into portfolios (id, user_id, name, name_key, kind, version, created_at, archived_at)
          select gen_random_uuid(), ${userId}, at::text, at::text, 'paper', 1, now(), now() from generate_series(1, 600) at`,
    );
    const piece = () => postgres.db.transaction(async (tx) => pieces.at(-1)?.(tx, userId));
    expect([await piece(), await piece(), await piece()]).toEqual([500, 100, 0]);
  } finally {
    await postgres.close();
  }
});

const describeLookUp = (name: string, open: () => Promise<Postgres>): void => {
  it(`what goes of a user is looked up, and nothing of the others is read for it, on ${name}`, async () => {
    const postgres = await open();
    try {
      await fillWithOthers(postgres);
      const userId = randomUUID();
      await postgres.db.execute(sql`insert into owners values (${userId}, 0, now())`);
      await postgres.db.execute(
        sql`insert into portfolios (id, user_id, name, name_key, kind, version, created_at) values (${randomUUID()}, ${userId}, 'One', 'one', 'paper', 1, now())`,
      );
      const read = await postgres.db.transaction(async (tx) => {
        for (const piece of pieces) await piece(tx, userId);
        return tx
          .select({ table: sql<string>`relname`, rows: sql<number>`seq_tup_read::int` })
          .from(sql`pg_stat_xact_user_tables`)
          .where(sql`seq_tup_read > 1000`);
      });
      expect(read).toEqual([]);
    } finally {
      await postgres.close();
    }
  });
};

describeLookUp('PGlite', openEmbeddedDatabase);
const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeLookUp('a PostgreSQL server', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server);
  });
});
