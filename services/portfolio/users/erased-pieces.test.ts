import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { entries, postings } from '../postings/tables.js';
import { pieces } from './erased-rows.js';

it('of who traded much at most 1,000 rows go at once', async () => {
  const { db, close } = await openEmbeddedDatabase();
  const [userId, id] = [randomUUID(), randomUUID()];
  await db.execute(sql`insert into owners values (${userId}, 0, now())`);
  await db.execute(
    sql`insert into portfolios (id, user_id, name, name_key, kind, version, created_at) values (${id}, ${userId}, 'One', 'one', 'paper', 1, now())`,
  );
  await db.execute(sql`insert into postings (id, portfolio_id, kind, ref_type, ref_id, request_hash, result, created_at)
    select gen_random_uuid(), ${id}, 'settle', 'order', at::text, '\\x00', '{}', now() from generate_series(1, 5000) at`);
  // Six each, as a fill with a fee has.
  await db.execute(sql`insert into entries (posting_id, line, portfolio_id, version, account, asset, via, amount)
    select p.id, line, case when line <= 3 then ${id}::uuid end, case when line <= 3 then line end,
      case when line <= 3 then 'available' else 'market' end, 'A' || (line % 3), '', case when line <= 3 then 1 else -1 end
    from postings p, generate_series(1, 6) line`);
  await db.execute(sql`analyze`);
  const rows = async () => (await db.$count(postings)) + (await db.$count(entries));
  const gone: number[] = [];
  let before = await rows();
  for (const piece of pieces) {
    for (let took = 1; before > 0 && took > 0; before -= took) {
      await db.transaction(async (tx) => piece(tx, userId));
      took = before - (await rows());
      gone.push(took);
    }
  }
  expect(before).toBe(0);
  expect(Math.max(...gone)).toBeLessThanOrEqual(1_000);
  await close();
});
