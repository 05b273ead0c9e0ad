import {
  type ListKlinesResponse,
  type ReceiveAllMiniTickersResponse,
  SocketServiceClient,
  WeightLane,
} from '@tickfolio/gen/market/v1';
import { createServiceClient, type Neighbour, readStream } from '@tickfolio/lib/grpc';
import type { KlineInterval } from '@tickfolio/lib/market/kline-interval';

export interface KlinesAsked {
  /** Lower case. */
  readonly symbol: string;
  readonly interval: KlineInterval;
  /** Of opening times, epoch milliseconds, both included; undefined: the latest, and until now. */
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  /** 1 to 1000 */
  readonly limit: number;
  /** Of the exchange's weight: what nobody waits for has a share of its own, which all replicas have together. Default `history`. */
  readonly lane?: 'history' | 'audit' | undefined;
}

/** The socket service as the BFF needs it: what the exchange says of the past, and of all symbols. */
export interface SocketClient {
  /** One page of the exchange's klines. @throws AppError */
  klines(asked: KlinesAsked): Promise<ListKlinesResponse>;
  /** The last 24 hours of all symbols until the signal aborts: all that are known, then what changes. @throws AppError */
  tickers(signal: AbortSignal): AsyncIterable<ReceiveAllMiniTickersResponse>;
  /** Undefined when the service says it serves, else what is wrong. @throws AppError when it cannot be asked */
  check(): Promise<string | undefined>;
  close(): void;
}

/** A page waits for its turn in the exchange's weight, and for the exchange; the page in the browser waits for 15 s. */
const klinesDeadlineMs = 12_000;
const deadPeerMs = 10_000;

const lanes = { history: WeightLane.WEIGHT_LANE_HISTORY, audit: WeightLane.WEIGHT_LANE_AUDIT };

export const createSocketClient = (where: Neighbour): SocketClient => {
  // Unbounded here: who reads klines has bounds of its own, and an answer that the exchange refused is told in its words.
  const { client, call, check, close } = createServiceClient(SocketServiceClient, {
    ...where,
    deadPeerMs,
    away: 'The socket service cannot be reached at the moment.',
    restMs: 0,
    classes: { klines: { deadlineMs: klinesDeadlineMs } },
  });
  return {
    klines: ({ startMs, endMs, lane = 'history', ...asked }) =>
      call('klines', client.listKlines, { ...asked, startMs, endMs, lane: lanes[lane] }),
    tickers: (signal) => readStream(client.receiveAllMiniTickers({}), signal),
    check,
    close,
  };
};
