import type { Clock } from '@tickfolio/lib/clock';
import { applyChange, type Change, eventOf, type OrderEvent } from '../store/change.js';
import type { NotPlaced, OrderStore, Tape } from '../store/order-store.js';
import {
  type Ahead,
  type FillRow,
  type OrderRow,
  type OrderState,
  type Position,
  positionFor,
  type SagaRow,
} from '../store/records.js';

interface KeptTape {
  revision: number;
  position: Position | undefined;
  ahead?: Ahead | undefined;
}

/** What a memory store holds; it outlives a store that is made over it anew, as a database does. */
export interface KeptOrders {
  readonly orders: Map<string, OrderRow>;
  readonly sagas: Map<string, SagaRow>;
  readonly fills: Map<string, FillRow>;
  readonly tapes: Map<string, KeptTape>;
  readonly reviews: Set<string>;
  readonly goneUsers: Set<string>;
  readonly events: OrderEvent[];
}

export const emptyOrders = (): KeptOrders => ({
  orders: new Map(),
  sagas: new Map(),
  fills: new Map(),
  tapes: new Map(),
  reviews: new Set(),
  goneUsers: new Set(),
  events: [],
});

const maxOrders = 100_000;
const idle: ReadonlySet<SagaRow['step']> = new Set<SagaRow['step']>(['working', 'done', 'stuck']);
const isOpen = ({ status }: OrderRow) => status === 'PENDING' || status === 'NEW' || status === 'PARTIALLY_FILLED';
const keyOf = ({ venue, symbol }: Tape): string => `${venue} ${symbol}`;

/** Orders in memory, by a clock: for tests, which move it. */
export const createMemoryStore = (clock: Pick<Clock, 'now'>, kept: KeptOrders = emptyOrders()): OrderStore => {
  const { orders, sagas, fills, tapes, reviews, goneUsers, events } = kept;
  const unsettledOf = (orderId: string) =>
    [...fills.values()].filter((fill) => fill.orderId === orderId && fill.settledAt === null);
  const stateOf = (order: OrderRow | undefined, position: Position | undefined): OrderState | undefined => {
    const saga = order && sagas.get(order.id);
    if (!order || !saga) return undefined;
    return { order, saga, unsettled: unsettledOf(order.id), position, at: new Date(clock.now()) };
  };
  const write = (state: OrderState, change: Change<unknown>, requestId?: string): OrderState => {
    const made = applyChange(state, change, requestId);
    for (const fill of made.fills) {
      if (fills.has(fill.id)) throw new Error(`the fill ${fill.id} is there already`);
      fills.set(fill.id, fill);
    }
    const { settled } = change;
    const booked = settled && fills.get(settled.fillId);
    if (settled && booked)
      fills.set(booked.id, { ...booked, fee: settled.fee, feeAsset: settled.feeAsset, settledAt: state.at });
    if (change.review !== undefined) reviews.add(state.order.portfolioId);
    orders.set(state.order.id, made.state.order);
    sagas.set(state.order.id, made.state.saga);
    events.push(...made.events);
    return made.state;
  };
  const ofUser = (userId: string) => [...orders.values()].filter((order) => order.userId === userId);
  const whyNot = (...[order, bounds]: Parameters<OrderStore['refuses']>): NotPlaced | undefined => {
    if (goneUsers.has(order.userId)) return 'gone';
    if (reviews.has(order.portfolioId)) return 'under-review';
    const second = ofUser(order.userId).filter(({ createdAt }) => Math.abs(createdAt.getTime() - clock.now()) < 1_000);
    if (second.length >= bounds.maxASecond) return 'too-often';
    const open = [...orders.values()].filter((one) => one.portfolioId === order.portfolioId && isOpen(one));
    if (open.filter(({ symbol }) => symbol === order.symbol).length >= bounds.maxOpenOfSymbol)
      return 'too-many-of-symbol';
    if (open.length >= bounds.maxOpenOfPortfolio || orders.size >= maxOrders) return 'too-many';
    return undefined;
  };

  const store: OrderStore = {
    place: async (order, bounds, leaseMs, requestId) => {
      const at = new Date(clock.now());
      const known = ofUser(order.userId).find(({ clientOrderId }) => clientOrderId === order.clientOrderId);
      if (known) return { kind: 'known', order: known, unsettled: unsettledOf(known.id).length };
      const why = whyNot(order, bounds);
      if (why) return { kind: 'refused', why };
      if (!tapes.has(keyOf(order))) tapes.set(keyOf(order), { revision: 0, position: undefined });
      const stamps = { createdAt: at, updatedAt: at, endedAt: null };
      const made: OrderRow = { ...order, age: orders.size + 1, version: 1, ...stamps };
      orders.set(made.id, made);
      sagas.set(made.id, {
        id: made.id,
        portfolioId: made.portfolioId,
        step: 'reserving',
        attempts: 1,
        nextAt: new Date(at.getTime() + leaseMs),
        waitedMs: 0,
        lastError: null,
        stepAt: at,
        updatedAt: at,
      });
      events.push(eventOf(made, 0, { type: 'order.created' }, requestId));
      return { kind: 'made', order: made, unsettled: 0 };
    },
    refuses: async (order, bounds) => whyNot(order, bounds),
    change: async (orderId, decide, { tape = false, requestId, committed } = {}) => {
      const order = orders.get(orderId);
      const kept = order && tapes.get(keyOf(order));
      const tapeState = kept && { position: kept.position, ahead: kept.ahead };
      const state = stateOf(order, tape && tapeState && order ? positionFor(tapeState, order.portfolioId) : undefined);
      if (!state) return undefined;
      const change = decide(state);
      const after = write(state, change, requestId);
      const isOther = after.order.status !== state.order.status || after.order.working !== state.order.working;
      if (tape && kept && isOther) kept.revision++;
      committed?.(after);
      return change.result;
    },
    claim: async (limit, leaseMs, only) => {
      const nowMs = clock.now();
      const due = [...sagas.values()]
        .filter(({ id, step, nextAt }) => {
          const isDue = !idle.has(step) && nextAt.getTime() <= nowMs;
          return isDue && (only === undefined || id === only);
        })
        .sort((a, b) => a.nextAt.getTime() - b.nextAt.getTime())
        .slice(0, limit);
      return due.map((saga) => {
        const attempts = saga.attempts + 1;
        sagas.set(saga.id, { ...saga, attempts, nextAt: new Date(nowMs + leaseMs) });
        return { id: saga.id, step: saga.step, attempts, waitedMs: saga.waitedMs };
      });
    },
    read: async (orderId) => stateOf(orders.get(orderId), undefined),
    find: async (userId, name) =>
      stateOf(
        ofUser(userId).find(({ clientOrderId }) => clientOrderId === name),
        undefined,
      ),
    orders: async (tape, simulated) => {
      const kept = tapes.get(keyOf(tape));
      const open = [...orders.values()].filter(
        (order) =>
          order.symbol === tape.symbol &&
          order.venue === tape.venue &&
          order.simulated === simulated &&
          order.mode === 'paper' &&
          (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED'),
      );
      const byAge = open.sort((a, b) => (a.age ?? 0) - (b.age ?? 0));
      return { revision: kept?.revision ?? 0, position: kept?.position, ahead: kept?.ahead, orders: byAge };
    },
    advance: async (tape, { from, to, steps, throughPortfolio, otherwise }) => {
      const kept = tapes.get(keyOf(tape)) ?? { revision: 0, position: undefined };
      if (kept.revision !== from.revision || kept.position?.lastTradeId !== from.lastTradeId) return { kind: 'stale' };
      if (throughPortfolio !== undefined)
        tapes.set(keyOf(tape), {
          ...kept,
          revision: kept.revision + 1,
          ahead: { throughPortfolio, position: to },
        });
      else {
        const isBehind = kept.ahead !== undefined && kept.ahead.position.lastTradeId > to.lastTradeId;
        const stands = to.lastTradeId === from.lastTradeId && steps.length > 0;
        const revision = kept.revision + (stands ? 1 : 0);
        const isOn = to.lastTradeId >= (from.lastTradeId ?? 0) && kept.position?.simulated === to.simulated;
        const position = { ...kept.position, ...to };
        tapes.set(keyOf(tape), { ...kept, revision, position, ahead: isBehind && isOn ? kept.ahead : undefined });
      }
      const changed = new Set<string>();
      if (from.lastTradeId === undefined)
        for (const order of orders.values()) {
          const isOf = order.symbol === tape.symbol && order.venue === tape.venue && order.acceptedAfterTrade === null;
          if (!isOf || (order.status !== 'NEW' && order.status !== 'PARTIALLY_FILLED')) continue;
          const acceptedAtMs = Math.max(to.lastTradeMs, to.watermarkMs);
          orders.set(order.id, { ...order, acceptedAfterTrade: to.lastTradeId, acceptedAtMs });
          changed.add(order.id);
        }
      const broken = new Map<string, string>();
      for (const { orderId, decide } of steps) {
        const state = stateOf(orders.get(orderId), to);
        if (!state || broken.has(orderId)) continue;
        try {
          write(state, decide(state));
        } catch (thrown) {
          if (!otherwise) throw thrown;
          broken.set(orderId, `Write: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
          write(state, otherwise(broken.get(orderId) ?? '')(state));
        }
        changed.add(orderId);
      }
      const ofBroken = [...broken].map(([orderId, words]) => ({ orderId, words }));
      return { kind: 'done', changed: [...changed], ...(ofBroken.length > 0 ? { broken: ofBroken } : {}) };
    },
  };
  return store;
};
