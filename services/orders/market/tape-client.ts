import {
  type FollowRequest,
  type ProveResponse,
  type TapePart,
  TapeServiceClient,
} from '@tickfolio/gen/market/v1/tape';
import { AppError } from '@tickfolio/lib/errors';
import { createServiceClient, type Neighbour, readStream } from '@tickfolio/lib/grpc';

/** The trades of symbols by their numbers, as the aggregator has them. */
export interface TapeClient {
  /** Ends quietly when the signal aborts. @throws AppError failed_precondition `elsewhere`, `too-far-back` … */
  follow(asked: FollowRequest, signal: AbortSignal): AsyncIterable<TapePart>;
  /** Has the history asked whether a symbol has no more trade until then. @throws AppError */
  prove(symbol: string, throughMs: number, signal: AbortSignal): Promise<ProveResponse>;
}

/** The aggregator waits 5 s for the history. */
const proveDeadlineMs = 8_000;
/** A machine that is gone without a word is noticed within this time. */
const deadPeerMs = 10_000;
/** Replicas are asked in turn, so that one of these is whoever has the symbol. */
const maxElsewhere = 8;

/** Another aggregator has the symbol. */
export const isElsewhere = (thrown: unknown): boolean =>
  thrown instanceof AppError && thrown.fields.some(({ reason }) => reason === 'elsewhere');

/** Unbounded: one stream a symbol, and questions at a pace of their own. The owner closes it. */
export const createTapeClient = (where: Neighbour): TapeClient & { close(): void } => {
  const { client, call, close } = createServiceClient(TapeServiceClient, {
    ...where,
    deadPeerMs,
    away: 'The trades of the exchange cannot be had at the moment.',
    restMs: 0,
    classes: { prove: { deadlineMs: proveDeadlineMs } },
  });
  return {
    follow: (asked, signal) => readStream(client.follow(asked), signal),
    prove: async (symbol, throughMs, signal) => {
      for (let left = maxElsewhere; ; left--)
        try {
          return await call('prove', client.prove, { symbol, throughMs, venue: '' }, { signal });
        } catch (thrown) {
          if (left === 0 || !isElsewhere(thrown)) throw thrown;
        }
    },
    close,
  };
};
