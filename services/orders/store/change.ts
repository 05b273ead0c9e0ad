import type { orderEvents } from '@tickfolio/lib/events/order-events';
import { streams } from '@tickfolio/lib/events/streams';
import type { NewEvent } from '@tickfolio/lib/outbox';
import type { SagaStep } from '../schema.js';
import { orderView } from './order-view.js';
import type { FillRow, OrderRow, OrderState, SagaRow } from './records.js';

type Types = typeof orderEvents.types;
export type OrderEvent = NewEvent<Types>;

/** One thing to tell, besides what all events of an order say. */
export interface Told {
  readonly type: keyof Types;
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface SagaChange {
  readonly step?: SagaStep;
  /** When it is done next; absent where nothing is to be done by itself. */
  readonly nextInMs?: number;
  readonly attempts?: number;
  readonly waitedMs?: number;
  readonly lastError?: string | null;
}

/** What is decided of a locked order. All of it is written in the one transaction, or none. */
export interface Change<Result> {
  readonly order?: Partial<Omit<OrderRow, 'id' | 'version' | 'updatedAt' | 'endedAt'>>;
  readonly saga?: SagaChange;
  readonly fills?: readonly Omit<FillRow, 'settledAt' | 'fee' | 'feeAsset' | 'recordedAt'>[];
  readonly settled?: { readonly fillId: string; readonly fee: string; readonly feeAsset: string };
  /** Something does not add up: the portfolio takes no orders until somebody has looked. */
  readonly review?: string;
  /** In this order; at most one each. */
  readonly told?: readonly Told[];
  readonly result: Result;
}

/** Of a locked order, without asking anybody. */
export type Decide<Result> = (state: OrderState) => Change<Result>;

/** What a change comes to, for who writes it. */
export interface Changed {
  readonly state: OrderState;
  readonly fills: readonly FillRow[];
  readonly events: readonly OrderEvent[];
}

const isOpen = (status: OrderRow['status']): boolean =>
  status === 'PENDING' || status === 'NEW' || status === 'PARTIALLY_FILLED';

/** What every event of an order says. */
const aboutOrder = (order: OrderRow, unsettled: number) => ({
  orderId: order.id,
  portfolioId: order.portfolioId,
  symbol: order.symbol,
  baseAsset: order.baseAsset,
  quoteAsset: order.quoteAsset,
  side: order.side,
  mode: order.mode,
  executionId: order.executionId,
  order: orderView(order, unsettled),
});

export const eventOf = (order: OrderRow, unsettled: number, { type, more = {} }: Told, requestId = ''): OrderEvent =>
  ({
    type,
    userId: order.userId,
    stream: streams.order(order.id),
    version: order.version,
    ...(requestId === '' ? {} : { requestId }),
    data: { ...aboutOrder(order, unsettled), ...more },
  }) as OrderEvent;

const changedSaga = (before: SagaRow, change: SagaChange | undefined, at: Date): SagaRow => {
  if (!change) return before;
  const { step = before.step, nextInMs, attempts, waitedMs = before.waitedMs, lastError = before.lastError } = change;
  const isNew = step !== before.step;
  return {
    ...before,
    step,
    attempts: attempts ?? (isNew ? 0 : before.attempts),
    nextAt: nextInMs === undefined ? before.nextAt : new Date(at.getTime() + nextInMs),
    waitedMs,
    lastError,
    stepAt: isNew ? at : before.stepAt,
    updatedAt: at,
  };
};

/** What becomes of the state, and what is told of it; the same wherever it is kept. */
export const applyChange = (state: OrderState, change: Change<unknown>, requestId = ''): Changed => {
  const { at } = state;
  const made = (change.fills ?? []).map(
    (fill): FillRow => ({ ...fill, fee: null, feeAsset: null, settledAt: null, recordedAt: at }),
  );
  const unsettled = [...state.unsettled, ...made].filter(({ id }) => id !== change.settled?.fillId);
  const told = change.told ?? [];
  let order: OrderRow = state.order;
  if (change.order || told.length > 0) {
    const status = change.order?.status ?? order.status;
    const endedAt = isOpen(status) ? null : (order.endedAt ?? at);
    order = { ...order, ...change.order, endedAt, updatedAt: at };
  }
  const events = told.map((one) => {
    order = { ...order, version: order.version + 1 };
    return eventOf(order, unsettled.length, one, requestId);
  });
  const saga = changedSaga(state.saga, change.saga, at);
  return { state: { ...state, order, saga, unsettled }, fills: made, events };
};
