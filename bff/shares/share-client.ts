import type * as wire from '@tickfolio/gen/portfolio/v1/share';
import { ShareServiceClient } from '@tickfolio/gen/portfolio/v1/share';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';
import { isUnanswered, notKnown } from '../api/unanswered.js';
import type { Asker } from '../portfolios/portfolio-client.js';
import { renaming } from '../portfolios/rest-names.js';

/**
 * Links to portfolios, which the portfolio service keeps. @throws AppError; `unavailable` in words when it is away,
 * `deadline_exceeded` where it is not known what came of a change
 */
export interface ShareClient {
  makeShare(
    asker: Asker,
    plan: Pick<wire.CreateShareRequest, 'portfolioId' | 'amounts' | 'expiresAtMs'>,
  ): Promise<wire.CreateShareResponse>;
  shares(asker: Asker, portfolioId: string): Promise<readonly wire.Share[]>;
  endShare(asker: Asker, portfolioId: string, shareId: string): Promise<wire.EndShareResponse>;
  openShare(token: string, requestId: string): Promise<wire.OpenShareResponse>;
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

const deadlineMs = 2_000;
const restMs = 2_000;
const bounds = { opens: { failuresInRow: 5 }, maxAtOnce: 64, maxWaiting: 1_000, maxWaitMs: 1_000 };

/** It is not asked for again by itself: a link more would be there, and nobody would have been told its token. */
const orUnknown = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (thrown) {
    throw isUnanswered(thrown) ? notKnown('The list of links says so.', thrown) : thrown;
  }
};

export const createShareClient = (where: Neighbour): ShareClient => {
  const { client, call, check, close } = createServiceClient(ShareServiceClient, {
    ...where,
    away: 'Portfolios cannot be reached at the moment; please try again in a few seconds.',
    restMs,
    classes: {
      reads: { deadlineMs, bounds: { circuit: 'shares', ...bounds } },
      changes: { deadlineMs, bounds: { circuit: 'share-changes', ...bounds } },
    },
  });
  const ownerOf = ({ userId, simulated }: Asker) => ({ userId, simulatedPrices: simulated });
  return {
    makeShare: renaming((asker, plan) => {
      const meta = { requestId: asker.requestId, repeatable: false };
      return orUnknown(call('changes', client.create, { owner: ownerOf(asker), ...plan }, meta));
    }),
    shares: async (asker, portfolioId) => {
      const meta = { requestId: asker.requestId, repeatable: true };
      return (await call('reads', client.list, { owner: ownerOf(asker), portfolioId }, meta)).shares;
    },
    endShare: (asker, portfolioId, shareId) => {
      const meta = { requestId: asker.requestId, repeatable: false };
      return orUnknown(call('changes', client.end, { owner: ownerOf(asker), portfolioId, shareId }, meta));
    },
    openShare: (token, requestId) => call('reads', client.open, { token }, { requestId, repeatable: true }),
    check,
    close,
  };
};
