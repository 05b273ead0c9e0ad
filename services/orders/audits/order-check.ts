import { canonical } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, gte, notInArray, sql } from 'drizzle-orm';
import { erasingUsers, fills, orders } from '../schema.js';
import type { OrdersTally } from './check.js';

/** An order may have thousands of fills. */
const pageOrders = 50;
export const firstId = '00000000-0000-0000-0000-000000000000';

// Of one order each, by full names, which columns here would not have.
const ofFills = sql<string>`coalesce((select sum(f.quantity) from fills f where f.order_id = orders.id), 0)::text`;
const quoteOfFills = sql<string>`coalesce((select sum(f.quote) from fills f where f.order_id = orders.id), 0)::text`;
/** A fee that is none of those that were asked for, or in what is received another than is due by its schedule. */
const wrongFees = sql<number>`(select count(*) from fills f left join fee_schedules s on s.id = f.fee_schedule_id
  where f.order_id = orders.id and f.settled_at is not null and not (
    case when jsonb_array_length(f.fee_choices) = 0 then f.fee = 0 else exists (
      select from jsonb_array_elements(f.fee_choices) as choice(one)
      where choice.one->>'asset' = f.fee_asset and (choice.one->>'amount')::numeric = f.fee)
    end
    and (f.fee_asset <> case when orders.side = 'BUY' then orders.base_asset else orders.quote_asset end
      or s.id is null
      or f.fee = round(case when orders.side = 'BUY' then f.quantity else f.quote end
        * case when f.maker then s.maker else s.taker end, 8))
  ))::int`;
/** Fees of the order that are not the sum of its fills', in either direction. */
const feesDiffer = sql<boolean>`exists (
  select from (select f.fee_asset as asset, sum(f.fee) as paid from fills f
    where f.order_id = orders.id and f.settled_at is not null group by 1) of_fills
  full join (select paid.one->>'asset' as asset, (paid.one->>'quantity')::numeric as paid
    from jsonb_array_elements(orders.fee) as paid(one)) of_order using (asset)
  where of_fills.paid is distinct from of_order.paid)`;
const told = sql<number>`(select count(*) from order_events e
  where e.stream = 'order:' || orders.id and e.version between 1 and orders.version)::int`;
const lastTold = sql<number>`coalesce((select max(e.version) from order_events e
  where e.stream = 'order:' || orders.id), 0)::int`;

/**
 * Holds orders against their fills and these against what they cost (A7), and looks for holes in what was told (A8).
 * @param since those that changed before are left out, a time as the database writes it @param goOn asked before each page
 */
export const checkOrders = async (
  db: Database,
  tally: OrdersTally,
  since: string,
  goOn: () => boolean,
): Promise<void> => {
  const erasing = db.select({ userId: erasingUsers.userId }).from(erasingUsers);
  const { id, status, side, quantity, filledQuantity, filledQuote, version } = orders;
  for (let after = firstId; goOn(); ) {
    const rows = await db
      .select({
        ...{ id, status, side, quantity, filledQuantity, filledQuote, version },
        ...{ ofFills, quoteOfFills, wrongFees, feesDiffer, told, lastTold },
      })
      .from(orders)
      .where(
        and(
          gt(orders.id, after),
          gte(orders.updatedAt, sql`${since}::timestamptz`),
          notInArray(orders.userId, erasing),
        ),
      )
      .orderBy(asc(orders.id))
      .limit(pageOrders);
    tally.checked('A7', rows.length);
    tally.checked('A8', rows.length);
    for (const row of rows) {
      const wrong = (words: string) => tally.fault('A7', 'mismatch', `the order ${row.id}, ${row.status}: ${words}`);
      const [own, sum] = [canonical(row.filledQuantity), canonical(row.ofFills)];
      const [ownQuote, sumQuote] = [canonical(row.filledQuote), canonical(row.quoteOfFills)];
      if (own !== sum || ownQuote !== sumQuote)
        wrong(`${own} for ${ownQuote} is filled; by its fills ${sum} for ${sumQuote}`);
      if (row.wrongFees > 0) wrong(`${row.wrongFees} of its fills have another fee than is due`);
      if (row.feesDiffer) wrong('its fees are not the sum of those of its fills');
      if (row.told !== row.version)
        tally.fault('A8', 'missing', `${row.version - row.told} of the events of order:${row.id}`, 1);
      if (row.lastTold > row.version)
        tally.fault(
          'A8',
          'mismatch',
          `order:${row.id}: its last event is ${row.lastTold}, and ${row.version} are counted`,
        );
    }
    after = rows.at(-1)?.id ?? after;
    if (rows.length < pageOrders) return;
  }
};

/** The fills of an order, as what was taken out of its reservation for them. */
export const takenOf = async (db: Database, orderId: string): Promise<string> => {
  const taken = sql<string>`coalesce(sum(case when ${orders.side} = 'BUY' then ${fills.quote} else ${fills.quantity} end), 0)::text`;
  const [row] = await db
    .select({ taken })
    .from(fills)
    .innerJoin(orders, eq(orders.id, fills.orderId))
    .where(and(eq(fills.orderId, orderId), sql`${fills.settledAt} is not null`));
  return canonical(row?.taken ?? '0');
};
