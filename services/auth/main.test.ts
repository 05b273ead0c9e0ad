import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { afterAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('./dist/main.js', import.meta.url));
const server = await startTestPostgres();
afterAll(() => server?.close());

const run = (env: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, ended, out: text(child.stdout), err: text(child.stderr) };
};

describe('the auth process', () => {
  it('names every fault of its settings and exits with 1', async () => {
    const { ended, err } = run({ JWT_SECRET: 'short', POSTGRES_PORT: 'many' });
    expect(await ended).toBe(1);
    for (const name of ['POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_USER', 'POSTGRES_PASSWORD', 'JWT_SECRET'])
      expect(await err).toContain(name);
  });

  it.skipIf(!server)('waits for its database, serves, and ends with 0 on SIGTERM', async () => {
    await server?.createDatabase('auth_db');
    await server?.crash();
    const { child, ended, out } = run({
      GRPC_PORT: '0',
      METRICS_ADDR: '127.0.0.1:0',
      POSTGRES_HOST: server?.host,
      POSTGRES_PORT: String(server?.port),
      POSTGRES_USER: server?.user,
      POSTGRES_PASSWORD: server?.password,
      JWT_SECRET: 'Zq3vT9mXr5Lw8Kc2Yb7Nd4Hf6Js1Pg0a',
    });
    const said = (words: string) =>
      new Promise<void>((resolve) => child.stdout.on('data', (chunk: Buffer) => chunk.includes(words) && resolve()));
    const serving = said('serving accounts and sessions');
    await said('PostgreSQL is not ready yet');
    await server?.restart();
    await serving;
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await out).toContain('"msg":"stopped"');
  });
});
