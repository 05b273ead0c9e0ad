import { PortfolioServiceClient, type PositionsResponse } from '@tickfolio/gen/portfolio/v1';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';

/** What the portfolio service has of all portfolios, for who compares it. @throws AppError; `unavailable` while it is away */
export interface PositionsClient {
  /** By their ids. @param after `next` of the page before, empty for the first */
  positions(after: string, limit: number): Promise<PositionsResponse>;
  check(): Promise<string | undefined>;
  close(): void;
}

const deadlineMs = 5_000;
const restMs = 2_000;
/** A circuit of its own: what takes long in the background says nothing about requests. */
const bounds = {
  circuit: 'portfolio-audit',
  opens: { failuresInRow: 5 },
  maxAtOnce: 1,
  maxWaiting: 10,
  maxWaitMs: 5_000,
};

export const createPositionsClient = (where: Neighbour): PositionsClient => {
  const { client, call, check, close } = createServiceClient(PortfolioServiceClient, {
    ...where,
    away: 'Portfolios cannot be reached at the moment.',
    restMs,
    classes: { pages: { deadlineMs, bounds } },
  });
  return {
    positions: (after, limit) => call('pages', client.positions, { after, limit }, { repeatable: true }),
    check,
    close,
  };
};
