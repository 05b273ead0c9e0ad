import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ListSymbolsResponse, RawResponse } from '@tickfolio/gen/market/v1';
import { readStream } from '@tickfolio/lib/grpc';
import type { PageRequest } from '../tape/page-request.js';
import { type HistoryRow, tradeOf } from '../tape/trade.js';
import type { SocketClient } from './socket-client.js';

export type StreamKind = 'aggTrade' | 'miniTicker';

/** Every way in which market data reaches this service. */
export interface MarketFeed {
  /** Raw frames of these symbols until the signal aborts. @throws AppError */
  open(kind: StreamKind, symbols: readonly string[], signal: AbortSignal): AsyncIterable<RawResponse>;
  /** One page of history, oldest first; rows whose id cannot be read are left out. @throws AppError */
  listTrades(
    symbol: string,
    request: Pick<PageRequest, 'fromId' | 'limit'>,
    signal: AbortSignal,
  ): Promise<HistoryRow[]>;
  /**
   * @param knownRevision with this revision current the answer's list is empty
   * @param fresh has the exchange asked again. @throws AppError
   */
  listSymbols(knownRevision: string, fresh: boolean, signal: AbortSignal): Promise<ListSymbolsResponse>;
}

/** The market feed over the socket service's gRPC. The client stays its owner's to close. */
export const createMarketFeed = ({ client, call }: Pick<SocketClient, 'client' | 'call'>): MarketFeed => {
  const stream = (kind: StreamKind, symbols: string[]): ClientReadableStream<RawResponse> =>
    kind === 'aggTrade' ? client.receiveRawAggTrade({ symbols }) : client.receiveRawMiniTicker({ symbols });
  return {
    open: (kind, symbols, signal) => readStream(stream(kind, [...symbols]), signal),
    listTrades: async (symbol, { fromId, limit }, signal) => {
      const asked = { symbol, fromId, limit };
      const { trades, voidIds } = await call('history', client.listAggTrades, asked, { signal });
      const rows = trades.map(tradeOf).filter((row) => row !== undefined);
      if (voidIds.length === 0) return rows;
      const voids = voidIds.map((id) => ({ id, fault: 'the socket service says that it cannot be right' }));
      return [...rows, ...voids].sort((one, other) => one.id - other.id);
    },
    listSymbols: (knownRevision, fresh, signal) =>
      call('list', client.listSymbols, { knownRevision, fresh }, { signal }),
  };
};
