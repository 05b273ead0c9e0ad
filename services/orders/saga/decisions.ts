import { add, canonical, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import type { OrderPlan, Reference } from '../rules/order.js';
import type { AmountText } from '../schema.js';
import type { Change, Decide, SagaChange } from '../store/change.js';
import { planOf, referenceOf } from '../store/order-plan.js';
import type { OrderRow, OrderState } from '../store/records.js';

/** Why an order is not taken, or no more: a stable word in kebab-case, and a sentence. */
export interface Refused {
  readonly reason: string;
  readonly detail: string;
  readonly facts?: Readonly<Record<string, string>>;
}

/** What an order may not do at the moment at which it is accepted, such as match at once. */
export type Judge = (plan: OrderPlan, reference: Reference) => Refused | undefined;

const ended = ['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED'] as const;
export const isEnded = ({ status }: Pick<OrderRow, 'status'>): boolean => ended.some((one) => one === status);

/** What comes after something that happened to an order which has its reservation. */
export const nextOf = (saga: OrderState['saga'], isOver: boolean, unsettled: number): SagaChange => {
  const step = unsettled > 0 ? 'settling' : isOver ? 'releasing' : 'working';
  if (saga.step === 'stuck' || saga.step === step) return {};
  return { step, nextInMs: 0 };
};

const nothing = <Result>(result: Result): Change<Result> => ({ result });
/** How far its tape was looked at; undefined while the trades that are looked at are of the other kind. */
export const ownPosition = ({ order, position }: OrderState): OrderState['position'] =>
  position?.simulated === order.simulated ? position : undefined;

const end = (state: OrderState, status: 'CANCELED' | 'EXPIRED' | 'REJECTED', reason: string): Partial<OrderRow> => ({
  status,
  working: false,
  reason,
  endedAfterTrade: ownPosition(state)?.lastTradeId ?? null,
});
const endTold = (order: OrderRow, reason: string) => ({
  filledQuantity: canonical(order.filledQuantity),
  filledQuote: canonical(order.filledQuote),
  reason,
});
const cancelled = (state: OrderState, saga: SagaChange, reason = 'user'): Change<void> => ({
  order: end(state, 'CANCELED', reason),
  saga,
  told: [{ type: 'order.cancelled', more: endTold(state.order, reason) }],
  result: undefined,
});
const rejected = (state: OrderState, { reason, detail, facts }: Refused, saga: SagaChange): Change<void> => ({
  order: { ...end(state, 'REJECTED', reason), detail, facts: facts ?? null },
  saga,
  told: [{ type: 'order.rejected', more: { reason, detail } }],
  result: undefined,
});

/** Ends an order that waits for its reservation; where it was to be cancelled, as that was asked. */
const endPending = (state: OrderState, refused: Refused, saga: SagaChange): Change<void> =>
  state.order.cancelAsked ? cancelled(state, saga) : rejected(state, refused, saga);

/** Whether it is at this step, before anything is decided of it. */
const isPending = ({ order, saga }: OrderState, step: 'reserving' | 'abandoning'): boolean =>
  order.status === 'PENDING' && saga.step === step;

/** What it needs is kept for it: from here on trades count, unless it may not be there by now. */
export const accept =
  (judge: Judge): Decide<void> =>
  (state) => {
    const { order } = state;
    const position = ownPosition(state);
    if (!isPending(state, 'reserving')) return nothing(undefined);
    const over: SagaChange = { step: 'releasing', nextInMs: 0 };
    if (order.cancelAsked) return cancelled(state, over);
    const refused = position && judge(planOf(order), referenceOf(position));
    if (refused) return rejected(state, refused, over);
    return {
      order: {
        status: 'NEW',
        working: order.stopPrice === null,
        acceptedAfterTrade: position?.lastTradeId ?? null,
        epoch: position?.epoch ?? order.epoch,
        acceptedAtMs: position ? Math.max(position.lastTradeMs, position.watermarkMs) : null,
      },
      saga: { step: 'working' },
      told: [{ type: 'order.accepted' }],
      result: undefined,
    };
  };

/**
 * The same, where it is known what is traded now: what is stored may be of days ago, and it would be filled by trades of
 * before it was there. Where nothing was ever known it counts from the first trade. @returns whether it was decided
 */
export const acceptNow =
  (judge: Judge, isKnown: boolean): Decide<boolean> =>
  (state) =>
    ownPosition(state) && !isKnown && !state.order.cancelAsked
      ? { result: false }
      : { ...accept(judge)(state), result: true };

/** Nothing is kept for it, now or later. */
export const refuse =
  (refused: Refused): Decide<void> =>
  (state) => {
    if (!isPending(state, 'reserving')) return nothing(undefined);
    // Of one that is cancelled nobody looks whether something is kept.
    return endPending(state, refused, state.order.cancelAsked ? { step: 'releasing', nextInMs: 0 } : { step: 'done' });
  };

/** Nobody knows whether it was done: it is done again, after a pause. Past the deadline a reservation is given up. */
export const postpone =
  (
    step: OrderState['saga']['step'],
    { pauseMs, waitedMs, deadlineMs, error }: { pauseMs: number; waitedMs: number; deadlineMs: number; error: string },
  ): Decide<void> =>
  ({ saga }) => {
    if (saga.step !== step) return nothing(undefined);
    const waited = saga.waitedMs + waitedMs;
    const isLate = step === 'reserving' && waited >= deadlineMs;
    const after: SagaChange = isLate ? { step: 'abandoning', nextInMs: 0 } : { nextInMs: pauseMs };
    return { saga: { ...after, waitedMs: waited, lastError: error }, result: undefined };
  };

/** What may have been kept for it was given back. */
export const abandon: Decide<void> = (state) => {
  if (!isPending(state, 'abandoning')) return nothing(undefined);
  const detail = 'It could not be found out in time whether there is enough for it; nothing is kept.';
  return endPending(state, { reason: 'timeout', detail }, { step: 'done' });
};

/** One fill is booked, with the fee that was paid. @param thenNext whether who booked it leaves the rest to a next turn */
export const settle =
  (fillId: string, fee: AmountText, thenNext = false): Decide<void> =>
  (state) => {
    const { order, saga, unsettled } = state;
    const fill = unsettled.find(({ id }) => id === fillId);
    if (!fill) return nothing(undefined);
    const before = order.fees.find(({ asset }) => asset === fee.asset);
    const sum = formatDecimal(add(parseDecimal(before?.quantity ?? '0'), parseDecimal(fee.quantity)));
    const fees = before
      ? order.fees.map((one) => (one === before ? { asset: fee.asset, quantity: sum } : one))
      : [...order.fees, { asset: fee.asset, quantity: sum }];
    const told = {
      status: order.status,
      filledQuantity: canonical(order.filledQuantity),
      filledQuote: canonical(order.filledQuote),
      fill: { ...toldFill(fill), fee: canonical(fee.quantity), feeAsset: fee.asset },
    };
    const left = unsettled.length - 1;
    // Those that came meanwhile would wait until the lease of this turn ends.
    const isDue = thenNext && left > 0 && saga.step === 'settling';
    return {
      order: { fees },
      saga: isDue ? { nextInMs: 0, attempts: 0 } : nextOf(saga, isEnded(order), left),
      settled: { fillId, fee: fee.quantity, feeAsset: fee.asset },
      told: [{ type: 'order.settled', more: told }],
      result: undefined,
    };
  };

/** What a fill is, for events. */
export const toldFill = (fill: {
  readonly id: string;
  readonly tradeId: number | null;
  readonly price: string;
  readonly quantity: string;
  readonly quote: string;
  readonly maker: boolean;
  readonly tradedAt: Date;
}) => ({
  id: fill.id,
  tradeId: fill.tradeId,
  price: canonical(fill.price),
  quantity: canonical(fill.quantity),
  quote: canonical(fill.quote),
  maker: fill.maker,
  tradedAt: fill.tradedAt.toISOString(),
});

/** What was left of its reservation is given back. */
export const finish: Decide<void> = ({ saga }) =>
  saga.step === 'releasing' ? { saga: { step: 'done' }, result: undefined } : nothing(undefined);

/** The portfolio is gone with its user: nothing is to be done for it any more. */
export const leave: Decide<void> = (state) => {
  if (state.saga.step === 'done') return nothing(undefined);
  if (isEnded(state.order)) return { saga: { step: 'done' }, result: undefined };
  const detail = 'The portfolio is gone with its account.';
  return { ...rejectedOrCancelled(state, detail), saga: { step: 'done' } };
};
const rejectedOrCancelled = (state: OrderState, detail: string): Change<void> =>
  state.order.status === 'PENDING' ? rejected(state, { reason: 'gone', detail }, {}) : cancelled(state, {}, 'gone');

/** What may never be refused was: nothing is done by itself any more. */
export const jam =
  (error: string): Decide<void> =>
  ({ saga }) =>
    saga.step === 'done'
      ? nothing(undefined)
      : { saga: { step: 'stuck', lastError: error }, review: error, result: undefined };

/** Goes on with one at which portfolio refused what it may not, once that was put right. */
export const resume: Decide<void> = ({ order, saga, unsettled }) => {
  if (saga.step !== 'stuck' || order.status === 'PENDING') return nothing(undefined);
  const step = unsettled.length > 0 ? 'settling' : isEnded(order) ? 'releasing' : 'working';
  return { saga: { step, nextInMs: 0, attempts: 0, lastError: null }, result: undefined };
};

/** What trades did to it cannot be written: it ends, and somebody has to look at what is kept for it. */
export const breakOff =
  (error: string): Decide<void> =>
  (state) => {
    if (isEnded(state.order)) return nothing(undefined);
    const saga: SagaChange = { step: 'stuck', lastError: error };
    const told = [{ type: 'order.expired', more: endTold(state.order, 'under-review') }] as const;
    return { order: end(state, 'EXPIRED', 'under-review'), saga, review: error, told, result: undefined };
  };

export type Cancelled =
  | { readonly kind: 'cancelled' | 'noted' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'already-ended' };

/** Ends an order, or has it ended once its reservation is decided. @param userId whose it must be */
export const cancel =
  (userId: string, reason = 'user'): Decide<Cancelled> =>
  (state) => {
    const { order, saga, unsettled } = state;
    if (order.userId !== userId) return nothing({ kind: 'not-found' });
    if (isEnded(order)) return nothing({ kind: 'already-ended' });
    if (order.status === 'PENDING') return { order: { cancelAsked: true }, result: { kind: 'noted' } };
    return { ...cancelled(state, nextOf(saga, true, unsettled.length), reason), result: { kind: 'cancelled' } };
  };
