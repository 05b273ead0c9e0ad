import type { Clock } from '@tickfolio/lib/clock';
import { orderEvents } from '@tickfolio/lib/events/order-events';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import { type Database, type DatabaseTime, fromPostgresError, type Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm';
import { fills, orders, reviews, sagas, tapePositions } from '../schema.js';
import { applyChange, type Change, type Changed, type Decide } from './change.js';
import { createKnownOrders } from './known-orders.js';
import { lockOrder, openStatus, readOrder, readTape, tapeOf } from './order-rows.js';
import type { Advance, Advanced, BrokenOrder, DueSaga, OrderStore, SymbolState, Tape } from './order-store.js';
import { createPlaceOrder } from './place-order.js';
import type { OrderState, Position } from './records.js';

export interface PostgresStoreDeps {
  /** Its commits wake who sends events. */
  readonly db: Database;
  readonly append: AppendEvents;
  readonly time: DatabaseTime;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Then what may be filled is read anew in any case. */
const knownMs = 10_000;
const idle = ['working', 'done', 'stuck'] as const;
/** No pause and no lease is longer: one that is was made before the clock of the database was set back. */
const longestMs = 60_000;

/** Of an accepted one, where nothing was known of the tape. */
const isUncounted = (tape: Tape) =>
  and(eq(orders.venue, tape.venue), eq(orders.symbol, tape.symbol), isNull(orders.acceptedAfterTrade), openStatus);

/** What is further than a position to which the tape moves stays so, as long as it is of the same ids. */
const aheadAfter = ({ lastTradeId, simulated }: Position) =>
  sql`case when (${tapePositions.ahead}->'position'->>'lastTradeId')::bigint > ${lastTradeId}::bigint
    and ${tapePositions.lastTradeId} <= ${lastTradeId}::bigint and ${tapePositions.simulated} = ${simulated}
    then ${tapePositions.ahead} end`;

export const createPostgresStore = ({ db, append, time, clock }: PostgresStoreDeps): OrderStore => {
  const known = createKnownOrders({ maxAgeMs: knownMs, nowMs: () => clock.monotonic() });
  const after = (ms: number) => sql`${time()} + make_interval(secs => ${ms / 1_000})`;

  const write = async (tx: Transaction, before: OrderState, change: Change<unknown>, changed: Changed) => {
    const { order, saga, at } = changed.state;
    if (order !== before.order) {
      const { id: _, age: __, ...rest } = order;
      await tx.update(orders).set(rest).where(eq(orders.id, order.id));
    }
    if (saga !== before.saga) await tx.update(sagas).set(saga).where(eq(sagas.id, saga.id));
    if (changed.fills.length > 0) await tx.insert(fills).values([...changed.fills]);
    if (change.settled) {
      const { fillId, fee, feeAsset } = change.settled;
      await tx.update(fills).set({ fee, feeAsset, settledAt: at }).where(eq(fills.id, fillId));
    }
    if (change.review !== undefined)
      await tx
        .insert(reviews)
        .values({ portfolioId: order.portfolioId, orderId: order.id, reason: change.review, beganAt: at })
        .onConflictDoNothing();
    await append(tx, orderEvents, changed.events);
  };
  const isOther = (before: OrderState, { state: { order } }: Changed) =>
    order.status !== before.order.status || order.working !== before.order.working;

  const isOf = ({ venue, symbol }: Tape) => and(eq(tapePositions.venue, venue), eq(tapePositions.symbol, symbol));
  const raised = sql`${tapePositions.revision} + 1`;
  /** @returns which it is now; undefined where there is no such tape */
  const raise = async (tx: Transaction, of: Tape): Promise<number | undefined> => {
    const rows = await tx
      .update(tapePositions)
      .set({ revision: raised })
      .where(isOf(of))
      .returning({ revision: tapePositions.revision });
    return rows[0]?.revision;
  };

  const readState = (tape: Tape, simulated: boolean): Promise<SymbolState> =>
    db.transaction(async (tx) => {
      const [row] = await tx.select().from(tapePositions).where(isOf(tape)).for('share');
      const open = await tx
        .select()
        .from(orders)
        .where(
          and(
            eq(orders.symbol, tape.symbol),
            eq(orders.venue, tape.venue),
            eq(orders.simulated, simulated),
            eq(orders.mode, 'paper'),
            inArray(orders.status, ['NEW', 'PARTIALLY_FILLED']),
          ),
        )
        .orderBy(asc(orders.age));
      return { revision: row?.revision ?? 0, ...tapeOf(row), orders: open };
    });

  /** What becomes of one order, step by step. @returns whether anything did */
  const writeAll = async (tx: Transaction, before: OrderState, decides: readonly Decide<void>[]): Promise<boolean> => {
    let state = before;
    for (const decide of decides) {
      const change = decide(state);
      const made = applyChange(state, change);
      await write(tx, state, change, made);
      state = made.state;
    }
    return state !== before;
  };
  /** The same by itself: where it cannot be written, the order is ended instead. */
  const writeApart = async (
    tx: Transaction,
    state: OrderState,
    decides: readonly Decide<void>[],
    otherwise: (words: string) => Decide<void>,
    broken: BrokenOrder[],
  ): Promise<boolean> => {
    try {
      return await tx.transaction((part) => writeAll(part, state, decides));
    } catch (thrown) {
      const error = fromPostgresError(thrown);
      if (error.code !== 'internal') throw thrown;
      const { cause = error } = error;
      const words = `Write: ${cause instanceof Error ? cause.message : String(cause)}`;
      broken.push({ orderId: state.order.id, words });
      return writeAll(tx, state, [otherwise(words)]);
    }
  };

  const advance = (
    tape: Tape,
    { from, to, steps, throughPortfolio, otherwise }: Advance,
    apart: boolean,
  ): Promise<Advanced> =>
    db.transaction(async (tx) => {
      const moved = await tx
        .update(tapePositions)
        .set(
          throughPortfolio === undefined
            ? {
                ...to,
                ahead: aheadAfter(to),
                // Without another trade nothing else would tell that orders are not what they were.
                ...(to.lastTradeId === from.lastTradeId && steps.length > 0 ? { revision: raised } : {}),
                updatedAt: time(),
              }
            : {
                // Who believes to be at the same place as before would write it once more.
                revision: sql`${tapePositions.revision} + 1`,
                ahead: { throughPortfolio, position: to },
                updatedAt: time(),
              },
        )
        .where(
          and(
            eq(tapePositions.venue, tape.venue),
            eq(tapePositions.symbol, tape.symbol),
            eq(tapePositions.revision, from.revision),
            sql`${tapePositions.lastTradeId} is not distinct from ${from.lastTradeId ?? null}::bigint`,
          ),
        )
        .returning({ revision: tapePositions.revision });
      if (moved.length === 0) {
        if (from.lastTradeId !== undefined || from.revision !== 0) return { kind: 'stale' };
        const made = await tx
          .insert(tapePositions)
          .values({ ...tape, ...to, revision: 0, updatedAt: time() })
          .onConflictDoNothing()
          .returning({ symbol: tapePositions.symbol });
        if (made.length === 0) return { kind: 'stale' };
      }
      const changed = new Set<string>();
      if (from.lastTradeId === undefined) {
        const acceptedAtMs = Math.max(to.lastTradeMs, to.watermarkMs);
        const counted = await tx
          .update(orders)
          .set({ acceptedAfterTrade: to.lastTradeId, acceptedAtMs, updatedAt: time() })
          .where(and(isUncounted(tape), inArray(orders.status, ['NEW', 'PARTIALLY_FILLED'])))
          .returning({ id: orders.id });
        for (const { id } of counted) changed.add(id);
      }
      // In the order of their ids, so that no two transactions wait for each other.
      const locked = new Map<string, OrderState>();
      for (const id of [...new Set(steps.map(({ orderId }) => orderId))].sort()) {
        const state = await lockOrder(tx, time, id, { position: to, ahead: undefined });
        if (state) locked.set(id, state);
      }
      const broken: BrokenOrder[] = [];
      for (const [id, state] of locked) {
        const own = steps.filter(({ orderId }) => orderId === id).map(({ decide }) => decide);
        const isChanged =
          apart && otherwise ? await writeApart(tx, state, own, otherwise, broken) : await writeAll(tx, state, own);
        if (isChanged) changed.add(id);
      }
      return { kind: 'done', changed: [...changed], ...(broken.length > 0 ? { broken } : {}) };
    });

  return {
    ...createPlaceOrder({ db, append, time, after }),
    change: async (orderId, decide, { tape = false, requestId, committed } = {}) => {
      let made: { readonly state: OrderState; readonly revision: number | undefined } | undefined;
      const result = await db.transaction(async (tx) => {
        const state = await lockOrder(tx, time, orderId, tape ? await readTape(tx, orderId) : undefined);
        if (!state) return undefined;
        const change = decide(state);
        const changed = applyChange(state, change, requestId);
        await write(tx, state, change, changed);
        const isRaised = tape && isOther(state, changed);
        made = { state: changed.state, revision: isRaised ? await raise(tx, state.order) : undefined };
        return change.result;
      });
      if (made?.revision !== undefined) known.changed(made.state.order, made.revision);
      if (made) committed?.(made.state);
      return result;
    },
    claim: async (limit, leaseMs, only) => {
      const isDue = sql`${sagas.nextAt} not between ${time()} + interval '1 microsecond' and ${after(longestMs)}`;
      const due = db
        .select({ id: sagas.id })
        .from(sagas)
        .where(and(only === undefined ? undefined : eq(sagas.id, only), notInArray(sagas.step, [...idle]), isDue))
        .orderBy(asc(sagas.nextAt))
        .limit(limit)
        .for('update', { skipLocked: true });
      const rows = await db
        .update(sagas)
        .set({ nextAt: after(leaseMs), attempts: sql`${sagas.attempts} + 1`, updatedAt: time() })
        .where(inArray(sagas.id, due))
        .returning({ id: sagas.id, step: sagas.step, attempts: sagas.attempts, waitedMs: sagas.waitedMs });
      return rows satisfies readonly DueSaga[];
    },
    read: (orderId) => readOrder(db, time, eq(orders.id, orderId)),
    find: (userId, clientOrderId) =>
      readOrder(db, time, and(eq(orders.userId, userId), eq(orders.clientOrderId, clientOrderId))),
    orders: async (tape, simulated) => {
      const [now] = await db.select().from(tapePositions).where(isOf(tape));
      const { position, ahead } = tapeOf(now);
      const revision = now?.revision ?? 0;
      const found = known.find(tape, simulated, { revision, lastTradeId: position?.lastTradeId });
      if (found) return { revision, position, ahead, orders: found };
      const state = await readState(tape, simulated);
      known.read(tape, simulated, state);
      return state;
    },
    advance: async (tape, by) => {
      const done = await advance(tape, by, false).catch((thrown: unknown) => {
        // What is only away is so for all of them.
        if (!by.otherwise || by.steps.length === 0 || fromPostgresError(thrown).code !== 'internal') throw thrown;
        return advance(tape, by, true);
      });
      const isNothing = by.steps.length === 0 && by.throughPortfolio === undefined && by.from.lastTradeId !== undefined;
      if (done.kind === 'done') known.advanced(tape, by.from, by.to, isNothing);
      return done;
    },
  };
};
