import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReceiveAllMiniTickersRequest, ReceiveAllMiniTickersResponse } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { CallContext } from '@tickfolio/lib/grpc';
import type { AllMarket } from './all-market.js';
import { createTickerReader } from './ticker-reader.js';

export interface ReceiveAllDeps {
  readonly clock: Clock;
  readonly allMarket: AllMarket;
  readonly heartbeatMs: number;
  /** Whether the exchange is a simulator; undefined while that is not known. */
  readonly simulated: () => boolean | undefined;
}

/** Streams the last 24 hours of all symbols until the caller leaves. */
export const createReceiveAll =
  ({ clock, allMarket, heartbeatMs, simulated }: ReceiveAllDeps) =>
  async (
    call: ServerWritableStream<ReceiveAllMiniTickersRequest, ReceiveAllMiniTickersResponse>,
    { log, signal }: CallContext,
  ): Promise<void> => {
    const isSimulated = simulated();
    // It is told in the first message only: who cannot be told yet comes again.
    if (isSimulated === undefined)
      throw new AppError('unavailable', 'It is not known yet whether the exchange is a simulator.', {
        retryAfterMs: 500,
      });
    const reader = createTickerReader(call, signal, clock, { heartbeatMs, simulated: isSimulated });
    allMarket.open(reader);
    log.debug({ readers: allMarket.readers }, 'a stream of all symbols was opened');
    try {
      await reader.over;
    } finally {
      allMarket.close(reader);
    }
  };
