import type { Clock } from '@tickfolio/lib/clock';
import { createTurns, type WatchTurn } from '@tickfolio/lib/lane/turns';
import type { Where } from '../neighbours.js';
import { turnsOfChanges } from '../portfolio/portfolios.js';
import { betweenPaper } from './between-paper.js';
import { type Asker, createPortfolioClient, type PortfolioClient } from './portfolio-client.js';

type Change<Asked, Answer> = (asker: Asker, asked: Asked) => Promise<Answer>;

/**
 * The portfolio service, with the changes of one user one after the other: they wait for each other there in any case,
 * and who makes many at once takes no place from others. @throws AppError resource_exhausted where a turn does not come;
 * then nothing was changed
 */
export const withUserTurns = (
  client: PortfolioClient,
  clock: Pick<Clock, 'after'>,
  watch?: WatchTurn,
): PortfolioClient => {
  // Each fails by itself: what is not known of one says nothing of the next.
  const turns = createTurns({ ...turnsOfChanges(clock), failTogether: false, watch });
  const inTurn =
    <Asked, Answer>(change: Change<Asked, Answer>): Change<Asked, Answer> =>
    (asker, asked) =>
      turns.take(asker.userId, () => change(asker, asked));
  return {
    ...client,
    create: inTurn(client.create),
    update: inTurn(client.update),
    archive: inTurn(client.archive),
    fund: inTurn(client.fund),
    // What it looks at first too: a burst would read all of that at once.
    transfer: inTurn(betweenPaper(client)),
  };
};

/** One for everybody here, so that it knows all changes of a user. */
export const createPortfolioCalls = ({ watchTurn, ...where }: Where): PortfolioClient =>
  withUserTurns(createPortfolioClient(where), where.clock, watchTurn);
