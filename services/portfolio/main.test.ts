import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProgram } from '@tickfolio/lib/kit/process';
import { afterAll, describe, expect, it } from 'vitest';

const server = await startTestPostgres();
afterAll(() => server?.close());

const run = (env: NodeJS.ProcessEnv) => startProgram('services/portfolio/dist/main.js', env);

describe('the portfolio process', () => {
  it('names every fault of its settings and exits with 1', async () => {
    const program = run({ POSTGRES_PORT: 'many' });
    expect((await program.ended).code).toBe(1);
    for (const name of ['BROKERS', 'POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_USER', 'POSTGRES_PASSWORD'])
      expect(program.err()).toContain(name);
  });

  it.skipIf(!server)('waits for its database, serves, and ends with 0 on SIGTERM', async () => {
    await server?.createDatabase('portfolio_service');
    await server?.crash();
    const program = run({
      GRPC_PORT: '0',
      METRICS_ADDR: '127.0.0.1:0',
      // Nothing is there: a portfolio does not need it.
      BROKERS: '127.0.0.1:1',
      AUTH_SERVICE_ADDR: '127.0.0.1:1',
      SOCKET_SERVICE_ADDR: '127.0.0.1:1',
      POSTGRES_HOST: server?.host,
      POSTGRES_PORT: String(server?.port),
      POSTGRES_USER: server?.user,
      POSTGRES_PASSWORD: server?.password,
    });
    await program.waitFor(/PostgreSQL is not ready yet/, 60_000);
    await server?.restart();
    await program.waitFor(/serving portfolios/, 60_000);
    expect((await program.end('SIGTERM')).code).toBe(0);
    expect(program.out()).toContain('"msg":"stopped"');
  });
});
