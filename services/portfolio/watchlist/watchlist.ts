import { streams } from '@tickfolio/lib/events/streams';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import { type Database, type DatabaseTime, fromPostgresError, type Transaction } from '@tickfolio/lib/postgres';
import { and, asc, count, eq, sql } from 'drizzle-orm';
import { lockOwner, type Owner } from '../portfolios/owner.js';
import { loadTopic } from '../portfolios/portfolio-stream.js';
import { readAsset, readSymbol } from '../postings/names.js';
import type { Command } from '../postings/once.js';
import { booksRefusal } from '../postings/refusal.js';
import { watchlist } from '../postings/tables.js';
import { owners } from '../schema.js';

/** A symbol that somebody watches. */
interface Watched {
  readonly symbol: string;
  readonly asset: string;
  readonly addedAtMs: number;
}

/** All that a user watches. */
interface Watching {
  /** Of the last event of its stream; 0 where there was none. */
  readonly version: number;
  /** In the order in which they were added. */
  readonly symbols: readonly Watched[];
}

/**
 * What users watch without holding it. Repeating a change is harmless. Every method answers with the whole list, and
 * throws AppError.
 */
export interface Watchlist {
  list(userId: string): Promise<Watching>;
  /** @throws AppError failed_precondition `limit-reached` at 200 */
  add(owner: WatchingOwner, symbol: string, asset: string): Promise<Watching>;
  remove(owner: WatchingOwner, symbol: string): Promise<Watching>;
}

type WatchingOwner = Pick<Owner, 'userId' | 'requestId' | 'signal'>;

interface WatchlistDeps {
  readonly db: Database;
  /** One after the other of each user. */
  readonly command: Command;
  readonly append: AppendEvents;
  readonly time: DatabaseTime;
}

const maxSymbols = 200;
/** A caller may name a request as it likes. */
const maxIdLength = 128;

export const createWatchlist = ({ db, command, append, time }: WatchlistDeps): Watchlist => {
  /** In one statement, so that the version is that of what is listed. */
  const list = async (on: Pick<Database, 'select'>, userId: string): Promise<Watching> => {
    const rows = await on
      .select({ version: owners.watchlistVersion, row: watchlist })
      .from(owners)
      .leftJoin(watchlist, eq(watchlist.userId, owners.userId))
      .where(eq(owners.userId, userId))
      .orderBy(asc(watchlist.addedAt), asc(watchlist.symbol));
    const symbols = rows.flatMap(({ row }) =>
      row ? [{ symbol: row.symbol, asset: row.asset, addedAtMs: row.addedAt.getTime() }] : [],
    );
    return { version: rows[0]?.version ?? 0, symbols };
  };
  const tell = async (
    tx: Transaction,
    { userId, requestId }: WatchingOwner,
    type: 'watchlist.added' | 'watchlist.removed',
    data: { readonly symbol: string; readonly asset: string },
  ) => {
    const [owner] = await tx
      .update(owners)
      .set({ watchlistVersion: sql`${owners.watchlistVersion} + 1` })
      .where(eq(owners.userId, userId))
      .returning({ version: owners.watchlistVersion });
    if (!owner) throw new Error('an owner is not locked');
    const about = { userId, ...(requestId === '' ? {} : { requestId: requestId.slice(0, maxIdLength) }) };
    const stream = streams.watchlist(userId);
    await append(tx, await loadTopic(), [{ ...about, type, stream, version: owner.version, data }]);
  };
  const change = async (owner: WatchingOwner, work: (tx: Transaction) => Promise<void>): Promise<Watching> => {
    try {
      const inTurn = async (tx: Transaction) => {
        await lockOwner(tx, time, owner.userId);
        await work(tx);
        return list(tx, owner.userId);
      };
      return await command(owner.userId, inTurn, owner.signal);
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  };
  const requireRoom = async (tx: Transaction, userId: string) => {
    const [found] = await tx.select({ symbols: count() }).from(watchlist).where(eq(watchlist.userId, userId));
    if ((found?.symbols ?? 0) > maxSymbols)
      throw booksRefusal(
        'failed_precondition',
        'symbol',
        'limit-reached',
        `At most ${maxSymbols} symbols are watched; remove one first.`,
      );
  };
  return {
    list: async (userId) => {
      try {
        return await list(db, userId);
      } catch (thrown) {
        throw fromPostgresError(thrown);
      }
    },
    add: async (owner, symbolText, assetText) => {
      const [symbol, asset] = [readSymbol(symbolText, 'symbol'), readAsset(assetText, 'asset')];
      const { userId } = owner;
      return change(owner, async (tx) => {
        const row = { userId, symbol, asset, addedAt: time() };
        const added = await tx.insert(watchlist).values(row).onConflictDoNothing().returning();
        if (added.length === 0) return;
        await requireRoom(tx, userId);
        await tell(tx, owner, 'watchlist.added', { symbol, asset });
      });
    },
    remove: async (owner, symbolText) => {
      const symbol = readSymbol(symbolText, 'symbol');
      return change(owner, async (tx) => {
        const [gone] = await tx
          .delete(watchlist)
          .where(and(eq(watchlist.userId, owner.userId), eq(watchlist.symbol, symbol)))
          .returning({ asset: watchlist.asset });
        if (gone) await tell(tx, owner, 'watchlist.removed', { symbol, asset: gone.asset });
      });
    },
  };
};
