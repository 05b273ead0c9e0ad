import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

// The compiled program, as a deployment starts it; `npm test` builds it first.
const program = join(import.meta.dirname, 'dist/main.js');

const running: (() => void)[] = [];
afterEach(() => {
  for (const kill of running.splice(0)) kill();
});

const run = (env: Readonly<Record<string, string>>) => {
  if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build\` first.`);
  const child = spawn(process.execPath, [program], { env: { PATH: process.env.PATH, ...env } });
  running.push(() => child.kill('SIGKILL'));
  const output = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    output.out += data;
  });
  child.stderr.on('data', (data) => {
    output.err += data;
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { child, output, ended };
};

// Nothing listens there.
const away = { CLICKHOUSE_ADDR: '127.0.0.1:1', HTTP_HOST: '127.0.0.1' };

describe('the program', () => {
  it('refuses to start with wrong settings, naming each', async () => {
    const { output, ended } = run({ DASHBOARD_PORT: 'x', CLICKHOUSE_DATABASE: 'a b', CLICKHOUSE_TABLE: 't;--' });
    expect(await ended).toBe(1);
    for (const name of ['DASHBOARD_PORT', 'CLICKHOUSE_ADDR', 'CLICKHOUSE_DATABASE', 'CLICKHOUSE_TABLE']) expect(output.err).toContain(name);
    expect(output.out).toBe('');
  });

  it('tells the native port from the HTTP port', async () => {
    const { output, ended } = run({ CLICKHOUSE_ADDR: 'clickhouse:9000' });
    expect(await ended).toBe(1);
    expect(output.err).toContain("must name ClickHouse's HTTP port (8123)");
  });

  it('serves while ClickHouse is away, and ends cleanly on SIGTERM', async () => {
    const { child, output, ended } = run({ ...away, DASHBOARD_PORT: '0', CLICKHOUSE_PASSWORD: 'a-password-of-the-test' });
    const portIn = () => /"port":(\d+)/.exec(output.out)?.[1];
    await expect.poll(portIn, { timeout: 15_000 }).toBeDefined();
    const base = `http://127.0.0.1:${portIn()}`;
    expect((await fetch(`${base}/health`)).status).toBe(200);
    expect((await fetch(`${base}/`)).status).toBe(503);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain(
      'tickfolio_dashboard_query_duration_seconds_count{outcome="unavailable"} 1',
    );
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output.out).not.toContain('a-password-of-the-test');
  });

  it('names the variable of a port that is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { output, ended } = run({ ...away, DASHBOARD_PORT: String(port) });
    expect(await ended).toBe(1);
    expect(output.err).toContain('DASHBOARD_PORT');
    taken.close();
  });
});
