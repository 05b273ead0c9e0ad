import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';

it('finds a page of a user, of open orders too, without sorting all that were ever placed', async () => {
  const postgres = await openEmbeddedDatabase();
  try {
    const planOf = (where: string) =>
      postgres.db.transaction(async (tx) => {
        await tx.execute(sql`set local enable_seqscan = off`);
        const page = sql.raw(`explain select * from orders where user_id = 'u' ${where} order by age desc limit 100`);
        return JSON.stringify(await tx.execute(page));
      });
    const open = `and status in ('PENDING', 'NEW', 'PARTIALLY_FILLED')`;
    expect([await planOf(''), await planOf(open)]).toEqual([
      expect.stringContaining('Backward using orders_of_user_by_age'),
      expect.stringContaining('Backward using orders_open_of_user'),
    ]);
    for (const where of ['', open]) expect(await planOf(where)).not.toContain('Sort');
  } finally {
    await postgres.close();
  }
});
