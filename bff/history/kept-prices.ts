import { canonical } from '@tickfolio/lib/money';
import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import type { LastPrice } from '@tickfolio/lib/price-bus';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Kind } from '../market/portfolio-value.js';
import { lastPrices } from '../schema.js';

/** A last price to be kept, and when it came, epoch milliseconds. */
export interface ReceivedPrice extends LastPrice {
  readonly receivedAtMs: number;
}

/**
 * Last prices in the database: they outlive the price bus, and what the exchange does not list any more. Bounded by the
 * symbols that were ever held. Every method throws AppError `unavailable` when the database is away.
 */
export interface KeptPrices {
  /** Those of these symbols that are kept, of that kind. */
  read(kind: Kind, symbols: readonly string[]): Promise<LastPrice[]>;
  /** Keeps each unless a later one is kept. */
  write(kind: Kind, prices: readonly ReceivedPrice[]): Promise<void>;
}

const maxRowsPerInsert = 1_000;

/** What `isLaterPrice` of lib/price-bus says, in SQL. */
const isLater = sql`excluded.trade_id > ${lastPrices.tradeId} or (excluded.trade_id < ${lastPrices.tradeId} and excluded.trade_time > ${lastPrices.tradeTime} + interval '2 seconds')`;

export const createKeptPrices = (db: Database): KeptPrices => ({
  read: async (kind, symbols) => {
    const simulated = kind === 'simulated';
    try {
      const rows = await db
        .select()
        .from(lastPrices)
        .where(and(eq(lastPrices.simulated, simulated), inArray(lastPrices.symbol, [...symbols])));
      return rows.map(({ symbol, price, tradeTime, tradeId }) => ({
        symbol,
        price: canonical(price),
        timeMs: tradeTime.getTime(),
        tradeId,
        simulated,
      }));
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  },
  write: async (kind, prices) => {
    // In one order whoever writes: two replicas that lock the same rows in two orders would stop each other.
    const rows = [...prices]
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
      .map(({ symbol, price, timeMs, tradeId, receivedAtMs }) => ({
        symbol,
        simulated: kind === 'simulated',
        price,
        tradeTime: new Date(timeMs),
        tradeId,
        receivedAt: new Date(receivedAtMs),
      }));
    try {
      for (let from = 0; from < rows.length; from += maxRowsPerInsert)
        await db
          .insert(lastPrices)
          .values(rows.slice(from, from + maxRowsPerInsert))
          .onConflictDoUpdate({
            target: [lastPrices.simulated, lastPrices.symbol],
            set: {
              price: sql`excluded.price`,
              tradeTime: sql`excluded.trade_time`,
              tradeId: sql`excluded.trade_id`,
              receivedAt: sql`excluded.received_at`,
            },
            setWhere: isLater,
          });
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  },
});
