import { randomUUID } from 'node:crypto';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestPostgres } from '../kit/bff.js';
import { createHeldRows } from './held-rows.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres.close());

it('nothing is read of what does not count among all that is owned, unless it is named', async () => {
  const { db } = postgres;
  const userId = randomUUID();
  const make = async (kind: string, archivedAt: Date | null = null) => {
    const id = randomUUID();
    await db.execute(
      sql`insert into portfolios (id, user_id, name, kind, base_currency_code, is_default, simulated, version, archived_at)
          values (${id}, ${userId}, ${id}, ${kind}, 'USDT', false, false, 1, ${archivedAt})`,
    );
    await db.execute(
      sql`insert into holdings (portfolio_id, user_id, asset, via, available, reserved, version)
          values (${id}, ${userId}, 'USDT', '', 1, 0, 1)`,
    );
    return id;
  };
  const [owned, paper, archived] = [await make('tracking'), await make('paper'), await make('tracking', new Date(0))];
  const { portfolios } = createHeldRows(db);
  const readOf = async (ids: readonly string[]) =>
    new Map((await portfolios({ ids, ofUsers: [userId] })).map(({ id, rows }) => [id, rows.length]));
  expect(await readOf([])).toEqual(
    new Map([
      [owned, 1],
      [paper, 0],
      [archived, 0],
    ]),
  );
  expect(await readOf([paper, archived])).toEqual(
    new Map([
      [owned, 1],
      [paper, 1],
      [archived, 1],
    ]),
  );
});
