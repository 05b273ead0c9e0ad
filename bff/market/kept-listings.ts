import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import { and, eq, sql } from 'drizzle-orm';
import { listedSymbols } from '../schema.js';
import type { SymbolEntry } from './aggregator-client.js';
import type { Kind } from './portfolio-value.js';
import { type Assets, assetsOf } from './symbols.js';

export type Listing = Pick<SymbolEntry, 'symbol' | 'quoteAsset'>;

/**
 * What the exchange listed at any time, in the database: it outlives the list, which forgets what was delisted. Bounded
 * by what was ever listed. Every method throws AppError `unavailable` when the database is away.
 */
export interface KeptListings {
  /** What a symbol is of and priced in; undefined for one that no list had. */
  read(kind: Kind, symbol: string): Promise<Assets | undefined>;
  /** Keeps each; the newest word about a symbol holds. @param listings with different symbols */
  write(kind: Kind, listings: readonly Listing[]): Promise<void>;
}

const maxRowsPerInsert = 1_000;

export const createKeptListings = (db: Database): KeptListings => ({
  read: async (kind, symbol) => {
    try {
      const [found] = await db
        .select({ symbol: listedSymbols.symbol, quoteAsset: listedSymbols.quoteAsset })
        .from(listedSymbols)
        .where(and(eq(listedSymbols.simulated, kind === 'simulated'), eq(listedSymbols.symbol, symbol)));
      return found && assetsOf(found);
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  },
  write: async (kind, listings) => {
    // In one order whoever writes: two replicas that lock the same rows in two orders would stop each other.
    const rows = [...listings]
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
      .map(({ symbol, quoteAsset }) => ({
        symbol,
        simulated: kind === 'simulated',
        quoteAsset: quoteAsset.toLowerCase(),
      }));
    try {
      for (let from = 0; from < rows.length; from += maxRowsPerInsert)
        await db
          .insert(listedSymbols)
          .values(rows.slice(from, from + maxRowsPerInsert))
          .onConflictDoUpdate({
            target: [listedSymbols.simulated, listedSymbols.symbol],
            set: { quoteAsset: sql`excluded.quote_asset` },
            setWhere: sql`${listedSymbols.quoteAsset} <> excluded.quote_asset`,
          });
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  },
});
