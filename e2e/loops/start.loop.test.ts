import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { startProcess } from '@tickfolio/lib/kit/process';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allInOneEnv, coldStartMs } from '../kit/all-in-one.js';
import { signUp } from '../kit/client.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const start = (env: Record<string, string>, dataFolder = folder.path) =>
  startProcess(
    process.execPath,
    ['--enable-source-maps', 'standalone/dist/bundle/main.js'],
    allInOneEnv(dataFolder, env),
  );

/** Takes a port of 127.0.0.1 for the time of the test. */
const occupy = async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port: String(port), free: () => new Promise((resolve) => server.close(resolve)) };
};

describe('the start of the all-in-one run', () => {
  it('with the exchange away it runs all the same, claims no live price, and says what is missing', async () => {
    const sim = await occupy(); // Nobody needs the simulator's port here.
    const dead = `127.0.0.1:${await freePort()}`;
    const run = start({
      PRICE_SOURCE: 'binance',
      BINANCE_WS_URL: `ws://${dead}`,
      BINANCE_REST_URL: `http://${dead}`,
      EXCHANGE_SIM_PORT: sim.port,
    });
    await run.waitFor(/Prices +from ws:\/\/\S+, which has not answered yet/, coldStartMs);
    await run.waitFor(/No live price yet: .*cannot be reached.* It is still being tried\./, 30_000);
    const state = /State +(\S+)/.exec(run.output())?.[1] ?? '';
    expect(await (await fetch(state)).json()).toMatchObject({
      dependencies: { 'exchange-streams': { status: 'down' }, 'exchange-rest': { status: 'down' } },
    });
    expect((await run.end('SIGINT')).code).toBe(0);
    await sim.free();
    expect(run.output()).not.toMatch(/^\{|simulated|live from/im);
    const warnings = run
      .output()
      .split('\n')
      .filter((line) => line.includes('warning'))
      .map((line) => line.replace(/^[\s\d:]+/, '').replace(/: [^:]*$/, ''));
    expect(new Set(warnings).size).toBe(warnings.length);
  });

  it('shows the first live price of a warm start, in clean lines, and says that it stops', async () => {
    expect(existsSync(join(folder.path, 'databases')), 'the test before has made the databases').toBe(true);
    const warm = start({});
    await warm.waitFor(/First live price after [\d.]+ s: btcusdt \d+\.\d+ USDT \(simulated\)\n/, coldStartMs);
    expect(await warm.end('SIGINT')).toEqual({ code: 0, signal: null });
    const lines = warm.output().trim().split('\n');
    expect(lines[0]).toBe('Opening the embedded databases ...');
    expect(lines.slice(-2).map((line) => line.trim())).toEqual([expect.stringMatching(/^Stopping/), 'Stopped.']);
    expect(warm.output()).not.toMatch(/^(\{| {2}\d\d:\d\d:\d\d)/m);
  });

  it.each([0, 500, 1_000, 1_500, 2_000])(
    'ended %i ms after it began to open its stores, it stops without a complaint',
    async (afterMs) => {
      const run = start({ PRICE_SOURCE: 'simulated' }, join(folder.path, `ended-after-${afterMs}`));
      await run.waitFor(/Making the embedded databases/, coldStartMs);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      expect((await run.end('SIGINT')).code).toBe(0);
      expect(run.output()).toMatch(/Stopping: [^\n]*\n +Stopped\.\n$/);
    },
  );

  it('sends a frame at once and then one after another', async () => {
    const run = start({});
    const [, base = ''] = await run.waitFor(/(http:\/\/[\w.:]+)\/docs/, coldStartMs);
    const person = await signUp(base);
    for (const symbol of ['btcusdt', 'ethusdt']) await person.addCoin(symbol, '1');
    const socket = await person.connect();
    await socket.frame(() => true, 30_000, 0);
    await socket.frame((frame) => frame.Coins.every((coin) => coin.Price !== null), 30_000, 0);
    // That there is one a second at least, bff/live/live-portfolios.test.ts shows, where the clock is the test's.
    const from = socket.frames.length;
    await eventually('ten more frames', () => socket.frames.length >= from + 10, 60_000);
    socket.close();
    expect(await run.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('names every port that is in use, with the variable that moves it, before it makes a database', async () => {
    const [http, grpc, socket, aggregator, sim] = await Promise.all([occupy(), occupy(), occupy(), occupy(), occupy()]);
    const untouched = join(folder.path, 'untouched');
    const run = start(
      {
        HTTP_PORT: http.port,
        GRPC_PORT: grpc.port,
        ADDRESS: `127.0.0.1:${socket.port}`,
        SERVER_ADDR: `127.0.0.1:${aggregator.port}`,
        EXCHANGE_SIM_PORT: sim.port,
      },
      untouched,
    );
    expect((await run.ended).code).toBe(1);
    const wanted = {
      HTTP_PORT: http,
      GRPC_PORT: grpc,
      ADDRESS: socket,
      SERVER_ADDR: aggregator,
      EXCHANGE_SIM_PORT: sim,
    };
    for (const [variable, { port }] of Object.entries(wanted))
      expect(run.output()).toContain(`Port ${port} on 127.0.0.1 is in use. Set ${variable} to another one`);
    expect(run.output().trim().split('\n')).toHaveLength(5);
    expect(existsSync(join(untouched, 'databases'))).toBe(false);
    await Promise.all([http, grpc, socket, aggregator, sim].map(({ free }) => free()));
  });

  it('minds the port of the simulator where `auto` comes to need it', async () => {
    const sim = await occupy();
    const auto = start({
      BINANCE_REST_URL: `http://127.0.0.1:${await freePort()}`,
      EXCHANGE_SIM_PORT: sim.port,
      PRICE_SOURCE: 'auto',
    });
    expect((await auto.ended).code).toBe(1);
    expect(auto.output()).toMatch(/^Port \d+ .* Set EXCHANGE_SIM_PORT to another one/);
    await sim.free();
  });
});
