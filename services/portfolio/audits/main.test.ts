import { fileURLToPath } from 'node:url';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProcess } from '@tickfolio/lib/kit/process';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { newKey, openTestBooks } from '../kit/books.js';
import { openServerDatabase } from '../kit/database.js';

const server = await shareTestPostgres();
const program = fileURLToPath(new URL('../dist/audits/main.js', import.meta.url));

it.skipIf(!server)('the command says whether the books are right, in words and by its exit code', async () => {
  if (!server) throw new Error('no server');
  const postgres = await openServerDatabase(server);
  try {
    const { books, portfolio, db } = await openTestBooks(postgres);
    const paper = await portfolio('paper');
    await books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '100' });
    const [row] = (await server.query<{ name: string }>(
      `select datname as name from pg_database where datname like 'portfolio_%' order by oid desc limit 1`,
    )) as { name: string }[];
    const { host, port, user, password } = server;
    const run = async (database = row?.name ?? '') => {
      const env = {
        POSTGRES_HOST: host,
        POSTGRES_PORT: String(port),
        POSTGRES_USER: user,
        POSTGRES_PASSWORD: password,
      };
      const audit = startProcess(process.execPath, [program], { ...env, POSTGRES_DB: database });
      const { code } = await audit.ended;
      return { code, out: audit.out(), err: audit.err() };
    };
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('The books are right.') });
    await db.execute(sql`update balances set available = available + 1`);
    const wrong = await run();
    expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('The books are NOT right: A2.') });
    expect(wrong.out).toContain(`USDT of ${paper.portfolioId}`);
    await server.createDatabase('portfolio_of_before');
    expect(await run('portfolio_of_before')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/migrations of the database "portfolio_of_before" have not been run/),
    });
    await db.execute(sql`alter table reservations rename column released to returned`);
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('released') });
    expect(await run('no_such_database')).toMatchObject({ code: 2, err: expect.stringContaining('no_such_database') });
  } finally {
    await postgres.close();
  }
});
