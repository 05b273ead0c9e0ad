import { SocketServiceClient } from '@tickfolio/gen/market/v1';
import { createServiceClient, type Neighbour, type ServiceClient } from '@tickfolio/lib/grpc';

/** The socket service as the aggregator calls it. */
export type SocketClient = ServiceClient<SocketServiceClient, 'history' | 'list'>;

export interface SocketClientOptions extends Omit<Neighbour, 'observeCircuit'> {
  /** Prices freeze for as long as nobody notices that the socket service's machine is gone. Default 40 000. */
  readonly deadPeerMs?: number;
}

/**
 * A page of history may wait for its turn in the exchange's weight budget, and 150 kB come slowly over a bad line. What
 * hangs is given up by the socket service, which sees the bytes, and a dead one by gRPC's keepalive.
 */
const historyDeadlineMs = 60_000;
/** Of the list of all symbols, some 1.5 MB with the rules for orders. */
const listDeadlineMs = 20_000;

/** Unbounded: pages and lists are asked for one after the other, and each at a pace of its own while it fails. */
export const createSocketClient = (options: SocketClientOptions): SocketClient =>
  createServiceClient(SocketServiceClient, {
    ...options,
    away: 'The socket service cannot be reached at the moment.',
    restMs: 0,
    classes: { history: { deadlineMs: historyDeadlineMs }, list: { deadlineMs: listDeadlineMs } },
  });
