import { type RawResponse, SocketServiceClient, type StreamState, type StreamStatus } from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import type { AppError } from '@tickfolio/lib/errors';
import { createGrpcClient, fromGrpcError } from '@tickfolio/lib/grpc';
import type { ProxySettings } from '@tickfolio/lib/outbound';
import { createLogger, createMetrics, type Metrics } from '@tickfolio/lib/telemetry';
import { type SocketApp, type SocketLimits, startSocket } from '../app.js';
import type { StreamKind } from '../exchange/frame.js';

// For tests only: the service on free ports, with its log kept, and readers that remember what they got.

export interface Reader {
  readonly messages: RawResponse[];
  /** Payloads, parsed, in order of arrival. */
  readonly frames: Record<string, unknown>[];
  readonly statuses: StreamStatus[];
  stateOf(symbol: string): StreamState | undefined;
  idsOf(symbol: string): number[];
  pause(): void;
  resume(): void;
  readonly error: AppError | undefined;
  cancel(): void;
}

export interface Rig {
  readonly app: SocketApp;
  readonly client: SocketServiceClient;
  readonly metrics: Metrics;
  readonly log: Record<string, unknown>[];
  read(kind: StreamKind, symbols: readonly string[]): Reader;
  /** The value of a metric; NaN when it is not there. */
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

const watch = (client: SocketServiceClient, kind: StreamKind, symbols: readonly string[]): Reader => {
  const request = { symbols: [...symbols] };
  const call = kind === 'aggTrade' ? client.receiveRawAggTrade(request) : client.receiveRawMiniTicker(request);
  const messages: RawResponse[] = [];
  const frames: Record<string, unknown>[] = [];
  const statuses: StreamStatus[] = [];
  let error: AppError | undefined;
  call.on('data', (message: RawResponse) => {
    messages.push(message);
    statuses.push(...message.statuses);
    for (const { payload } of message.frames) frames.push(JSON.parse(payload) as Record<string, unknown>);
  });
  call.on('error', (err) => {
    error = fromGrpcError(err);
  });
  return {
    messages,
    frames,
    statuses,
    stateOf: (symbol) => statuses.findLast((status) => status.symbol === symbol)?.state,
    idsOf: (symbol) => frames.filter(({ s }) => s === symbol.toUpperCase()).map(({ a }) => Number(a)),
    pause: () => call.pause(),
    resume: () => call.resume(),
    get error() {
      return error;
    },
    cancel: () => call.cancel(),
  };
};

export interface RigOptions {
  readonly wsUrl: string;
  readonly wsFallbackUrl?: string;
  readonly restUrl: string;
  readonly proxies?: ProxySettings;
  readonly limits?: Partial<SocketLimits>;
  readonly random?: () => number;
  readonly port?: number;
}

export const startRig = async ({
  wsUrl,
  wsFallbackUrl,
  restUrl,
  proxies,
  limits,
  random,
  port = 0,
}: RigOptions): Promise<Rig> => {
  const log: Record<string, unknown>[] = [];
  const metrics = createMetrics('socket');
  const logger = createLogger('socket', 'debug', (line) => log.push(JSON.parse(line) as Record<string, unknown>));
  const app = await startSocket(
    { clock: systemClock, log: logger, metrics, ...(random ? { random } : {}) },
    {
      address: { host: '127.0.0.1', port },
      operationsAddress: { host: '127.0.0.1', port: 0 },
      exchangeWsUrl: wsUrl,
      exchangeWsFallbackUrl: wsFallbackUrl,
      exchangeRestUrl: restUrl,
      ...(proxies ? { proxies } : {}),
      limits: { drainMs: 500, closeMs: 300, ...limits },
    },
  );
  const client = createGrpcClient(SocketServiceClient, `127.0.0.1:${app.port}`);
  const readers: Reader[] = [];
  return {
    app,
    client,
    metrics,
    log,
    read: (kind, symbols) => {
      const reader = watch(client, kind, symbols);
      readers.push(reader);
      return reader;
    },
    metric: async (name) => {
      const line = (await metrics.text())
        .split('\n')
        .find((row) => row.startsWith(`tickfolio_socket_${name} `) || row.startsWith(`tickfolio_socket_${name}{`));
      return Number(line?.split(' ').at(-1) ?? Number.NaN);
    },
    close: async () => {
      for (const reader of readers) reader.cancel();
      client.close();
      await app.close();
    },
  };
};

export const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
