import {
  type AggTrade,
  type Kline,
  type ListSymbolsResponse,
  SocketServiceClient,
  WeightLane,
} from '@tickfolio/gen/market/v1';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';

/** The socket service as this one needs it: what the exchange lists, and what it asks of orders. */
export interface SocketClient {
  /** With this revision current the answer's list is empty. @throws AppError */
  symbols(knownRevision: string, signal: AbortSignal): Promise<ListSymbolsResponse>;
  /** Undefined when the service says it serves, else what is wrong. @throws AppError when it cannot be asked */
  check(): Promise<string | undefined>;
}

/** What was traded, as the exchange has it for everybody. Both take only what live prices leave of its weight. */
export interface TradeHistory {
  /** From an id on, the oldest first. @param limit up to 1,000 @throws AppError resource_exhausted with a retry time */
  trades(symbol: string, fromId: number, limit: number, signal: AbortSignal): Promise<readonly AggTrade[]>;
  /** The candles of minutes that open from one moment to another, up to 1,000, the oldest first. @throws AppError as `trades` */
  minutes(symbol: string, startMs: number, endMs: number, signal: AbortSignal): Promise<readonly Kline[]>;
}

/** A page of history may wait for its turn in the exchange's weight. */
const historyDeadlineMs = 60_000;
const pageLimit = 1_000;
/** Of the list of all symbols, some hundred kB. */
const listDeadlineMs = 20_000;
const deadPeerMs = 10_000;

/**
 * Unbounded: one list is asked for after the other, at a pace of its own while it fails. The owner
 * closes it.
 *
 * @param pastLane whose share of the exchange's weight the past takes
 */
export const createSocketClient = (
  where: Neighbour,
  pastLane: WeightLane = WeightLane.WEIGHT_LANE_HISTORY,
): SocketClient & TradeHistory & { close(): void } => {
  const { client, call, check, close } = createServiceClient(SocketServiceClient, {
    ...where,
    deadPeerMs,
    away: 'The socket service cannot be reached at the moment.',
    restMs: 0,
    classes: { list: { deadlineMs: listDeadlineMs }, history: { deadlineMs: historyDeadlineMs } },
  });
  return {
    symbols: (knownRevision, signal) =>
      call('list', client.listSymbols, { knownRevision, fresh: false }, { signal, repeatable: true }),
    trades: async (symbol, fromId, limit, signal) => {
      const asked = { symbol, fromId, limit, lane: pastLane };
      return (await call('history', client.listAggTrades, asked, { signal, repeatable: true })).trades;
    },
    minutes: async (symbol, startMs, endMs, signal) => {
      const asked = { symbol, interval: '1m', startMs, endMs, limit: pageLimit, lane: pastLane };
      return (await call('history', client.listKlines, asked, { signal, repeatable: true })).klines;
    },
    check,
    close,
  };
};
