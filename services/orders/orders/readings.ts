import { invalidCursor, invalidField, invalidLimit } from '@tickfolio/lib/errors';
import { streams } from '@tickfolio/lib/events/streams';
import type { ListEvents } from '@tickfolio/lib/outbox';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, count, desc, eq, gte, inArray, isNull, lt, notInArray, sql } from 'drizzle-orm';
import { validate } from 'uuid';
import { openStatuses } from '../rules/order.js';
import { fills, orders } from '../schema.js';
import type { FillRow, OrderRow } from '../store/records.js';
import type { OpenAsked } from './cancelling.js';
import { unknownOrder } from './refusals.js';

export interface OrdersAsked {
  readonly userId: string;
  readonly portfolioId?: string | undefined;
  readonly symbol?: string | undefined;
  readonly status?: string | undefined;
  /** Placed from here on, and before here, epoch milliseconds. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly limit: number;
  /** Empty at first. */
  readonly cursor: string;
}

/** An order with what of it is not booked yet. */
export interface ReadOrder {
  readonly order: OrderRow;
  readonly unsettled: number;
}

export interface PageAsked {
  readonly limit: number;
  readonly cursor: string;
}

const maxPage = 500;
const maxCanceled = 1_000;
/** Of one order; the rest is read in pages. */
const maxProven = 5_000;
const open = [...openStatuses];

const requireLimit = (limit: number): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) throw invalidLimit(maxPage);
};
const numberCursor = (cursor: string): number => {
  if (cursor === '') return 0;
  if (!/^[1-9]\d{0,15}$/.test(cursor)) throw invalidCursor();
  return Number(cursor);
};

/** After which fill a page begins: how often numbers had begun anew, and the number. */
const fillCursor = (cursor: string): { readonly epoch: number; readonly tradeId: number } => {
  if (cursor === '') return { epoch: 0, tradeId: -1 };
  const [, epoch = '0', tradeId] = /^(?:(\d{1,9})\.)?(\d{1,16})$/.exec(cursor) ?? [];
  if (tradeId === undefined) throw invalidCursor();
  return { epoch: Number(epoch), tradeId: Number(tradeId) };
};
const cursorOf = (fill: FillRow | undefined): string =>
  fill?.epoch ? `${fill.epoch}.${fill.tradeId}` : String(fill?.tradeId ?? '');

/** What users read of their orders, without a lock. */
export const createReadings = ({ db, listEvents }: { readonly db: Database; readonly listEvents: ListEvents }) => {
  // By full names, which columns here would not have.
  const unsettled = sql<number>`(select count(*) from fills f where f.order_id = orders.id and f.settled_at is null)::int`;
  /** @throws AppError not_found, also for somebody else's */
  const get = async (userId: string, orderId: string): Promise<ReadOrder> => {
    const [found] = validate(orderId)
      ? await db
          .select({ order: orders, unsettled })
          .from(orders)
          .where(and(eq(orders.id, orderId), eq(orders.userId, userId)))
      : [];
    if (!found) throw unknownOrder();
    return found;
  };
  return {
    get,
    list: async (asked: OrdersAsked): Promise<{ readonly items: readonly ReadOrder[]; readonly next: string }> => {
      const { userId, portfolioId, symbol, status, fromMs, toMs, limit, cursor } = asked;
      requireLimit(limit);
      if (status !== undefined && status !== 'open' && status !== 'closed')
        throw invalidField('status', 'must be open or closed');
      if (portfolioId !== undefined && !validate(portfolioId)) return { items: [], next: '' };
      const before = numberCursor(cursor);
      const time = (ms: number) => new Date(ms);
      const rows = await db
        .select({ order: orders, unsettled })
        .from(orders)
        .where(
          and(
            eq(orders.userId, userId),
            portfolioId === undefined ? undefined : eq(orders.portfolioId, portfolioId),
            symbol === undefined ? undefined : eq(orders.symbol, symbol.toLowerCase()),
            status === 'open' ? inArray(orders.status, open) : undefined,
            status === 'closed' ? notInArray(orders.status, open) : undefined,
            fromMs === undefined ? undefined : gte(orders.createdAt, time(fromMs)),
            toMs === undefined ? undefined : lt(orders.createdAt, time(toMs)),
            before === 0 ? undefined : lt(orders.age, before),
          ),
        )
        .orderBy(desc(orders.age))
        .limit(limit + 1);
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? String(items.at(-1)?.order.age ?? '') : '' };
    },
    fills: async (
      userId: string,
      orderId: string,
      { limit, cursor }: PageAsked,
    ): Promise<{ readonly items: readonly FillRow[]; readonly next: string }> => {
      requireLimit(limit);
      const { order } = await get(userId, orderId);
      const { epoch, tradeId } = fillCursor(cursor);
      const isLater = sql`(${fills.epoch}, ${fills.tradeId}) > (${epoch}, ${tradeId})`;
      const rows = await db
        .select()
        .from(fills)
        .where(and(eq(fills.orderId, order.id), cursor === '' ? undefined : isLater))
        .orderBy(asc(fills.epoch), asc(fills.tradeId))
        .limit(limit + 1);
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? cursorOf(items.at(-1)) : '' };
    },
    /** Of one order, for its proof. */
    allFills: (orderId: string): Promise<readonly FillRow[]> =>
      db
        .select()
        .from(fills)
        .where(eq(fills.orderId, orderId))
        .orderBy(asc(fills.epoch), asc(fills.tradeId))
        .limit(maxProven),
    /** As they stand in the event log. */
    events: async (userId: string, orderId: string, { limit, cursor }: PageAsked) => {
      requireLimit(limit);
      const { order } = await get(userId, orderId);
      const fromVersion = Math.max(1, numberCursor(cursor));
      const { events, next, stream } = await listEvents({ stream: streams.order(order.id), fromVersion }, limit);
      return { items: events, next: next > (stream?.lastVersion ?? 0) ? '' : String(next) };
    },
    openOf: async ({ userId, symbol, portfolioId }: OpenAsked): Promise<readonly string[]> => {
      if (portfolioId !== undefined && !validate(portfolioId)) return [];
      const rows = await db
        .select({ id: orders.id })
        .from(orders)
        .where(
          and(
            eq(orders.userId, userId),
            isNull(orders.executionId),
            inArray(orders.status, open),
            symbol === undefined ? undefined : eq(orders.symbol, symbol.toLowerCase()),
            portfolioId === undefined ? undefined : eq(orders.portfolioId, portfolioId),
          ),
        )
        .orderBy(asc(orders.age))
        .limit(maxCanceled);
      return rows.map(({ id }) => id);
    },
    /** How much of an asset open orders of a portfolio buy yet; of those by quote nobody knows it. */
    openBuys: async (portfolioId: string, asset: string): Promise<string> => {
      const left = sql<string>`coalesce(sum(${orders.quantity} - ${orders.filledQuantity}), 0)::text`;
      const isOf = and(eq(orders.portfolioId, portfolioId), eq(orders.baseAsset, asset), eq(orders.side, 'BUY'));
      const [row] = await db
        .select({ left })
        .from(orders)
        .where(and(isOf, inArray(orders.status, open)));
      return row?.left ?? '0';
    },
    /** How many are open, for the metrics. */
    openCount: async (): Promise<number> => {
      const [row] = await db.select({ of: count() }).from(orders).where(inArray(orders.status, open));
      return row?.of ?? 0;
    },
  };
};

export type Readings = ReturnType<typeof createReadings>;
