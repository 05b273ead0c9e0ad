import { compare, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { and, desc, eq, lte, sql } from 'drizzle-orm';
import type { FeeSchedule } from '../rules/order.js';
import { feeSchedules } from '../schema.js';

/** Rates with the number under which they are kept. */
export interface KeptFees extends FeeSchedule {
  readonly id: number;
}

/** What is paid at venues, and since when. */
export interface FeeSchedules {
  now(venue: string): Promise<KeptFees>;
  /** What was paid at a moment, epoch milliseconds. */
  at(venue: string, timeMs: number): Promise<KeptFees>;
  /** From now on these are paid, unless they are already; absent: what is paid stays. */
  begin(venue: string, rates: Pick<FeeSchedule, 'maker' | 'taker'> | undefined): Promise<void>;
}

/** What the exchange asks of everybody, whenever. */
const usual = {
  maker: '0.001',
  taker: '0.001',
  discountAsset: 'BNB',
  discount: '0.75',
  validFrom: new Date(Date.UTC(2017, 0, 1)),
};

export const createFeeSchedules = ({
  db,
  time,
}: {
  readonly db: Database;
  readonly time: DatabaseTime;
}): FeeSchedules => {
  const valid = async (venue: string, until: ReturnType<DatabaseTime>): Promise<KeptFees> => {
    const [row] = await db
      .select()
      .from(feeSchedules)
      .where(and(eq(feeSchedules.venue, venue), lte(feeSchedules.validFrom, until)))
      .orderBy(desc(feeSchedules.validFrom))
      .limit(1);
    if (!row) throw new Error(`nothing says what is paid at ${venue}`);
    const { id, maker, taker, discountAsset, discount } = row;
    const rates = { id, maker: parseDecimal(maker), taker: parseDecimal(taker) };
    return discountAsset === null || discount === null
      ? rates
      : { ...rates, discountAsset, discount: parseDecimal(discount) };
  };
  return {
    now: (venue) => valid(venue, time()),
    at: (venue, timeMs) => valid(venue, sql`${new Date(timeMs).toISOString()}::timestamptz`),
    begin: async (venue, rates) => {
      await db
        .insert(feeSchedules)
        .values({ venue, ...usual })
        .onConflictDoNothing();
      if (!rates) return;
      const before = await valid(venue, time());
      const { maker, taker } = rates;
      if (compare(before.maker, maker) === 0 && compare(before.taker, taker) === 0) return;
      const { discountAsset = null, discount } = before;
      await db
        .insert(feeSchedules)
        .values({
          ...{ venue, maker: formatDecimal(maker), taker: formatDecimal(taker), discountAsset },
          ...{ discount: discount ? formatDecimal(discount) : null, validFrom: time() },
        })
        .onConflictDoNothing();
    },
  };
};
