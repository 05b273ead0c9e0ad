import dns from 'node:dns';
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import {
  type ListSymbolsRequest,
  type ListSymbolsResponse,
  type RawAggTradeRequest,
  type RawResponse,
  SocketServiceClient,
  SocketServiceService,
} from '@tickfolio/gen/market/v1';
import { afterEach, expect, it, vi } from 'vitest';
import { address, hostPort } from '../config/config.js';
import { silentLogger } from '../telemetry/telemetry.js';
import type { ClientSettings } from './client.js';
import { callUnary, createGrpcClient, createGrpcServer, type GrpcServer, readStream } from './grpc.js';

/** What the name service says of `socket.test`. */
let addresses: readonly string[] = [];
const open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const thing of open.splice(0).reverse()) await thing.close();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const streams = (server: GrpcServer, host: string, isStreaming: boolean) => {
  const none: handleServerStreamingCall<RawAggTradeRequest, RawResponse> = (call) => call.end();
  if (!isStreaming) return { receiveRawAggTrade: none, receiveRawMiniTicker: none };
  return {
    receiveRawAggTrade: server.serverStreaming<RawAggTradeRequest, RawResponse>(async (call, { signal }) => {
      while (!signal.aborted) {
        call.write({ frames: [{ payload: host, receiveTimeMs: 1 }], statuses: [] });
        await wait(20);
      }
    }),
    receiveRawMiniTicker: none,
  };
};

/**
 * A server on one of the addresses of this machine, which answers with that address; one with an age streams nothing.
 */
const serve = async (
  host: string,
  port: number,
  maxConnectionAgeMs?: number,
): Promise<{ server: GrpcServer; port: number }> => {
  const server = createGrpcServer({
    log: silentLogger(),
    drainMs: 200,
    ...(maxConnectionAgeMs ? { maxConnectionAgeMs } : {}),
  });
  server.addService(SocketServiceService, {
    listSymbols: server.unary<ListSymbolsRequest, ListSymbolsResponse>(async () => ({
      revision: host,
      symbols: [],
      simulated: true,
    })),
    ...streams(server, host, maxConnectionAgeMs === undefined),
    listAggTrades: server.unary(async () => ({ trades: [] })),
  });
  open.push(server);
  return { server, port: await server.listen({ host, port }, 'GRPC_PORT') };
};
const connect = (port: number, settings: ClientSettings = {}) => {
  vi.spyOn(dns.promises, 'lookup').mockImplementation((async () =>
    addresses.map((address) => ({ address, family: 4 }))) as unknown as typeof dns.promises.lookup);
  const client = createGrpcClient(SocketServiceClient, `socket.test:${port}`, undefined, settings);
  open.push(client);
  const ask = () => callUnary(client, client.listSymbols, { knownRevision: '', fresh: false }, { deadlineMs: 60_000 });
  return {
    client,
    ask,
    whoAnswers: () =>
      ask().then(
        ({ revision }) => revision,
        () => 'nobody',
      ),
  };
};

it('is found within some seconds where a service comes back under another address, also when the name service is behind', async () => {
  const first = await serve('127.0.0.2', 0);
  addresses = ['127.0.0.2'];
  const { whoAnswers } = connect(first.port);
  expect(await whoAnswers()).toBe('127.0.0.2');
  await first.server.close();
  await serve('127.0.0.3', first.port);
  expect(await whoAnswers()).toBe('nobody');
  await wait(1_200);
  addresses = ['127.0.0.3'];
  // Left to itself the library asks for the addresses anew after 30 s.
  await expect.poll(whoAnswers, { interval: 50 }).toBe('127.0.0.3');
});

it('loses no stream to the pings of its client', async () => {
  const first = await serve('127.0.0.2', 0);
  addresses = ['127.0.0.2'];
  // A ping each second, and another second for its answer: a busy machine takes a while to read one.
  const { client } = connect(first.port, { deadPeerMs: 2_000 });
  const stop = new AbortController();
  let frames = 0;
  const reading = (async () => {
    for await (const _ of readStream(client.receiveRawAggTrade({ symbols: ['x'] }), stop.signal)) frames++;
  })();
  await expect.poll(() => frames).toBeGreaterThan(200);
  stop.abort();
  await reading;
});

it('is given no age at which its connections are given up where it streams: the ping after that would end every stream', () => {
  const server = createGrpcServer({ log: silentLogger(), maxConnectionAgeMs: 45_000 });
  open.push(server);
  expect(() => server.serverStreaming(async () => undefined)).toThrow(
    'A server that streams gives up no connection for its age',
  );
});

it('gets calls when it is added to others that are well and give up connections for their age; no call is lost in between', async () => {
  const first = await serve('127.0.0.2', 0, 300);
  addresses = ['127.0.0.2'];
  const { ask } = connect(first.port);
  await serve('127.0.0.3', first.port);
  addresses = ['127.0.0.2', '127.0.0.3'];
  const answered = new Set<string>();
  const callSome = async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    for (const { revision } of answers) answered.add(revision);
    return [...answered].sort();
  };
  await expect.poll(callSome, { interval: 5 }).toEqual(['127.0.0.2', '127.0.0.3']);
  for (let round = 0; round < 100; round++) await callSome();
});

it('closes connections that were given up for their age and those that took their place when it ends', async () => {
  const { server, port } = await serve('127.0.0.2', 0, 100);
  addresses = ['127.0.0.2'];
  const { ask, whoAnswers } = connect(port);
  await ask();
  await wait(300);
  await ask();
  await server.close();
  expect(await whoAnswers()).toBe('nobody');
});

it('ends its streams in order when it ends', async () => {
  const { server, port } = await serve('127.0.0.2', 0);
  addresses = ['127.0.0.2'];
  const { client, ask } = connect(port);
  const ended = (async () => {
    for await (const _ of readStream(client.receiveRawAggTrade({ symbols: ['x'] })));
  })().catch((thrown: unknown) => thrown);
  await ask();
  await server.close();
  expect(await ended).toMatchObject({ code: 'unavailable' });
});

it('is reached over IPv6 as over IPv4, by the address as a setting has it', async () => {
  const { port } = await serve('::1', 0);
  const client = createGrpcClient(SocketServiceClient, hostPort(address().parse(`[::1]:${port}`)));
  open.push(client);
  const asked = callUnary(
    client,
    client.listSymbols,
    { knownRevision: '', fresh: false },
    { deadlineMs: 60_000, waitForReady: true },
  );
  expect(await asked).toMatchObject({ revision: '::1' });
});
