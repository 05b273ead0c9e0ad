import { streams } from '@tickfolio/lib/events/streams';
import type { ErasePiece } from '@tickfolio/lib/outbox/inbox';
import { count, eq, inArray, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { balances, entries, postings, reservations, shares, watchlist } from '../postings/tables.js';
import { portfolioEvents, portfolios, requests } from '../schema.js';

/** Nobody should have an embedded database for long. */
const pieceRows = 500;
/** Of them with their entries: 6 of a fill, 1,000 of what was taken over. */
const piecePostings = 100;
const maxEntries = 1_000;

/**
 * What one of the user's portfolios has in this column. By an array, which the database makes first and then looks up in
 * an index; what it is told in a join it may read the whole table for.
 */
const isOwn = (column: PgColumn, userId: string) => sql`${column} = ANY(array(${ownIds(userId)}))`;
const ownIds = (userId: string) =>
  sql`select ${portfolios.id} from ${portfolios} where ${portfolios.userId} = ${userId}`;

/** Both sides of each posting at once, so that what is left is balanced at any time; at least one, however long it is. */
const erasePostings: ErasePiece = async (tx, userId) => {
  // Asked for as few as are taken, a server reads the whole table for them.
  const found = await tx
    .select({ id: postings.id })
    .from(postings)
    .where(isOwn(postings.portfolioId, userId))
    .limit(pieceRows);
  if (found.length === 0) return 0;
  const some = found.slice(0, piecePostings).map(({ id }) => id);
  const locked = await tx.select({ id: postings.id }).from(postings).where(inArray(postings.id, some)).for('update');
  const all = locked.map(({ id }) => id);
  const counted = await tx
    .select({ id: entries.postingId, lines: count() })
    .from(entries)
    .where(inArray(entries.postingId, all))
    .groupBy(entries.postingId);
  const linesOf = new Map(counted.map(({ id, lines }) => [id, lines]));
  let lines = 0;
  const ids = all.filter((id, at) => {
    lines += linesOf.get(id) ?? 0;
    return at === 0 || lines + at < maxEntries;
  });
  await tx.delete(entries).where(inArray(entries.postingId, ids));
  await tx.delete(postings).where(inArray(postings.id, ids));
  return ids.length;
};
const eraseBalances: ErasePiece = async (tx, userId) => {
  const some = tx
    .select({ id: balances.id })
    .from(balances)
    .where(isOwn(balances.portfolioId, userId))
    .limit(pieceRows);
  return (await tx.delete(balances).where(inArray(balances.id, some)).returning({ id: balances.id })).length;
};
const eraseReservations: ErasePiece = async (tx, userId) => {
  const some = tx
    .select({ id: reservations.id })
    .from(reservations)
    .where(isOwn(reservations.portfolioId, userId))
    .limit(pieceRows);
  return (await tx.delete(reservations).where(inArray(reservations.id, some)).returning({ id: reservations.id }))
    .length;
};
/** What was told of them, which says their names. */
const eraseEvents: ErasePiece = async (tx, userId) => {
  const { events } = portfolioEvents;
  const ids = ownIds(userId);
  const names = sql`select noun || id from (${ids}) own, (values ('portfolio:'), ('balances:')) nouns (noun) union all select ${streams.watchlist(userId)}::text`;
  const some = tx
    .select({ seq: events.seq })
    .from(events)
    .where(sql`${events.stream} = ANY(array(${names}))`)
    .limit(pieceRows);
  return (await tx.delete(events).where(inArray(events.seq, some)).returning({ seq: events.seq })).length;
};
/** At most 20 of each portfolio. */
const eraseShares: ErasePiece = async (tx, userId) => {
  const some = tx.select({ id: shares.id }).from(shares).where(isOwn(shares.portfolioId, userId)).limit(pieceRows);
  return (await tx.delete(shares).where(inArray(shares.id, some)).returning({ id: shares.id })).length;
};
const eraseRequests: ErasePiece = async (tx, userId) => {
  const some = tx.select({ key: requests.key }).from(requests).where(eq(requests.userId, userId)).limit(pieceRows);
  const isOne = sql`${requests.userId} = ${userId} and ${requests.key} in ${some}`;
  return (await tx.delete(requests).where(isOne).returning({ key: requests.key })).length;
};
const eraseWatchlist: ErasePiece = async (tx, userId) =>
  (await tx.delete(watchlist).where(eq(watchlist.userId, userId)).returning({ symbol: watchlist.symbol })).length;
/**
 * With what was told of them since the events went: deleting one waits for who renames it just now, and once it is gone
 * nobody knows any more whose events those are.
 */
const erasePortfolios: ErasePiece = async (tx, userId) => {
  const some = tx.select({ id: portfolios.id }).from(portfolios).where(eq(portfolios.userId, userId)).limit(pieceRows);
  const gone = await tx.delete(portfolios).where(inArray(portfolios.id, some)).returning({ id: portfolios.id });
  const { events } = portfolioEvents;
  const names = gone.flatMap(({ id }) => [streams.portfolio(id), streams.balances(id)]);
  if (names.length > 0) await tx.delete(events).where(inArray(events.stream, names));
  return gone.length;
};

/** In the order in which rows refer to each other. */
export const pieces: readonly ErasePiece[] = [
  eraseShares,
  erasePostings,
  eraseBalances,
  eraseReservations,
  eraseRequests,
  eraseWatchlist,
  eraseEvents,
  erasePortfolios,
];
