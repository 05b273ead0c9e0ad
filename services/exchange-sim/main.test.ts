import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '@tickfolio/lib/kit/process';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeSimSchema } from './config.js';
import { faultSchema } from './faults/fault.js';
import { getJson } from './kit/client.js';

// The compiled program, as `npm run exchange-sim` starts it; `npm test` builds it first.
const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  startProgram('services/exchange-sim/dist/main.js', env, ...args);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-sim-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the program', () => {
  it('explains itself: every option and every fault', async () => {
    const program = run(['--help']);
    expect((await program.ended).code).toBe(0);
    for (const option of [
      '--port',
      '--host',
      '--seed',
      '--symbols',
      '--rate',
      '--past',
      '--klines',
      '--lifetime',
      '--replay',
      '--speed',
      '--record',
      '--log-level',
    ])
      expect(program.out()).toContain(option);
    for (const { shape } of faultSchema.options) expect(program.out()).toContain(`{"kind":"${shape.kind.value}"`);
  });

  it('prints its addresses, serves, records every trade, and ends cleanly on SIGINT', async () => {
    const record = join(folder, 'record.jsonl');
    const program = run(['--port', '0', '--symbols', '5', '--rate', '5', '--record', record, '--log-level', 'warn']);
    const base = await eventually('the address', () => /REST\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(program.out())?.[1]);
    expect(program.out()).toContain(base.replace('http', 'ws'));
    let served: number[] = [];
    // The simulated market trades in real time; a few dozen trades take about a second.
    for (let tries = 0; served.length < 150 && tries < 1_000; tries++) {
      served = (await getJson(`${base}/sim/trades?symbol=btcusdt&fromId=1&limit=20000`)).body.map(
        (row: { a: number }) => row.a,
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(served.length).toBeGreaterThanOrEqual(150);
    expect((await program.end('SIGINT')).code).toBe(0);
    const lines = (await readFile(record, 'utf8')).trim().split('\n');
    const trades = lines.map((line) => JSON.parse(line));
    const recorded = trades.filter(({ symbol }) => symbol === 'BTCUSDT').map(({ id }) => id);
    expect(recorded.slice(0, served.length)).toEqual(served);
    expect(program.err()).toBe('');
  });

  it('reads its port from the environment, the option wins, and a port in use is named with the way out', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port)),
    );
    const program = run(['--log-level', 'silent'], { EXCHANGE_SIM_PORT: String(port) });
    expect((await program.ended).code).toBe(1);
    expect(program.err()).toContain(`Port ${port} on 127.0.0.1 is in use. Choose another with --port`);
    const moved = run(['--port', '0', '--symbols', '1'], { EXCHANGE_SIM_PORT: String(port) });
    await eventually('the start', () => moved.out().includes('REST'));
    expect((await moved.end('SIGTERM')).code).toBe(0);
    holder.close();
  });

  it('names every wrong option at once', async () => {
    const program = run(['--port', '99999', '--rate', 'fast', '--symbols', '0']);
    expect((await program.ended).code).toBe(1);
    for (const option of ['--port', '--rate', '--symbols']) expect(program.err()).toContain(option);
    for (const past of ['1,30,400', '3,2,400', '2,30', '2,30,400,1', '2,30,x', '2,30,4001'])
      expect(exchangeSimSchema.shape['--past'].safeParse(past).success).toBe(false);
    const unknown = run(['--nonsense']);
    expect((await unknown.ended).code).toBe(1);
    expect(unknown.err()).toContain('--help');
  });
});
