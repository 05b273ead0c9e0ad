import { fromPostgresError } from '../postgres/postgres.js';
import type { Logger } from '../telemetry/telemetry.js';

export interface EachUser {
  /** Users of whom something is left, behind an id, in the order of their ids; at most `limit`. */
  readonly page: (after: string, limit: number) => Promise<readonly string[]>;
  readonly erase: (userId: string) => Promise<void>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const pageUsers = 100;
/** So many in a row fail for a reason of all. */
const maxFailedInARow = 5;

/**
 * Erases one user after the other. One that cannot be erased keeps nobody else waiting, and is tried again by the next
 * round. @throws what `page` throws
 */
export const eachUser = async ({ page, erase, log, signal }: EachUser): Promise<void> => {
  let failed = 0;
  let inARow = 0;
  let first: unknown;
  const eraseOne = async (userId: string) => {
    try {
      await erase(userId);
      inARow = 0;
    } catch (thrown) {
      first ??= thrown;
      failed += 1;
      inARow += 1;
    }
  };
  const isOver = () => signal.aborted || inARow === maxFailedInARow;
  for (let after: string | undefined = ''; after !== undefined && !isOver(); ) {
    const users = await page(after, pageUsers);
    for (const userId of users) if (!isOver()) await eraseOne(userId);
    after = users.length < pageUsers ? undefined : users.at(-1);
  }
  if (failed === 0 || signal.aborted) return;
  log.warn({ err: fromPostgresError(first), users: failed }, 'deleted users could not be erased; trying again later');
};
