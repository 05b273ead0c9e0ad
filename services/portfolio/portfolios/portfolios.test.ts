import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { reasonOf, startTestPortfolio } from '../kit/portfolio.js';
import { describePortfolios } from './portfolios.contract.js';

describePortfolios('PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describePortfolios('a PostgreSQL server with 25 connections', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server, 25);
  });

  it('portfolios of one user who waits leave the connections to others', async () => {
    if (!server) throw new Error('no server');
    const postgres = await openServerDatabase(server, 4);
    const { somebody, close } = await startTestPortfolio(postgres);
    const [busy, other] = [somebody(), somebody()];
    await Promise.all([busy.list(), other.list()]);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let holding: Promise<void> = Promise.resolve();
    await new Promise<void>((isHeld) => {
      holding = postgres.db.transaction(async (tx) => {
        await tx.execute(sql`select from owners where user_id = ${busy.userId} for update`);
        isHeld();
        await released;
      });
    });
    const waiting = Array.from({ length: 8 }, (_, at) => reasonOf(busy.update('default', { name: `Name ${at}` })));
    expect(await reasonOf(other.update('default', { name: 'Free' }))).toBe('done');
    release();
    await holding;
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'done'));
    await close();
    await postgres.close();
  });
});
