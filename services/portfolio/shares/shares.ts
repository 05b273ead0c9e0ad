import { AppError } from '@tickfolio/lib/errors';
import { type Database, type DatabaseTime, fromPostgresError, type Transaction } from '@tickfolio/lib/postgres';
import { and, count, desc, eq, gt, isNull, lte, notExists, sql } from 'drizzle-orm';
import { v7 as uuid7, validate } from 'uuid';
import type { Asked } from '../books/asked.js';
import { lockOwner } from '../portfolios/owner.js';
import { noSuchPortfolio, type Portfolio, requireOpen, toPortfolio } from '../portfolios/portfolio.js';
import type { Command } from '../postings/once.js';
import { booksRefusal } from '../postings/refusal.js';
import { shares } from '../postings/tables.js';
import { inboxOf, portfolios } from '../schema.js';
import { hashOfToken, makeToken } from './share-token.js';

/** A link to a portfolio, for who has it. Times are epoch milliseconds. */
export interface Share {
  readonly id: string;
  /** Whether amounts are shown besides percents. */
  readonly amounts: boolean;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** What a link leads to. */
export interface OpenedShare {
  readonly share: Share;
  readonly userId: string;
  readonly portfolio: Portfolio;
}

export interface SharePlan {
  readonly amounts: boolean;
  /** 30 days from now where it is not said. */
  readonly expiresAtMs: number | undefined;
}

/** The links to portfolios. @throws AppError not_found for what is not the user's */
export interface Shares {
  /** @throws AppError failed_precondition `limit-reached` at 20, `archived`; invalid_argument */
  create(asked: Asked, plan: SharePlan): Promise<{ readonly share: Share; readonly token: string }>;
  /** The newest first, those that ran out too. */
  list(asked: Asked): Promise<readonly Share[]>;
  end(asked: Asked, id: string): Promise<Share>;
  /** Asked for by anybody. @throws AppError not_found, the same whatever the reason */
  open(token: string): Promise<OpenedShare>;
}

export interface SharesDeps {
  readonly db: Database;
  /** One after the other of each user. */
  readonly command: Command;
  readonly time: DatabaseTime;
  readonly clock: { now(): number };
}

const maxShares = 20;
const dayMs = 86_400_000;
const [usualDays, maxDays] = [30, 366];

const toShare = ({ id, amounts, createdAt, expiresAt }: typeof shares.$inferSelect): Share => ({
  id,
  amounts,
  createdAtMs: createdAt.getTime(),
  expiresAtMs: expiresAt.getTime(),
});
const noSuchShare = (): AppError => new AppError('not_found', 'There is no such link.');

/** @throws AppError invalid_argument */
const expiryOf = ({ expiresAtMs }: SharePlan, nowMs: number): Date => {
  const atMs = expiresAtMs ?? nowMs + usualDays * dayMs;
  if (atMs > nowMs && atMs <= nowMs + maxDays * dayMs) return new Date(atMs);
  const message = `The end of a link must be in the future, at most ${maxDays} days ahead.`;
  throw booksRefusal('invalid_argument', 'expires_at_ms', 'invalid-argument', message);
};

export const createShares = ({ db, command, time, clock }: SharesDeps): Shares => {
  const ownOne = ({ userId, portfolioId }: Asked) => {
    if (!validate(portfolioId)) throw noSuchPortfolio();
    return and(eq(portfolios.id, portfolioId), eq(portfolios.userId, userId));
  };
  const change = <Result>(asked: Asked, work: (tx: Transaction, portfolioId: string) => Promise<Result>) =>
    command(
      asked.userId,
      async (tx) => {
        await lockOwner(tx, time, asked.userId);
        const [row] = await tx.select().from(portfolios).where(ownOne(asked)).for('no key update');
        if (!row) throw noSuchPortfolio();
        requireOpen(row);
        return work(tx, row.id);
      },
      asked.signal,
    );
  const requireRoom = async (tx: Transaction, portfolioId: string) => {
    const isOfIt = eq(shares.portfolioId, portfolioId);
    const counted = async () => (await tx.select({ links: count() }).from(shares).where(isOfIt))[0]?.links ?? 0;
    if ((await counted()) < maxShares) return;
    await tx.delete(shares).where(and(isOfIt, lte(shares.expiresAt, time())));
    if ((await counted()) < maxShares) return;
    const words = `There are at most ${maxShares} links to a portfolio; end one first.`;
    throw booksRefusal('failed_precondition', 'portfolio_id', 'limit-reached', words);
  };
  return {
    create: (asked, plan) =>
      change(asked, async (tx, portfolioId) => {
        const [now] = await tx
          .select({ ms: sql<number>`floor(extract(epoch from ${time()}) * 1000)::float8` })
          .from(sql`(select 1) one`);
        const expiresAt = expiryOf(plan, now?.ms ?? clock.now());
        await requireRoom(tx, portfolioId);
        const token = makeToken();
        const kept = { id: uuid7({ msecs: clock.now() }), portfolioId, tokenHash: hashOfToken(token) };
        const [made] = await tx
          .insert(shares)
          .values({ ...kept, amounts: plan.amounts, createdAt: time(), expiresAt })
          .returning();
        if (!made) throw new Error('a link was not made');
        return { share: toShare(made), token };
      }),
    list: async (asked) => {
      const isOwn = ownOne(asked);
      try {
        const rows = await db
          .select({ share: shares })
          .from(portfolios)
          .leftJoin(shares, eq(shares.portfolioId, portfolios.id))
          .where(isOwn)
          .orderBy(desc(shares.createdAt), desc(shares.id));
        if (rows.length === 0) throw noSuchPortfolio();
        return rows.flatMap(({ share }) => (share ? [toShare(share)] : []));
      } catch (thrown) {
        throw fromPostgresError(thrown);
      }
    },
    end: (asked, id) =>
      change(asked, async (tx, portfolioId) => {
        if (!validate(id)) throw noSuchShare();
        const isIt = and(eq(shares.id, id), eq(shares.portfolioId, portfolioId));
        const [gone] = await tx.delete(shares).where(isIt).returning();
        if (!gone) throw noSuchShare();
        return toShare(gone);
      }),
    open: async (token) => {
      const { erasedUsers } = inboxOf;
      const isGone = db.select({ one: sql`1` }).from(erasedUsers).where(eq(erasedUsers.userId, portfolios.userId));
      try {
        const [found] = await db
          .select({ share: shares, portfolio: portfolios })
          .from(shares)
          .innerJoin(portfolios, eq(portfolios.id, shares.portfolioId))
          .where(
            and(
              eq(shares.tokenHash, hashOfToken(token)),
              gt(shares.expiresAt, time()),
              isNull(portfolios.archivedAt),
              notExists(isGone),
            ),
          );
        if (!found) throw noSuchShare();
        const { share, portfolio } = found;
        return { share: toShare(share), userId: portfolio.userId, portfolio: toPortfolio(portfolio) };
      } catch (thrown) {
        throw fromPostgresError(thrown);
      }
    },
  };
};
