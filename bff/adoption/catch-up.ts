import type { AdoptedCoin, Coins } from '@tickfolio/gen/portfolio/v1/holding';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { saidOf, writeCoin, writeGone } from '../coins/coin-rows.js';

export interface CatchUpDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
}

/**
 * Shows what the portfolio service has of a user, and nothing else of what was held: nobody here may have heard what
 * became of it, because one of the two was restored from a backup. A transaction a coin, for there may be hundreds.
 */
export const createCatchUp =
  ({ db, time }: CatchUpDeps) =>
  async (
    userId: string,
    held: readonly Pick<AdoptedCoin, 'symbol'>[],
    { version, coins }: Pick<Coins, 'version' | 'coins'>,
  ): Promise<void> => {
    const now = coins.filter(({ via }) => via !== '');
    for (const coin of now) await db.transaction((tx) => writeCoin(tx, userId, saidOf(coin)));
    const kept = new Set(now.map(({ via }) => via));
    const gone = held.flatMap(({ symbol }) => (kept.has(symbol) ? [] : [symbol]));
    if (gone.length > 0) await db.transaction((tx) => writeGone(tx, userId, gone, { version, at: time() }));
  };
