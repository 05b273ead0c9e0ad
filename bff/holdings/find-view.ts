import type { ViewRefusal } from '@tickfolio/api/messages';
import { AppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, gt } from 'drizzle-orm';
import { portfolios } from '../schema.js';
import { allPortfolios } from './views.js';

export type FoundView =
  /** Undefined for the default one, whose frames say nothing of which they are. */
  { readonly kind: 'found'; readonly of: string | undefined } | ({ readonly kind: 'refused' } & NotShown);

/** Why a portfolio is not shown, as a word and in words. */
export interface NotShown {
  readonly reason: ViewRefusal;
  readonly detail: string;
}

/** Which portfolio of a user is meant by an id, `default` or `all`. Somebody else's is as if it were not there. */
export type FindView = (userId: string, portfolioId: string) => Promise<FoundView>;

export interface FindViewDeps {
  readonly db: Database;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
  /**
   * Asks the service for one that was not told yet, and has it written down. Undefined where there is none. @throws
   * AppError when it is away
   */
  readonly ask: (userId: string, portfolioId: string) => Promise<Known | undefined>;
}

type Known = Pick<typeof portfolios.$inferSelect, 'kind' | 'simulated'>;

export const notShown = (reason: ViewRefusal, detail: string): NotShown => ({ reason, detail });
/** Why a portfolio of paper money is not shown. @param simulated whether it lives at made-up prices */
const livesElsewhere = (simulated: boolean): NotShown =>
  notShown('wrong-kind', `That portfolio lives at ${simulated ? 'made-up' : 'real'} prices, which are not here.`);
const notThere = notShown('not-found', 'There is no such portfolio.');

export interface ShownLately {
  /** Of paper money: whether it lives at made-up prices. */
  readonly livesAt: boolean | undefined;
  readonly isLost: boolean;
}
/** Why a portfolio is shown no more. @param simulated whether prices are made up; undefined while nobody knows */
export const whyNoMore = ({ livesAt, isLost }: ShownLately, simulated: boolean | undefined): NotShown | undefined => {
  if (isLost) return notThere;
  // The two never stand in one frame.
  return livesAt !== undefined && simulated === !livesAt ? livesElsewhere(livesAt) : undefined;
};

/** Whether it is a portfolio's, of whomever. */
export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const refused = (why: NotShown): FoundView => ({ kind: 'refused', ...why });

export const createFindView =
  ({ db, simulated, ask }: FindViewDeps): FindView =>
  async (userId, portfolioId) => {
    const name = portfolioId.toLowerCase();
    if (name === 'default') return { kind: 'found', of: undefined };
    if (name === allPortfolios) return { kind: 'found', of: allPortfolios };
    if (!isId(name)) return refused(notThere);
    try {
      const [known] = await db
        .select({ kind: portfolios.kind, simulated: portfolios.simulated })
        .from(portfolios)
        .where(and(eq(portfolios.id, name), eq(portfolios.userId, userId), gt(portfolios.version, 0)));
      const found = known ?? (await ask(userId, name));
      if (!found) return refused(notThere);
      const kind = simulated();
      // The two never stand in one frame.
      if (found.kind === 'paper' && kind !== undefined && kind !== found.simulated)
        return refused(livesElsewhere(found.simulated));
      return { kind: 'found', of: name };
    } catch {
      const detail = 'Portfolios cannot be read at the moment; please try again in a few seconds.';
      return refused(notShown('unavailable', detail));
    }
  };

/** As REST says why a portfolio is not shown. */
const refusalOf = ({ reason, detail }: NotShown): AppError => {
  if (reason === 'not-found') return new AppError('not_found', detail);
  if (reason === 'wrong-kind') return new AppError('failed_precondition', detail, { problem: 'wrong-kind' });
  return new AppError('unavailable', detail, { retryAfterMs: 2_000 });
};

/**
 * What frames are of, for REST: undefined for the default portfolio. @throws AppError not_found, failed_precondition
 * `wrong-kind`, unavailable
 */
export const requireView = async (find: FindView, userId: string, portfolioId: string): Promise<string | undefined> => {
  const found = await find(userId, portfolioId);
  if (found.kind === 'refused') throw refusalOf(found);
  return found.of;
};

/** For what reads of a portfolio whatever prices it lives at. @throws AppError not_found, unavailable */
export const requirePortfolio = async (find: FindView, userId: string, portfolioId: string): Promise<void> => {
  const found = await find(userId, portfolioId);
  if (found.kind === 'refused' && found.reason !== 'wrong-kind') throw refusalOf(found);
};
