import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProgram } from '@tickfolio/lib/kit/process';
import { afterAll, describe, expect, it } from 'vitest';

const server = await startTestPostgres();
afterAll(() => server?.close());

const run = (env: NodeJS.ProcessEnv) => startProgram('services/orders/dist/main.js', env);

describe('the orders process', () => {
  it('names every fault of its settings and exits with 1', async () => {
    const program = run({ POSTGRES_PORT: 'many' });
    expect((await program.ended).code).toBe(1);
    for (const name of ['BROKERS', 'POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_USER', 'POSTGRES_PASSWORD'])
      expect(program.err()).toContain(name);
  });

  it.skipIf(!server)('serves while all others are away, and ends with 0 on SIGTERM', async () => {
    await server?.createDatabase('order_service');
    const away = '127.0.0.1:1';
    const program = run({
      GRPC_PORT: '0',
      METRICS_ADDR: '127.0.0.1:0',
      ...{ BROKERS: away, AUTH_SERVICE_ADDR: away, SOCKET_SERVICE_ADDR: away, PORTFOLIO_SERVICE_ADDR: away },
      AGGREGATOR_SERVICE_ADDR: away,
      POSTGRES_HOST: server?.host,
      POSTGRES_PORT: String(server?.port),
      POSTGRES_USER: server?.user,
      POSTGRES_PASSWORD: server?.password,
    });
    await program.waitFor(/serving orders/, 60_000);
    expect((await program.end('SIGTERM')).code).toBe(0);
    expect(program.out()).toContain('"msg":"stopped"');
  });
});
