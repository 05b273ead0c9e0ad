import { createServer } from 'node:net';
import { endProcesses, startProgram } from '@tickfolio/lib/kit/process';
import { afterEach, describe, expect, it } from 'vitest';

// The compiled program, as a deployment starts it; `npm test` builds it first.
const run = (env: NodeJS.ProcessEnv) => startProgram('services/dashboard/dist/main.js', env);
afterEach(endProcesses);

// Nothing listens there.
const away = { CLICKHOUSE_ADDR: '127.0.0.1:1', HTTP_HOST: '127.0.0.1' };

describe('the program', () => {
  it('refuses to start with wrong settings, naming each', async () => {
    const program = run({ DASHBOARD_PORT: 'x', CLICKHOUSE_DATABASE: 'a b', CLICKHOUSE_TABLE: 't;--' });
    expect((await program.ended).code).toBe(1);
    for (const name of ['DASHBOARD_PORT', 'CLICKHOUSE_ADDR', 'CLICKHOUSE_DATABASE', 'CLICKHOUSE_TABLE'])
      expect(program.err()).toContain(name);
    expect(program.out()).toBe('');
  });

  it('tells the native port from the HTTP port', async () => {
    const program = run({ CLICKHOUSE_ADDR: 'clickhouse:9000' });
    expect((await program.ended).code).toBe(1);
    expect(program.err()).toContain("must name ClickHouse's HTTP port (8123)");
  });

  it('serves while ClickHouse is away, and ends cleanly on SIGTERM', async () => {
    const program = run({ ...away, DASHBOARD_PORT: '0', CLICKHOUSE_PASSWORD: 'a-password-of-the-test' });
    const portIn = () => /"port":(\d+)/.exec(program.out())?.[1];
    await expect.poll(portIn).toBeDefined();
    const base = `http://127.0.0.1:${portIn()}`;
    expect((await fetch(`${base}/health`)).status).toBe(200);
    expect((await fetch(`${base}/`)).status).toBe(503);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain(
      'tickfolio_dashboard_query_duration_seconds_count{outcome="unavailable"} 1',
    );
    expect((await program.end('SIGTERM')).code).toBe(0);
    expect(program.out()).not.toContain('a-password-of-the-test');
  });

  it('names the variable of a port that is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const program = run({ ...away, DASHBOARD_PORT: String(port) });
    expect((await program.ended).code).toBe(1);
    expect(program.err()).toContain('DASHBOARD_PORT');
    taken.close();
  });
});
