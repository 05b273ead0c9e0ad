import { connect } from 'node:http2';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type Client,
  credentials,
  loadPackageDefinition,
  makeClientConstructor,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';
import {
  type ListSymbolsRequest,
  type ListSymbolsResponse,
  type RawAggTradeRequest,
  type RawResponse,
  SocketServiceClient,
  SocketServiceService,
} from '@tickfolio/gen/market/v1';
import { service as healthService } from 'grpc-health-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, StartError } from '../errors/errors.js';
import { becomes } from '../kit/becomes.js';
import { createLogger, silentLogger } from '../telemetry/telemetry.js';
import {
  type CallContext,
  callUnary,
  createGrpcClient,
  createGrpcServer,
  drained,
  type GrpcServer,
  isServing,
  readStream,
} from './grpc.js';

type Streaming = (call: ServerWritableStream<RawAggTradeRequest, RawResponse>, context: CallContext) => Promise<void>;
type Listing = (request: ListSymbolsRequest, context: CallContext) => Promise<ListSymbolsResponse>;

const loopback = (port: number) => ({ host: '127.0.0.1', port });
const frame = (payload: string): RawResponse => ({ frames: [{ payload, receiveTimeMs: 1 }], statuses: [] });
const symbols: ListSymbolsResponse = { revision: 'r1', symbols: [], simulated: true };
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

let server: GrpcServer;
let client: SocketServiceClient;
let port: number;
let lines: string[];
let list: Listing;
let stream: Streaming;
const opened: { close(): void }[] = [];

const start = async (drainMs = 500) => {
  lines = [];
  server = createGrpcServer({ log: createLogger('test', 'debug', (line) => void lines.push(line)), drainMs });
  server.addService(SocketServiceService, {
    listSymbols: server.unary<ListSymbolsRequest, ListSymbolsResponse>((request, context) => list(request, context)),
    receiveRawAggTrade: server.serverStreaming<RawAggTradeRequest, RawResponse>((call, context) =>
      stream(call, context),
    ),
    receiveRawMiniTicker: server.serverStreaming<RawAggTradeRequest, RawResponse>(async () => undefined),
    listAggTrades: server.unary(async () => {
      throw new AppError('unprocessable', 'Not today.');
    }),
  });
  port = await server.listen(loopback(0), 'GRPC_PORT');
  client = createGrpcClient(SocketServiceClient, `127.0.0.1:${port}`);
};
const listSymbols = (more: Partial<Parameters<typeof callUnary>[3]> = {}) =>
  callUnary(client, client.listSymbols, { knownRevision: '', fresh: false }, { deadlineMs: 60_000, ...more });
const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const thrown: unknown = await work.then(
    () => undefined,
    (err: unknown) => err,
  );
  if (!(thrown instanceof AppError)) throw new Error('expected an AppError');
  return thrown;
};

beforeEach(() => {
  list = async () => symbols;
  stream = async () => undefined;
});
afterEach(async () => {
  for (const thing of opened.splice(0)) thing.close();
  client?.close();
  await server?.close();
});

describe('unary calls', () => {
  beforeEach(() => start());

  it('carry request, answer and request id', async () => {
    const seen: string[] = [];
    list = async (_request, { requestId }) => {
      seen.push(requestId);
      return symbols;
    };
    expect(await listSymbols({ requestId: 'req-1' })).toEqual(symbols);
    await listSymbols();
    await listSymbols({ requestId: 'not a request id' });
    expect(seen[0]).toBe('req-1');
    expect(seen[1]).toMatch(/^[\w-]{36}$/);
    expect(seen[2]).toMatch(/^[\w-]{36}$/);
  });

  it('never go through a proxy for the outside, whichever variable names one', async () => {
    for (const name of ['https_proxy', 'http_proxy', 'grpc_proxy']) vi.stubEnv(name, 'http://127.0.0.1:9');
    const other = createGrpcClient(SocketServiceClient, `127.0.0.1:${port}`);
    opened.push(other);
    list = async () => symbols;
    const asked = callUnary(other, other.listSymbols, { knownRevision: '', fresh: false }, { deadlineMs: 60_000 });
    vi.unstubAllEnvs();
    expect(await asked).toEqual(symbols);
  });

  it('carry an error with its fields and retry time', async () => {
    list = async () => {
      throw new AppError('resource_exhausted', 'Too fast.', {
        fields: [{ field: 'name', message: 'is tired' }],
        retryAfterMs: 1_500,
      });
    };
    expect(await failure(listSymbols())).toMatchObject({
      code: 'resource_exhausted',
      message: 'Too fast.',
      fields: [{ field: 'name', message: 'is tired' }],
      retryAfterMs: 1_500,
    });
    expect(
      await failure(callUnary(client, client.listAggTrades, { symbol: 'x', limit: 1 }, { deadlineMs: 60_000 })),
    ).toMatchObject({
      code: 'unprocessable',
      message: 'Not today.',
    });
  });

  it('hide an unexpected error from the caller and log it, with the request id', async () => {
    list = () => {
      throw new Error('database password is 1234');
    };
    const err = await failure(listSymbols({ requestId: 'req-2' }));
    expect(err).toMatchObject({ code: 'internal', message: 'Something went wrong on our side.' });
    const logged = lines.find((line) => line.includes('call failed'));
    expect(logged).toContain('database password');
    expect(logged).toContain('req-2');
  });

  it('end at their deadline, for caller and handler', async () => {
    let hasBegun = false;
    let reason: unknown;
    list = async (_request, { signal }) => {
      hasBegun = true;
      await aborted(signal);
      reason = signal.reason;
      return symbols;
    };
    // On a busy machine a call may be over before it arrives.
    for (let deadlineMs = 50; !hasBegun; deadlineMs *= 2) {
      const err = await failure(listSymbols({ deadlineMs }));
      expect(err).toMatchObject({ code: 'deadline_exceeded', message: 'The service did not answer in time.' });
    }
    await becomes(() => (reason instanceof AppError ? reason.code : undefined), 'canceled');
  });

  it('end when the caller gives up, before or during the call', async () => {
    let canceled = false;
    let started = false;
    list = async (_request, { signal }) => {
      started = true;
      await aborted(signal);
      canceled = true;
      return symbols;
    };
    const controller = new AbortController();
    const calling = failure(listSymbols({ signal: controller.signal }));
    await becomes(() => started, true);
    controller.abort();
    expect((await calling).code).toBe('canceled');
    await becomes(() => canceled, true);
    expect((await failure(listSymbols({ signal: AbortSignal.abort() }))).code).toBe('canceled');
  });

  it('fail as unavailable, naming no address, when nobody listens; or wait for somebody when told to', async () => {
    await server.close();
    const err = await failure(listSymbols());
    expect(err).toMatchObject({ code: 'unavailable', message: 'The service cannot be reached at the moment.' });
    const waiting = listSymbols({ waitForReady: true });
    const again = createGrpcServer({ log: silentLogger() });
    again.addService(SocketServiceService, {
      listSymbols: again.unary<ListSymbolsRequest, ListSymbolsResponse>(async () => symbols),
      receiveRawAggTrade: again.serverStreaming(async () => undefined),
      receiveRawMiniTicker: again.serverStreaming(async () => undefined),
      listAggTrades: again.unary(async () => symbols),
    });
    await again.listen(loopback(port), 'GRPC_PORT');
    expect(await waiting).toEqual(symbols);
    await again.close();
  });
});

describe('server streams', () => {
  beforeEach(() => start());

  const read = (signal?: AbortSignal) => readStream(client.receiveRawAggTrade({ symbols: ['btcusdt'] }), signal);
  const payloads = async (messages: AsyncIterable<RawResponse>) => {
    const seen: string[] = [];
    for await (const message of messages) seen.push(message.frames[0]?.payload ?? '');
    return seen;
  };

  it('deliver everything in order and end', async () => {
    stream = async (call, { signal }) => {
      for (let i = 0; i < 500; i++) if (!call.write(frame(String(i)))) await drained(call, signal);
    };
    expect(await payloads(read())).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
  });

  it('carry the error they end with, after what was sent before', async () => {
    stream = async (call) => {
      call.write(frame('1'));
      throw new AppError('resource_exhausted', 'Too slow.', { retryAfterMs: 10 });
    };
    const seen: string[] = [];
    const reading = (async () => {
      for await (const message of read()) seen.push(message.frames[0]?.payload ?? '');
    })();
    expect(await failure(reading)).toMatchObject({
      code: 'resource_exhausted',
      message: 'Too slow.',
      retryAfterMs: 10,
    });
    expect(seen).toEqual(['1']);
  });

  it('do not lose an error that came before anybody read', async () => {
    stream = async () => {
      throw new AppError('permission_denied', 'No.');
    };
    const messages = read();
    await becomes(() => lines.some((line) => line.includes('call refused')), true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await failure(payloads(messages))).code).toBe('permission_denied');
  });

  it.each(['break', 'throw', 'return', 'abort'])(
    'are cancelled at the server when the reader leaves by %s',
    async (way) => {
      let left: unknown;
      stream = async (call, { signal }) => {
        call.write(frame('1'));
        await aborted(signal);
        left = signal.reason;
      };
      const controller = new AbortController();
      const leave = async () => {
        for await (const _message of read(controller.signal)) {
          if (way === 'break') break;
          if (way === 'throw') throw new Error('reader failed');
          if (way === 'return') return 'returned';
          controller.abort();
        }
        return 'ended';
      };
      const outcome = await leave().catch((err: Error) => err.message);
      expect(outcome).toBe({ break: 'ended', throw: 'reader failed', return: 'returned', abort: 'ended' }[way]);
      await becomes(() => (left instanceof AppError ? left.code : undefined), 'canceled');
    },
  );

  it('give nothing to a reader that had given up before it began', async () => {
    stream = async (call, { signal }) => {
      call.write(frame('1'));
      await aborted(signal);
    };
    expect(await payloads(read(AbortSignal.abort()))).toEqual([]);
  });

  it('let a slow reader hold the writer back', async () => {
    let written = 0;
    stream = async (call, { signal }) => {
      const big = 'x'.repeat(64 * 1024);
      while (!signal.aborted && written < 2_000) {
        written++;
        if (!call.write(frame(big))) await drained(call, signal);
      }
    };
    const messages = read();
    await messages.next();
    let before = -1;
    await expect
      .poll(
        () => {
          const still = written === before;
          before = written;
          return still;
        },
        { interval: 100 },
      )
      .toBe(true);
    expect(written).toBeLessThan(200);
    await messages.return();
  });
});

describe('shutting down', () => {
  it('tells an open stream to move and ends at once when its handler leaves', async () => {
    await start(300_000); // Far beyond this test's own time.
    stream = async (call, { signal }) => {
      call.write(frame('1'));
      await aborted(signal);
    };
    const messages = readStream(client.receiveRawAggTrade({ symbols: ['btcusdt'] }));
    await messages.next();
    const closing = server.close();
    expect(await failure(messages.next())).toMatchObject({
      code: 'unavailable',
      message: 'The server is shutting down; call another one.',
      retryAfterMs: 0,
    });
    await closing;
  });

  it('tells a stream whose handler hears nothing when the time is over, and ends within its bound', async () => {
    await start(200);
    stream = async (call) => {
      call.write(frame('1'));
      await new Promise(() => undefined);
    };
    const messages = readStream(client.receiveRawAggTrade({ symbols: ['btcusdt'] }));
    await messages.next();
    const closing = server.close();
    expect((await failure(messages.next())).code).toBe('unavailable');
    await closing;
  });

  it('lets a running unary call finish and refuses new ones', async () => {
    await start(60_000);
    let finish = () => {};
    let interrupted: boolean | undefined;
    let started = false;
    list = async (_request, { signal }) => {
      started = true;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      interrupted = signal.aborted;
      return symbols;
    };
    const running = listSymbols();
    await becomes(() => started, true);
    const closing = server.close();
    expect((await failure(listSymbols())).code).toBe('unavailable');
    finish();
    expect(await running).toEqual(symbols);
    expect(interrupted).toBe(false);
    await closing;
  });

  it('gives up on a unary call that never ends', async () => {
    await start(200);
    let started = false;
    list = () => {
      started = true;
      return new Promise(() => undefined);
    };
    const running = failure(listSymbols());
    await becomes(() => started, true);
    await server.close();
    expect((await running).code).toBe('unavailable');
  });

  it('ends although somebody watches its health or keeps a bare connection', async () => {
    await start(200);
    const health = openHealth();
    const watching = health.watch({ service: '' });
    const seen: string[] = [];
    watching.on('data', (answer: { status: string }) => void seen.push(answer.status));
    watching.on('error', () => undefined);
    const bare = connect(`http://127.0.0.1:${port}`);
    bare.on('error', () => undefined);
    await new Promise((resolve) => bare.once('connect', resolve));
    await becomes(() => seen, ['SERVING']);
    await server.close();
    await becomes(() => seen, ['SERVING', 'NOT_SERVING']);
    bare.destroy();
  });

  it('may be asked twice, and before anything was bound', async () => {
    await start();
    await Promise.all([server.close(), server.close()]);
    await server.close();
    await createGrpcServer({ log: silentLogger() }).close();
  });

  it('refuses a port that is taken, naming the variable that moves it', async () => {
    await start();
    const second = createGrpcServer({ log: silentLogger() });
    const refused = second.listen(loopback(port), 'GRPC_PORT');
    await expect(refused).rejects.toBeInstanceOf(StartError);
    await expect(refused).rejects.toThrow(new RegExp(`Port ${port} on 127\\.0\\.0\\.1 .*GRPC_PORT`));
    await second.close();
  });
});

/** One `file` of a google.protobuf.FileDescriptorSet: its tag, its length in seven-bit groups, its bytes. */
const asSetEntry = (file: Buffer): Buffer => {
  const head = [10];
  let left = file.length;
  for (; left > 127; left >>= 7) head.push((left & 127) | 128);
  return Buffer.concat([Buffer.from([...head, left]), file]);
};

interface HealthClient extends Client {
  check(request: { service: string }, done: (err: { code: status } | null, answer?: { status: string }) => void): void;
  watch(request: { service: string }): ReturnType<SocketServiceClient['receiveRawAggTrade']>;
}

const openHealth = (): HealthClient => {
  const HealthService = makeClientConstructor(healthService, 'Health');
  const health = new HealthService(`127.0.0.1:${port}`, credentials.createInsecure()) as unknown as HealthClient;
  opened.push(health);
  return health;
};

describe('what every server answers', () => {
  beforeEach(() => start());

  it('grpc.health.v1: for the whole server, for a service, and for one it does not have', async () => {
    const health = openHealth();
    const ask = (service: string) =>
      new Promise((resolve) =>
        health.check({ service }, (err, answer) => resolve(err ? status[err.code] : answer?.status)),
      );
    expect(await ask('')).toBe('SERVING');
    expect(await ask('market.v1.SocketService')).toBe('NOT_FOUND');
    server.setServing('market.v1.SocketService', true);
    expect(await ask('market.v1.SocketService')).toBe('SERVING');
    server.setServing('market.v1.SocketService', false);
    expect(await ask('market.v1.SocketService')).toBe('NOT_SERVING');
    const options = { deadlineMs: 60_000 };
    expect([await isServing(client, '', options), await isServing(client, 'market.v1.SocketService', options)]).toEqual(
      [true, false],
    );
    expect((await failure(isServing(client, 'no.such.Service', options))).code).toBe('not_found');
  });

  it.each(['v1', 'v1alpha'])('server reflection %s, so that grpcurl needs no files', async (version) => {
    const folder = join(
      dirname(createRequire(import.meta.url).resolve('@grpc/reflection')),
      '../proto/grpc/reflection',
      version,
    );
    const definition = loadSync(join(folder, 'reflection.proto'), { keepCase: true, oneofs: true });
    const loaded = loadPackageDefinition(definition) as unknown as Record<
      string,
      { reflection: Record<string, { ServerReflection: new (...args: unknown[]) => Client }> }
    >;
    const Reflection = loaded.grpc?.reflection[version]?.ServerReflection;
    if (!Reflection) throw new Error('reflection.proto has another shape');
    const reflection = new Reflection(`127.0.0.1:${port}`, credentials.createInsecure());
    opened.push(reflection);
    const ask = (request: object) =>
      new Promise<{
        list_services_response?: { service: { name: string }[] };
        file_descriptor_response?: { file_descriptor_proto: Buffer[] };
        error_response?: { error_code: number };
      }>((resolve, reject) => {
        const method = (reflection as unknown as Record<string, () => NodeJS.ReadWriteStream>).ServerReflectionInfo;
        const call = method?.call(reflection);
        call?.once('data', (answer) => {
          call.end();
          resolve(answer as never);
        });
        call?.once('error', reject);
        (call as unknown as { write(value: object): void }).write(request);
      });
    const listed = await ask({ host: '', list_services: '' });
    const names = listed.list_services_response?.service.map(({ name }) => name);
    expect(names?.sort()).toEqual(['grpc.health.v1.Health', 'market.v1.SocketService']);
    // As grpcurl does before a call: the file of a symbol, whatever that file imports, and in it the messages of the
    // method.
    for (const [symbol, declared] of [
      [
        'market.v1.SocketService.ReceiveRawAggTrade',
        ['market.v1.SocketService', 'market.v1.RawAggTradeRequest', 'market.v1.RawResponse'],
      ],
      ['market.v1.SocketService', ['market.v1.SocketService']],
      [
        'grpc.health.v1.Health',
        ['grpc.health.v1.Health', 'grpc.health.v1.HealthCheckRequest', 'grpc.health.v1.HealthCheckResponse'],
      ],
    ] as const) {
      const found = await ask({ host: '', file_containing_symbol: symbol });
      const files = found.file_descriptor_response?.file_descriptor_proto ?? [];
      // Fails where a type that a file names is missing.
      const definitions = loadFileDescriptorSetFromBuffer(Buffer.concat(files.map(asSetEntry)));
      expect(Object.keys(definitions), symbol).toEqual(expect.arrayContaining([...declared]));
    }
    expect(
      (await ask({ host: '', file_containing_symbol: 'market.v1.NoSuchService' })).error_response?.error_code,
    ).toBe(status.NOT_FOUND);
  });
});
