import { AppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import { doubtCoins } from '../coins/coin-rows.js';
import type { Beginning } from './beginning.js';

/**
 * Has what is known here go to a portfolio service once more that refuses because it was restored from a backup and has
 * heard of less. @returns false where it refuses for something else
 */
export type HandBack = (userId: string, refusal: unknown) => Promise<boolean>;

export interface HandBackDeps {
  readonly db: Database;
  readonly beginning: Pick<Beginning, 'beginAnew'>;
}

export const createHandBack =
  ({ db, beginning }: HandBackDeps): HandBack =>
  async (userId, refusal) => {
    const reasons = refusal instanceof AppError ? refusal.fields.map(({ reason }) => reason) : [];
    if (reasons.includes('adoption-not-begun')) await beginning.beginAnew();
    else if (reasons.includes('restored')) await db.transaction((tx) => doubtCoins(tx, userId));
    else return false;
    return true;
  };
