import type { ServerWritableStream } from '@grpc/grpc-js';
import {
  type ListAggTradesRequest,
  type ListAggTradesResponse,
  type ListSymbolsRequest,
  type ListSymbolsResponse,
  type RawAggTradeRequest,
  type RawMiniTickerRequest,
  type RawResponse,
  type ReceiveAllMiniTickersRequest,
  type ReceiveAllMiniTickersResponse,
  type SocketServiceServer,
  SocketServiceService,
  StreamState,
} from '@tickfolio/gen/market/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { CallContext, GrpcServer } from '@tickfolio/lib/grpc';
import { isSymbol } from '@tickfolio/lib/market/symbol';
import { createComplaint, type Logger } from '@tickfolio/lib/telemetry';
import type { AllMarket } from './all-market/all-market.js';
import { createReceiveAll } from './all-market/receive-all.js';
import type { StreamKind } from './exchange/frame.js';
import type { KlinePages } from './klines/kline-pages.js';
import { createListKlines, laneOf } from './klines/list-klines.js';
import { checkSymbol, refuse } from './requests.js';
import type { ExchangeRest } from './rest/rest.js';
import { createSubscriber, type SubscriberDeps } from './streams/subscriber.js';
import type { Subscriptions } from './streams/subscriptions.js';
import type { Symbols } from './symbols/symbols.js';

export const serviceName = 'market.v1.SocketService';

export interface RpcDeps extends SubscriberDeps {
  readonly log: Logger;
  readonly subscriptions: Subscriptions;
  readonly rest: ExchangeRest;
  readonly symbols: Symbols;
  readonly klines: KlinePages;
  readonly allMarket: AllMarket;
}

const pageMax = 1_000;
const unknown = StreamState.STREAM_STATE_UNKNOWN_SYMBOL;
const complaintPeriodMs = 10_000;
/** Of one page. */
const loggedIds = 10;

/** Adds the service to the server. */
export const serve = (
  server: GrpcServer,
  { clock, log, limits, metrics, subscriptions, rest, symbols, klines, allMarket }: RpcDeps,
): void => {
  let openStreams = 0;
  const complain = createComplaint(
    clock,
    log,
    'the exchange has trades in its history that cannot be right',
    complaintPeriodMs,
  );

  /** One bad name costs itself only, unless there is no other. */
  const checkSymbols = (
    asked: readonly string[],
  ): { readonly good: readonly string[]; readonly bad: readonly string[] } => {
    if (!asked.length) throw refuse('symbols', 'must name at least one symbol');
    if (asked.length > limits.maxSymbolsPerRequest)
      throw refuse('symbols', `may name at most ${limits.maxSymbolsPerRequest} symbols`);
    const names = [...new Set(asked)];
    const good = names.filter(isSymbol);
    if (!good.length) for (const symbol of names) checkSymbol(symbol, 'symbols[0]');
    return { good, bad: names.filter((name) => !isSymbol(name)) };
  };
  /** @throws AppError resource_exhausted where too many streams are open */
  const whileOpen = async (work: () => Promise<void>): Promise<void> => {
    if (openStreams >= limits.maxOpenStreams)
      throw new AppError(
        'resource_exhausted',
        `This server has ${limits.maxOpenStreams} streams open, which is all it takes.`,
        { retryAfterMs: 1_000 },
      );
    openStreams += 1;
    try {
      await work();
    } finally {
      openStreams -= 1;
    }
  };
  const stream = async (
    kind: StreamKind,
    asked: readonly string[],
    call: ServerWritableStream<unknown, RawResponse>,
    context: CallContext,
  ) => {
    const { good: names, bad } = checkSymbols(asked);
    const subscriber = createSubscriber(call, context.signal, { clock, limits, metrics });
    subscriptions.open(kind, names, subscriber);
    for (const symbol of bad)
      subscriber.report({ symbol, state: unknown, detail: 'this is not the name of a symbol', sinceMs: clock.now() });
    context.log.debug({ kind, symbols: names.length }, 'a stream was opened');
    try {
      subscriber.flush();
      await subscriber.over;
    } catch (err) {
      context.log.warn({ kind, symbols: names.length }, 'a stream was read too slowly and was ended');
      throw err;
    } finally {
      subscriptions.close(kind, names, subscriber);
    }
  };

  const requireListed = (symbol: string) => {
    if (symbols.listing(symbol) === 'absent')
      throw new AppError('not_found', 'The exchange does not list this symbol.');
  };
  const listAggTrades = async (
    { symbol, fromId, limit, lane }: ListAggTradesRequest,
    { signal }: CallContext,
  ): Promise<ListAggTradesResponse> => {
    checkSymbol(symbol, 'symbol');
    if (limit < 0 || limit > pageMax) throw refuse('limit', `must be from 0 to ${pageMax}`);
    if (fromId !== undefined && fromId < 0) throw refuse('from_id', 'must not be negative');
    requireListed(symbol);
    const { trades, voidIds, faults } = await rest.aggTrades(symbol, fromId, limit || pageMax, signal, laneOf(lane));
    for (const fault of faults) metrics.implausible('history', fault);
    if (faults[0] !== undefined) complain(faults[0], { symbol, rows: faults.length, ids: voidIds.slice(0, loggedIds) });
    return { trades: [...trades], voidIds: [...voidIds] };
  };
  const listSymbols = async ({ knownRevision, fresh }: ListSymbolsRequest): Promise<ListSymbolsResponse> => {
    if (fresh) await symbols.lookAgain();
    const { current } = symbols;
    if (!current)
      throw new AppError('unavailable', `The symbol list is not known yet: ${symbols.fault ?? 'being read'}`, {
        retryAfterMs: 500,
      });
    const { revision, simulated } = current;
    return { revision, simulated, symbols: revision === knownRevision ? [] : [...current.symbols] };
  };

  const simulated = () => symbols.current?.simulated;
  const receiveAll = createReceiveAll({ clock, allMarket, heartbeatMs: limits.heartbeatMs, simulated });
  const implementation: SocketServiceServer = {
    receiveRawAggTrade: server.serverStreaming<RawAggTradeRequest, RawResponse>((call, context) =>
      whileOpen(() => stream('aggTrade', call.request.symbols, call, context)),
    ),
    receiveRawMiniTicker: server.serverStreaming<RawMiniTickerRequest, RawResponse>((call, context) =>
      whileOpen(() => stream('miniTicker', call.request.symbols, call, context)),
    ),
    listAggTrades: server.unary(listAggTrades),
    listSymbols: server.unary(listSymbols),
    listKlines: server.unary(createListKlines({ clock, log, metrics, pages: klines, requireListed })),
    receiveAllMiniTickers: server.serverStreaming<ReceiveAllMiniTickersRequest, ReceiveAllMiniTickersResponse>(
      (call, context) => whileOpen(() => receiveAll(call, context)),
    ),
  };
  server.addService(SocketServiceService, implementation);
};
