import { type ListSymbolsResponse, SocketServiceClient } from '@tickfolio/gen/market/v1';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';

/** The socket service as this one needs it: what the exchange lists. */
export interface SocketClient {
  /** With this revision current the answer's list is empty. @throws AppError */
  symbols(knownRevision: string, signal: AbortSignal): Promise<ListSymbolsResponse>;
  /** Undefined when the service says it serves, else what is wrong. @throws AppError when it cannot be asked */
  check(): Promise<string | undefined>;
}

/** Of the list of all symbols, some 1.5 MB with the rules for orders. */
const listDeadlineMs = 20_000;
const deadPeerMs = 10_000;

/** Unbounded: one list is asked for after the other, at a pace of its own while it fails. The owner closes it. */
export const createSocketClient = (where: Neighbour): SocketClient & { close(): void } => {
  const { client, call, check, close } = createServiceClient(SocketServiceClient, {
    ...where,
    deadPeerMs,
    away: 'The socket service cannot be reached at the moment.',
    restMs: 0,
    classes: { list: { deadlineMs: listDeadlineMs } },
  });
  return {
    symbols: (knownRevision, signal) =>
      call('list', client.listSymbols, { knownRevision, fresh: false }, { signal, repeatable: true }),
    check,
    close,
  };
};
