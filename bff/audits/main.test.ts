import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { PortfolioServiceService, type PositionsRequest } from '@tickfolio/gen/portfolio/v1';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { createGrpcServer } from '@tickfolio/lib/grpc';
import { patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProcess } from '@tickfolio/lib/kit/process';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterEach, expect, it } from 'vitest';
import { createPositions } from '../kit/positions.js';
import { migrationsFolder } from '../schema.js';

const server = await shareTestPostgres();
const program = fileURLToPath(new URL('../dist/audits/main.js', import.meta.url));
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

it.skipIf(!server)('the command says whether what is shown is right, in words and by its exit code', async () => {
  if (!server) throw new Error('no server');
  const { host, port, user, password } = server;
  const database = `profile_${randomBytes(6).toString('hex')}`;
  await server.createDatabase(database);
  const place = { host, port, user, password, database };
  const run = async (target: string, name = database) => {
    const [POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD] = [host, String(port), user, password];
    const env = { POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB: name };
    // Of a computer elsewhere.
    const surroundings = { TZ: 'Asia/Kolkata', LC_ALL: 'de_DE.UTF-8', PORTFOLIO_SERVICE_ADDR: target };
    const audit = startProcess(process.execPath, [program], { ...env, ...surroundings });
    const { code } = await audit.ended;
    return { code, out: audit.out(), err: audit.err() };
  };
  const before = await run('127.0.0.1:1');
  expect(before).toMatchObject({ code: 2, err: expect.stringMatching(/migrations of the database .* not been run/) });

  const postgres = await openServerPostgres({ ...place, migrationsFolder, ...patience, log: silentLogger(), clock });
  opened.push(postgres.close);
  const there = createPositions(postgres);
  const { portfolioId } = await there.somebody();
  there.set(portfolioId, 'BTC', 'btcusdt', '1.5');
  await there.hear();
  const away = await run('127.0.0.1:1');
  expect(away).toMatchObject({ code: 2, err: expect.stringContaining('Portfolios cannot be reached') });

  const grpc = createGrpcServer({ log: silentLogger(), drainMs: 100 });
  const positions = grpc.unary(async ({ after, limit }: PositionsRequest) => there.positions(after, limit));
  grpc.addService(PortfolioServiceService, { positions });
  const target = `127.0.0.1:${await grpc.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT')}`;
  opened.push(() => grpc.close());
  expect(await run(target)).toMatchObject({
    code: 0,
    out: expect.stringContaining('What is shown of portfolios is right.'),
  });
  await postgres.db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('tickfolio.projection', 'on', true)`);
    await tx.execute(sql`update coins set quantity = 1.25`);
  });
  const wrong = await run(target);
  expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('is NOT right: A9.') });
  const words = `btcusdt of ${portfolioId} at version 1: 1.25 available and 0 reserved are shown, 1.5 and 0 are there`;
  expect(wrong.out).toContain(words);
  expect(await run(target, 'nowhere')).toMatchObject({ code: 2, err: expect.stringContaining('nowhere') });
});
