import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from '@tickfolio/lib/kit/wait-until';
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

// Nothing listens there: every server is away.
const away = { BROKERS: '127.0.0.1:1', REDIS_ADDR: '127.0.0.1:1', SOCKET_SERVICE_ADDR: '127.0.0.1:1' };

describe('the program', () => {
  it('refuses to start without its servers, naming each', async () => {
    const { output, ended } = run({ SERVER_ADDR: 'nonsense' });
    expect(await ended).toBe(1);
    for (const name of ['BROKERS', 'REDIS_ADDR', 'SOCKET_SERVICE_ADDR', 'SERVER_ADDR']) expect(output.err).toContain(name);
    expect(output.out).toBe('');
  });

  it('serves while every server is away, says so, and ends cleanly on SIGTERM', async () => {
    const { child, output, ended } = run({ ...away, SERVER_ADDR: '127.0.0.1:0' });
    const portIn = () => /"port":(\d+)/.exec(output.out)?.[1];
    await eventually('the port', () => portIn() !== undefined, 15_000);
    const base = `http://127.0.0.1:${portIn()}`;
    expect((await fetch(`${base}/health`)).status).toBe(200);
    const ready = await fetch(`${base}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      simulated: null,
      dependencies: { socket: { status: 'down' }, 'price-bus': { status: 'down' }, 'event-log': { status: 'down', required: false } },
    });
    expect((await fetch(`${base}/coin?symbol=btcusdt&id=u-1`)).status).toBe(200);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('tickfolio_aggregator_holds 1');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('names the variable of a port that is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { output, ended } = run({ ...away, SERVER_ADDR: `127.0.0.1:${port}` });
    expect(await ended).toBe(1);
    expect(output.err).toContain('SERVER_ADDR');
    taken.close();
  });
});
