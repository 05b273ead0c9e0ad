import type { ServerWritableStream } from '@grpc/grpc-js';
import {
  type FollowRequest,
  type ProveRequest,
  type ProveResponse,
  type TapePart,
  TapeServiceService,
} from '@tickfolio/gen/market/v1/tape';
import { AppError, invalidField } from '@tickfolio/lib/errors';
import { type CallContext, drained, type GrpcServer } from '@tickfolio/lib/grpc';
import { type FollowDeps, followReel } from './follow.js';
import type { OpenCalls } from './open-calls.js';
import { type ProveDeps, proveThrough } from './prove.js';
import type { Reels } from './reels.js';
import type { SymbolHere } from './symbol-here.js';
import { emptyPart } from './tape-parts.js';

export const serviceName = 'market.v1.TapeService';

export interface TapeRpcDeps extends FollowDeps, Pick<ProveDeps, 'market'> {
  readonly here: SymbolHere;
  readonly reels: Reels;
  readonly simulated: () => boolean;
  readonly streams: OpenCalls;
  readonly proofs: OpenCalls;
}

type FollowCall = ServerWritableStream<FollowRequest, TapePart>;

/** Adds the service to the server. */
export const serveTape = (server: GrpcServer, deps: TapeRpcDeps): void => {
  const { clock, tally, limits, here, reels, simulated, streams, proofs } = deps;

  /** Waits until the reader takes more. @throws AppError resource_exhausted where it takes nothing for too long */
  const taken = async (call: FollowCall, signal: AbortSignal) => {
    const stuck = new AbortController();
    const timer = clock.after(limits.stuckMs, () => stuck.abort());
    await drained(call, AbortSignal.any([signal, stuck.signal]));
    timer.cancel();
    if (stuck.signal.aborted && !signal.aborted)
      throw new AppError('resource_exhausted', `This stream was not read for ${limits.stuckMs} ms.`, {
        retryAfterMs: 0,
      });
  };
  const follow = async (call: FollowCall, { log, signal }: CallContext) => {
    const { afterTradeId } = call.request;
    if (afterTradeId !== undefined && afterTradeId < 0) throw invalidField('after_trade_id', 'must not be negative');
    const symbol = await here.read(call.request);
    const { reel, release } = reels.take(symbol);
    log.debug({ symbol, afterTradeId }, 'a tape is followed');
    try {
      call.write({ ...emptyPart(0), heartbeatMs: limits.heartbeatMs, simulated: simulated() });
      for await (const part of followReel(deps, reel, afterTradeId, signal))
        if (!call.write(part)) await taken(call, signal);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'resource_exhausted') {
        tally.tapeReadersSlow += 1;
        log.warn({ symbol }, 'a tape was read too slowly');
      }
      throw thrown;
    } finally {
      release();
    }
  };
  const prove = async (request: ProveRequest, { signal }: CallContext): Promise<ProveResponse> => {
    const symbol = await here.read(request);
    const { reel, release } = reels.take(symbol);
    try {
      return await proveThrough(deps, reel, request.throughMs, signal);
    } finally {
      release();
    }
  };
  server.addService(TapeServiceService, {
    follow: server.serverStreaming<FollowRequest, TapePart>((call, context) =>
      streams.run(() => follow(call, context)),
    ),
    prove: server.unary<ProveRequest, ProveResponse>((request, context) => proofs.run(() => prove(request, context))),
  });
};
