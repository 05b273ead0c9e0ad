import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { streams } from '@tickfolio/lib/events/streams';
import type { Database } from '@tickfolio/lib/postgres';
import { eq, inArray, sql } from 'drizzle-orm';
import { balanceVersions, inboxTables, profiles } from '../schema.js';
import { isId } from './find-view.js';

/** How much what clients see of a portfolio's versions is above what its service says. */
export interface SeenBase {
  /** Undefined while nobody knows: what is in it is being handed over. */
  readonly base: number | undefined;
  /** Of the service's database: under another one the base is another. 0 where nothing was taken in yet. */
  readonly epoch: number;
}

interface Portfolio {
  readonly userId: string;
  readonly portfolioId: string;
}

/** By the ids of portfolios. */
export type ReadSeenBases = (of: readonly Portfolio[]) => Promise<ReadonlyMap<string, SeenBase>>;

const { inbox } = inboxTables;
const streamOf = sql`${streams.balances('')}::text || ${balanceVersions.portfolioId}`;
const isOwned = ({ userId, portfolioId }: Portfolio): boolean => portfolioId === defaultPortfolioId(userId);

export const createSeenBases = (db: Database): ReadSeenBases => {
  /** Both of one moment: a restore changes them in one transaction. */
  const readTaken = async (ids: readonly string[]) => {
    const rows = await db
      .select({ id: balanceVersions.portfolioId, base: balanceVersions.base, epoch: inbox.epoch })
      .from(balanceVersions)
      .leftJoin(inbox, eq(inbox.stream, streamOf))
      .where(inArray(balanceVersions.portfolioId, [...ids]));
    return new Map(rows.map(({ id, ...rest }) => [id, rest]));
  };
  /** Of the default one of what is owned the profile has it. */
  const readOwned = async (userIds: readonly string[]): Promise<ReadonlyMap<string, number | null>> => {
    if (userIds.length === 0) return new Map();
    const rows = await db
      .select({ userId: profiles.id, base: profiles.versionBase })
      .from(profiles)
      .where(inArray(profiles.id, [...userIds]));
    return new Map(rows.map(({ userId, base }) => [userId, base]));
  };
  return async (portfolios) => {
    if (portfolios.length === 0) return new Map();
    const taken = await readTaken(portfolios.map(({ portfolioId }) => portfolioId).filter(isId));
    const owned = await readOwned(portfolios.filter(isOwned).map(({ userId }) => userId));
    return new Map(
      portfolios.map((of) => {
        const { base, epoch } = taken.get(of.portfolioId) ?? { base: 0, epoch: 0 };
        return [of.portfolioId, { base: isOwned(of) ? (owned.get(of.userId) ?? undefined) : base, epoch: epoch ?? 0 }];
      }),
    );
  };
};
