import { AppError } from '@tickfolio/lib/errors';
import type { PortfolioClient } from './portfolio-client.js';

/**
 * Moves what is in one portfolio to another, of paper money only. @throws AppError failed_precondition `wrong-kind`, and
 * what the portfolio service says
 */
export const betweenPaper =
  ({ get, transfer }: Pick<PortfolioClient, 'get' | 'transfer'>): PortfolioClient['transfer'] =>
  async (asker, moved) => {
    // Both first: one that is not there is 404, whatever the other is.
    const ends = await Promise.all([moved.fromPortfolioId, moved.toPortfolioId].map((id) => get(asker, id)));
    for (const { kind } of ends)
      if (kind === 'tracking')
        throw new AppError('failed_precondition', 'Only paper money can be moved; nothing was changed.', {
          problem: 'wrong-kind',
        });
    return transfer(asker, moved);
  };
