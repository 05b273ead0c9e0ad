import { randomUUID } from 'node:crypto';
import type * as wire from '@tickfolio/gen/portfolio/v1';
import { toAppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { isErased, lockUser } from '../erasure/erased-users.js';
import { writePortfolio } from '../holdings/portfolio-news.js';
import type { PortfolioClient } from './portfolio-client.js';

/** Writes down what the service has said of a portfolio, so that whoever made it can look at it at once. Never throws. */
export type KnowPortfolio = (userId: string, portfolio: wire.Portfolio) => Promise<void>;

export interface KnownPortfoliosDeps {
  readonly db: Database;
  readonly log: Logger;
  /** Told of what is written. */
  readonly changed: (userId: string, portfolioId: string) => void;
}

export const createKnowPortfolio =
  ({ db, log, changed }: KnownPortfoliosDeps): KnowPortfolio =>
  async (userId, { id, name, kind, baseCurrencyCode, isDefault, simulated, version, archivedAtMs }) => {
    const archivedAt = archivedAtMs === undefined ? null : new Date(archivedAtMs);
    const known = { id, userId, name, kind, baseCurrencyCode, isDefault, simulated, version, archivedAt };
    try {
      await db.transaction(async (tx) => {
        await lockUser(tx, userId);
        if (!(await isErased(tx, userId))) await writePortfolio(tx, known);
      });
      changed(userId, id);
    } catch (err) {
      // It is made, and its event brings it.
      log.debug({ err, userId }, 'a portfolio could not be written down at once');
    }
  };

export interface AskPortfolioDeps {
  readonly client: Pick<PortfolioClient, 'get'>;
  readonly know: KnowPortfolio;
  readonly simulated: () => boolean | undefined;
}

/** Asks for a portfolio whose event has not come yet. @throws AppError, but for one that is not there */
export const createAskPortfolio =
  ({ client, know, simulated }: AskPortfolioDeps) =>
  async (userId: string, portfolioId: string): Promise<wire.Portfolio | undefined> => {
    const asker = { userId, simulated: simulated(), requestId: randomUUID() };
    try {
      const found = await client.get(asker, portfolioId);
      await know(userId, found);
      return found;
    } catch (thrown) {
      if (toAppError(thrown).code === 'not_found') return undefined;
      throw thrown;
    }
  };
