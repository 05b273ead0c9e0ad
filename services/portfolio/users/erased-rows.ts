import type { Transaction } from '@tickfolio/lib/postgres';
import { eq, inArray, or, sql } from 'drizzle-orm';
import { balances, entries, postings, reservations, watchlist } from '../postings/tables.js';
import { portfolioEvents, portfolios, requests } from '../schema.js';

/** Deletes some of what lies here of a user. @returns how many rows went, 0 where none was left */
export type ErasePiece = (tx: Transaction, userId: string) => Promise<number>;

/** Nobody should have an embedded database for long. */
const pieceRows = 500;

const ownIn = (tx: Transaction, userId: string) =>
  tx.select({ id: portfolios.id }).from(portfolios).where(eq(portfolios.userId, userId));

/** Both sides of each posting at once, so that what is left is balanced at any time. */
const erasePostings: ErasePiece = async (tx, userId) => {
  const found = await tx
    .select({ id: postings.id })
    .from(postings)
    .where(inArray(postings.portfolioId, ownIn(tx, userId)))
    .limit(pieceRows)
    .for('update');
  const ids = found.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await tx.delete(entries).where(inArray(entries.postingId, ids));
  await tx.delete(postings).where(inArray(postings.id, ids));
  return ids.length;
};
const eraseBalances: ErasePiece = async (tx, userId) => {
  const some = tx
    .select({ id: balances.id })
    .from(balances)
    .where(inArray(balances.portfolioId, ownIn(tx, userId)))
    .limit(pieceRows);
  return (await tx.delete(balances).where(inArray(balances.id, some)).returning({ id: balances.id })).length;
};
const eraseReservations: ErasePiece = async (tx, userId) => {
  const some = tx
    .select({ id: reservations.id })
    .from(reservations)
    .where(inArray(reservations.portfolioId, ownIn(tx, userId)))
    .limit(pieceRows);
  return (await tx.delete(reservations).where(inArray(reservations.id, some)).returning({ id: reservations.id }))
    .length;
};
/** What was told of them, which says their names. */
const eraseEvents: ErasePiece = async (tx, userId) => {
  const { events } = portfolioEvents;
  const streamOf = (noun: string) =>
    tx
      .select({ stream: sql<string>`${noun}::text || ${portfolios.id}::text` })
      .from(portfolios)
      .where(eq(portfolios.userId, userId));
  const isOwn = or(
    inArray(events.stream, streamOf('portfolio:')),
    inArray(events.stream, streamOf('balances:')),
    eq(events.stream, `watchlist:${userId}`),
  );
  const some = tx.select({ seq: events.seq }).from(events).where(isOwn).limit(pieceRows);
  return (await tx.delete(events).where(inArray(events.seq, some)).returning({ seq: events.seq })).length;
};
const eraseRequests: ErasePiece = async (tx, userId) => {
  const some = tx.select({ key: requests.key }).from(requests).where(eq(requests.userId, userId)).limit(pieceRows);
  const isOwn = sql`${requests.userId} = ${userId} and ${requests.key} in ${some}`;
  return (await tx.delete(requests).where(isOwn).returning({ key: requests.key })).length;
};
const eraseWatchlist: ErasePiece = async (tx, userId) =>
  (await tx.delete(watchlist).where(eq(watchlist.userId, userId)).returning({ symbol: watchlist.symbol })).length;
const erasePortfolios: ErasePiece = async (tx, userId) =>
  (await tx.delete(portfolios).where(eq(portfolios.userId, userId)).returning({ id: portfolios.id })).length;

/** In the order in which rows refer to each other. */
export const pieces: readonly ErasePiece[] = [
  erasePostings,
  eraseBalances,
  eraseReservations,
  eraseRequests,
  eraseWatchlist,
  eraseEvents,
  erasePortfolios,
];
