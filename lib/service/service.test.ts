import { once } from 'node:events';
import { connect } from 'node:net';
import { Client, type ClientReadableStream, credentials, makeClientConstructor } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock, systemClock } from '../clock/clock.js';
import { createGrpcClient, isServing } from '../grpc/grpc.js';
import { addOperations, createHttpServer } from '../http/http.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { type GrpcFace, serveGrpc } from './serve-grpc.js';
import { type RunningService, serveHttp, serveOperations, watchDependency } from './service.js';

const log = silentLogger();
const address = { host: '127.0.0.1', port: 0 };
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
});
const own = <T extends { close(): unknown }>(thing: T): T => {
  opened.push(thing);
  return thing;
};

const readyOf = async ({ operationsPort }: RunningService<number | undefined>) => {
  const answer = await fetch(`http://127.0.0.1:${operationsPort}/ready`);
  return { code: answer.status, ...((await answer.json()) as { status: string; dependencies: object }) };
};

interface Begun {
  /** Each call of the service's own `stop`. */
  readonly stops: unknown[];
  /** Lets `stop` end. */
  release(): void;
}

/** What stops only when it is let. */
const stopping = (): Begun & { stop(): Promise<void> } => {
  const stops: unknown[] = [];
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stop = () => {
    stops.push('stop');
    return released;
  };
  return { stops, stop, release };
};

type Start = (port: number, more: { stop(): Promise<void> }) => Promise<RunningService<number | undefined>>;

const dependency = { name: 'neighbour', required: true as const, check: () => undefined };

const kinds: Readonly<Record<string, Start>> = {
  gRPC: (port, { stop }) =>
    serveGrpc(
      { clock: systemClock, log, metrics: createMetrics('test') },
      {
        address: { ...address, port },
        portVariable: 'THE_PORT',
        operationsAddress: address,
        service: 'test.v1.Test',
        dependencies: [dependency],
        add: () => undefined,
        stop,
      },
    ),
  HTTP: (port, { stop }) =>
    serveHttp(
      { clock: systemClock },
      {
        address: { ...address, port },
        portVariable: 'THE_PORT',
        dependencies: [dependency],
        build: (draining) => {
          const server = createHttpServer({ log });
          addOperations(server, { metrics: createMetrics('test'), dependencies: [dependency], draining });
          return server;
        },
        stop,
      },
    ),
  'nothing but operations': (port, { stop }) =>
    serveOperations(
      { log, metrics: createMetrics('test') },
      { address: { ...address, port }, dependencies: [dependency], stop },
    ),
};

describe.each(Object.entries(kinds))('a service that serves %s', (_kind, start) => {
  it('is closed once, however often and by however many it is asked to', async () => {
    const { stops, stop, release } = stopping();
    const running = own(await start(0, { stop }));
    const both = Promise.all([running.close(), running.close()]);
    release();
    await both;
    await running.close();
    expect(stops).toEqual(['stop']);
  });

  it('says in /ready that it drains while it ends what is under way', async () => {
    const { stop, release } = stopping();
    const running = own(await start(0, { stop }));
    expect(await readyOf(running)).toMatchObject({
      code: 200,
      status: 'ready',
      dependencies: { neighbour: { status: 'ok' } },
    });
    const closed = running.close();
    expect(await readyOf(running)).toMatchObject({ code: 503, status: 'draining' });
    release();
    await closed;
  });

  it('names the setting of a port that is taken, and leaves nothing running', async () => {
    const { stop, release } = stopping();
    release();
    const running = own(await start(0, { stop }));
    const second = stopping();
    second.release();
    await expect(start((running.port ?? running.operationsPort) as number, { stop: second.stop })).rejects.toThrow(
      /THE_PORT|METRICS_ADDR/,
    );
    expect(second.stops).toEqual(['stop']);
  });
});

describe('health over gRPC', () => {
  const serve = async (clock: ManualClock, dependencies: GrpcFace['dependencies']) => {
    const running = own(
      await serveGrpc(
        { clock, log, metrics: createMetrics('test') },
        {
          address,
          portVariable: 'THE_PORT',
          operationsAddress: address,
          service: 'test.v1.Test',
          dependencies,
          add: () => undefined,
          stop: async () => undefined,
        },
      ),
    );
    const client = own(createGrpcClient(Client, `127.0.0.1:${running.port}`));
    const options = { deadlineMs: 60_000, waitForReady: true };
    return { running, health: () => Promise.all(['', 'test.v1.Test'].map((name) => isServing(client, name, options))) };
  };

  it('says no while something is away that the service cannot do without, and only then', async () => {
    const clock = createManualClock();
    const away = { needed: false, other: true };
    const { health, running } = await serve(clock, [
      { name: 'needed', required: true, check: () => (away.needed ? 'is away' : undefined) },
      { name: 'other', required: false, check: async () => (away.other ? 'is away' : undefined) },
    ]);
    expect(await health()).toEqual([true, true]);
    away.needed = true;
    clock.advance(250);
    expect(await health()).toEqual([false, false]);
    expect(await readyOf(running)).toMatchObject({ code: 503, dependencies: { needed: { reason: 'is away' } } });
    away.needed = false;
    clock.advance(250);
    expect(await health()).toEqual([true, true]);
  });

  it('knows from the first moment what has to be asked', async () => {
    const clock = createManualClock();
    let fault: string | undefined = 'is read-only';
    const options = { name: 'database', required: true, words: 'the database', periodMs: 1_000, timeoutMs: 500 };
    const database = own(watchDependency({ clock, log }, { ...options, ask: async () => fault }));
    const { health, running } = await serve(clock, [database]);
    expect(await health()).toEqual([false, false]);
    expect(await readyOf(running)).toMatchObject({ code: 503, dependencies: { database: { reason: 'is read-only' } } });
    fault = undefined;
    await clock.advanceAsync(1_000);
    expect(await health()).toEqual([true, true]);
  });
});

const pause = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('still waits'), ms));

describe('a service that is ended', () => {
  it('waits no longer than it may for somebody who connected to its operations and asks nothing', async () => {
    const running = await serveOperations(
      { log, metrics: createMetrics('test') },
      { address, dependencies: [], stop: async () => undefined },
    );
    const silent = connect(running.operationsPort ?? 0, '127.0.0.1');
    own({ close: () => silent.destroy() });
    await once(silent, 'connect');
    await fetch(`http://127.0.0.1:${running.operationsPort}/health`, { headers: { connection: 'close' } });
    expect(await Promise.race([running.close(AbortSignal.timeout(500)).then(() => 'ended'), pause(4_000)])).toBe(
      'ended',
    );
  });
});

describe('who watches the health of a service', () => {
  it('is told once while nothing changes', async () => {
    const clock = createManualClock();
    const running = await serveGrpc(
      { clock, log, metrics: createMetrics('test') },
      {
        address,
        portVariable: 'THE_PORT',
        service: 'test.v1.Test',
        drainMs: 100,
        dependencies: [{ name: 'needed', required: true, check: () => undefined }],
        add: () => undefined,
        stop: async () => undefined,
      },
    );
    own(running);
    const Health = makeClientConstructor(healthService, 'Health');
    const client = new Health(`127.0.0.1:${running.port}`, credentials.createInsecure()) as unknown as Client & {
      watch(request: { service: string }): ClientReadableStream<{ status: string }>;
    };
    own(client);
    const told: string[] = [];
    const call = client.watch({ service: 'test.v1.Test' });
    call.on('data', ({ status }) => told.push(status)).on('error', () => undefined);
    own({ close: () => call.cancel() });
    await once(call, 'data');
    for (let i = 0; i < 20; i++) clock.advance(250);
    await pause(300);
    expect(told).toEqual(['SERVING']);
  });
});
