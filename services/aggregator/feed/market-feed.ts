import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ListSymbolsResponse, RawResponse, SocketServiceClient } from '@tickfolio/gen/market/v1';
import { callUnary, readStream } from '@tickfolio/lib/grpc';
import type { PageRequest } from '../tape/page-request.js';
import { type HistoryRow, tradeOf } from '../tape/trade.js';

export type StreamKind = 'aggTrade' | 'miniTicker';

/** Every way in which market data reaches this service. */
export interface MarketFeed {
  /** Raw frames of these symbols until the signal aborts. @throws AppError */
  open(kind: StreamKind, symbols: readonly string[], signal: AbortSignal): AsyncIterable<RawResponse>;
  /** One page of history, oldest first; rows whose id cannot be read are left out. @throws AppError */
  listTrades(symbol: string, request: Pick<PageRequest, 'fromId' | 'limit'>, signal: AbortSignal): Promise<HistoryRow[]>;
  /**
   * @param knownRevision with this revision current the answer's list is empty
   * @param fresh has the exchange asked again. @throws AppError
   */
  listSymbols(knownRevision: string, fresh: boolean, signal: AbortSignal): Promise<ListSymbolsResponse>;
}

/**
 * How long a page of history may take; it may wait for its turn in the exchange's weight budget, and 150 kB come slowly over a bad
 * line. What hangs is given up by the socket service, which sees the bytes, and a dead one by gRPC's keepalive.
 */
const pageDeadlineMs = 60_000;
/** Of the list of all symbols, some 200 kB. */
const symbolsDeadlineMs = 20_000;

/** The market feed over the socket service's gRPC. The client stays its owner's to close. */
export const createMarketFeed = (client: SocketServiceClient): MarketFeed => {
  const call = (kind: StreamKind, symbols: string[]): ClientReadableStream<RawResponse> =>
    kind === 'aggTrade' ? client.receiveRawAggTrade({ symbols }) : client.receiveRawMiniTicker({ symbols });
  return {
    open: (kind, symbols, signal) => readStream(call(kind, [...symbols]), signal),
    listTrades: async (symbol, { fromId, limit }, signal) => {
      const asked = { symbol, fromId, limit };
      const { trades, voidIds } = await callUnary(client, client.listAggTrades, asked, { deadlineMs: pageDeadlineMs, signal });
      const rows = trades.map(tradeOf).filter((row) => row !== undefined);
      if (voidIds.length === 0) return rows;
      const voids = voidIds.map((id) => ({ id, fault: 'the socket service says that it cannot be right' }));
      return [...rows, ...voids].sort((one, other) => one.id - other.id);
    },
    listSymbols: (knownRevision, fresh, signal) =>
      callUnary(client, client.listSymbols, { knownRevision, fresh }, { deadlineMs: symbolsDeadlineMs, signal }),
  };
};
