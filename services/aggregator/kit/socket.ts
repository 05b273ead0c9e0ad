import type { ServerWritableStream } from '@grpc/grpc-js';
import {
  type AggTrade,
  type ListAggTradesRequest,
  type ListAggTradesResponse,
  type ListSymbolsRequest,
  type ListSymbolsResponse,
  type RawResponse,
  SocketServiceService,
  StreamState,
} from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createGrpcServer } from '@tickfolio/lib/grpc';
import { silentLogger } from '@tickfolio/lib/telemetry';
import type { StreamKind } from '../feed/market-feed.js';
import { createSocketClient, type SocketClient } from '../feed/socket-client.js';
import type { ReferenceTrade } from './reference-second-stats.js';

/** A stream that somebody reads from the fake. */
export interface OpenStream {
  readonly kind: StreamKind;
  readonly symbols: readonly string[];
  send(response: Partial<RawResponse>): void;
  end(error: AppError): void;
}

/** A socket service in this process that sends what a test says; its gRPC is real. For tests. */
export interface FakeSocket {
  readonly port: number;
  /** Open now, oldest first. */
  readonly streams: readonly OpenStream[];
  /** Every stream ever opened. */
  readonly opened: readonly OpenStream[];
  readonly pages: readonly ListAggTradesRequest[];
  /** What its history holds, by symbol. */
  readonly history: Map<string, ReferenceTrade[]>;
  listed: string[];
  simulated: boolean;
  /** Thrown for every page while set. */
  pageFault: AppError | undefined;
  /** With it every stream promises to be heard so often, and is. Milliseconds. */
  heartbeatMs: number | undefined;
  /** The streams that are open get nothing any more, not even that they are over. */
  fallSilent(): void;
  /** Keeps back the first message of new streams. */
  mute: boolean;
  /** Frames of these trades to every stream that has the symbol; they enter the history too. */
  trades(symbol: string, ...trades: ReferenceTrade[]): void;
  close(): Promise<void>;
}

export const tradePayload = (
  symbol: string,
  { id, price, quantity, timeMs }: ReferenceTrade,
  eventMs = timeMs + 1,
): string =>
  JSON.stringify({
    e: 'aggTrade',
    E: eventMs,
    s: symbol.toUpperCase(),
    a: id,
    p: price,
    q: quantity,
    f: id,
    l: id,
    T: timeMs,
    m: true,
    M: true,
  });

const rowOf = ({ id, price, quantity, timeMs }: ReferenceTrade): AggTrade => ({
  id,
  price,
  quantity,
  firstTradeId: id,
  lastTradeId: id,
  tradeTimeMs: timeMs,
  buyerIsMaker: true,
});

export const startFakeSocket = async (port = 0): Promise<FakeSocket> => {
  const server = createGrpcServer({ log: silentLogger(), drainMs: 50 });
  const streams: OpenStream[] = [];
  const opened: OpenStream[] = [];
  const pages: ListAggTradesRequest[] = [];
  const history = new Map<string, ReferenceTrade[]>();
  const silencers = new Set<() => void>();

  const follow = (kind: StreamKind) =>
    server.serverStreaming<{ symbols: string[] }, RawResponse>(
      (call: ServerWritableStream<{ symbols: string[] }, RawResponse>, { signal }) =>
        new Promise((resolve, reject) => {
          const { symbols } = call.request;
          const stream: OpenStream = {
            kind,
            symbols,
            send: ({ frames = [], statuses = [], heartbeatMs }) => void call.write({ frames, statuses, heartbeatMs }),
            end: reject,
          };
          streams.push(stream);
          opened.push(stream);
          const { heartbeatMs } = fake;
          const heartbeat = heartbeatMs === undefined ? undefined : setInterval(() => stream.send({}), heartbeatMs);
          silencers.add(() => clearInterval(heartbeat));
          const leave = () => {
            clearInterval(heartbeat);
            streams.splice(streams.indexOf(stream), 1);
            resolve();
          };
          signal.addEventListener('abort', leave, { once: true });
          const statuses = symbols.map((symbol) => ({
            symbol,
            state: StreamState.STREAM_STATE_LIVE,
            detail: '',
            sinceMs: 1,
          }));
          if (!fake.mute) stream.send({ statuses, heartbeatMs });
        }),
    );
  server.addService(SocketServiceService, {
    receiveRawAggTrade: follow('aggTrade'),
    receiveRawMiniTicker: follow('miniTicker'),
    listAggTrades: server.unary<ListAggTradesRequest, ListAggTradesResponse>(async (request) => {
      pages.push(request);
      if (fake.pageFault) throw fake.pageFault;
      const rows = [...(history.get(request.symbol) ?? [])].sort((a, b) => a.id - b.id);
      const { fromId } = request;
      const page =
        fromId === undefined
          ? rows.slice(-request.limit)
          : rows.filter(({ id }) => id >= fromId).slice(0, request.limit);
      return { trades: page.map(rowOf), voidIds: [] };
    }),
    listSymbols: server.unary<ListSymbolsRequest, ListSymbolsResponse>(async ({ knownRevision }) => {
      if (fake.listed.length === 0) throw new AppError('unavailable', 'The list was not read yet.');
      const revision = fake.listed.join();
      const symbols = fake.listed.map((symbol) => ({
        symbol,
        baseAsset: symbol.replace(/usdt$/, '').toUpperCase(),
        quoteAsset: 'USDT',
        status: 'TRADING',
        tickSize: '0.01',
        stepSize: '0.00001',
        paused: false,
        orderTypes: [],
      }));
      return { revision, symbols: revision === knownRevision ? [] : symbols, simulated: fake.simulated };
    }),
  });
  const bound = await server.listen({ host: '127.0.0.1', port }, 'TEST_PORT');

  const fake: FakeSocket = {
    port: bound,
    streams,
    opened,
    pages,
    history,
    listed: ['btcusdt', 'ethusdt', 'bnbusdt'],
    simulated: true,
    pageFault: undefined,
    heartbeatMs: undefined,
    fallSilent: () => {
      for (const silence of silencers) silence();
      silencers.clear();
    },
    mute: false,
    trades: (symbol, ...trades) => {
      history.set(symbol, [...(history.get(symbol) ?? []), ...trades]);
      const frames = trades.map((trade) => ({ payload: tradePayload(symbol, trade), receiveTimeMs: trade.timeMs + 2 }));
      for (const stream of streams)
        if (stream.kind === 'aggTrade' && stream.symbols.includes(symbol)) stream.send({ frames });
    },
    close: () => server.close(),
  };
  return fake;
};

/** @param deadPeerMs after which a peer that is gone without a word is noticed */
export const connectSocket = (port: number, deadPeerMs?: number): SocketClient =>
  createSocketClient({
    clock: systemClock,
    target: `127.0.0.1:${port}`,
    ...(deadPeerMs === undefined ? {} : { deadPeerMs }),
  });
