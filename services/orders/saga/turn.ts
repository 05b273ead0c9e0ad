import type { Clock } from '@tickfolio/lib/clock';
import { retryPauseMs } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { TapeReference } from '../market/tape-reference.js';
import { beginsWithWindow } from '../matching/acting-order.js';
import { answerOf } from '../portfolio/answer.js';
import type { Answer, Reservations } from '../portfolio/reservations.js';
import { planOf } from '../store/order-plan.js';
import type { DueSaga, OrderStore } from '../store/order-store.js';
import type { OrderRow, OrderState } from '../store/records.js';
import { bookingOf, releaseReasonOf, reservationOf } from './asked.js';
import { abandon, acceptNow, finish, type Judge, jam, leave, postpone, refuse, settle } from './decisions.js';

export interface TurnDeps {
  readonly store: OrderStore;
  readonly reservations: Reservations;
  readonly tape: TapeReference;
  readonly judge: Judge;
  readonly clock: Clock;
  readonly log: Logger;
  /** Counts those at which somebody has to look. */
  readonly jammed: () => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface SagaLimits {
  /** How often it is looked for what is due: of another replica that is gone, or put off. */
  readonly sweepMs: number;
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** How long a reservation is asked for before it is given up. */
  readonly reserveMs: number;
  /** How long one call may take; nobody else does the same meanwhile. */
  readonly callMs: number;
}

/** Of one turn; the rest follows in the next. */
const maxFills = 100;
/** Of a pause's ceiling, at least. */
const leastShare = 0.5;

/** Another request under an id of ours: what stands behind it is not ours to decide. */
const different = 'different-request';

/**
 * Does the one thing that a saga waits for. @param placed the order of one that waits for its reservation, as it was
 * stored just now; absent: it is read @returns whether it is known that nothing is to be done after it
 * @throws what the store throws; it stays due then
 */
type Turn = (due: DueSaga, placed?: OrderRow) => Promise<boolean>;

const isOver = (after: OrderState | undefined): boolean =>
  after !== undefined && (after.saga.step === 'working' || after.saga.step === 'done');

export const createTurn = (
  {
    store,
    reservations,
    tape,
    judge,
    clock,
    log,
    jammed,
    random,
    decided,
  }: TurnDeps & {
    /** @param state what it came to, where that is known */
    readonly decided: (orderId: string, state?: OrderState) => void;
  },
  { minRetryMs, maxRetryMs, reserveMs }: SagaLimits,
): Turn => {
  /** When those that wait for a reservation were looked at last, by a clock that nobody sets. */
  const lookedAtMs = new Map<string, number>();

  const putOff = async ({ id, step, attempts }: DueSaga, error: string, beganMs: number): Promise<undefined> => {
    const nowMs = clock.monotonic();
    const waitedMs = Math.max(0, Math.round(nowMs - (lookedAtMs.get(id) ?? beganMs)));
    if (step === 'reserving') lookedAtMs.set(id, nowMs);
    const pauseMs = retryPauseMs({ minRetryMs, maxRetryMs, leastShare, random }, Math.max(0, attempts - 1));
    const after = { pauseMs: Math.round(pauseMs), waitedMs, deadlineMs: reserveMs, error };
    await store.change(id, postpone(step, after));
  };
  const stop = async (id: string, words: string): Promise<void> => {
    await store.change(id, jam(words));
    jammed();
    log.error({ orderId: id, refused: words }, 'what may not be refused was; somebody has to look at this order');
  };

  const reserve = async (due: DueSaga, order: OrderRow, beganMs: number): Promise<OrderState | undefined> => {
    const { id } = order;
    // Trades count from the moment at which it is accepted, so somebody has to look at them by then.
    const kept = await answerOf(reservations.reserve(reservationOf(order)));
    // A window counts from what is known then: on a quiet pair that would be the last trade, and over before it began.
    const known = () => tape.reference(order.symbol, beginsWithWindow(planOf(order)));
    const answer: Answer<unknown> = kept.kind === 'done' ? await answerOf(known()) : kept;
    if (answer.kind === 'unknown') return putOff(due, answer.words, beganMs);
    let after: OrderState | undefined;
    const committed = (state: OrderState) => {
      after = state;
    };
    if (answer.kind === 'done') {
      const acceptIt = acceptNow(judge, answer.value !== undefined);
      const isDecided = await store.change(id, acceptIt, { tape: true, committed });
      if (isDecided === false) return putOff(due, 'it is not known what is traded now', beganMs);
    } else if (answer.kind === 'gone') await store.change(id, leave, { tape: true });
    else if (answer.reason === different) await stop(id, `Reserve: ${answer.error.message}`);
    else {
      const { reason, error } = answer;
      await store.change(id, refuse({ reason, detail: error.message, facts: error.facts }), { committed });
    }
    lookedAtMs.delete(id);
    decided(id, after);
    return after;
  };
  const release = async (due: DueSaga, { order }: OrderState, beganMs: number) => {
    const { id, portfolioId } = order;
    const reason = due.step === 'abandoning' ? (order.reason ?? 'timeout') : releaseReasonOf(order);
    const answer = await answerOf(reservations.release({ reservationId: id, portfolioId, reason }));
    if (answer.kind === 'unknown') return putOff(due, answer.words, beganMs);
    if (answer.kind === 'gone') await store.change(id, leave, { tape: true });
    else if (answer.kind === 'refused') await stop(id, `Release: ${answer.error.message}`);
    else await store.change(id, due.step === 'abandoning' ? abandon : finish);
    lookedAtMs.delete(id);
    decided(id);
  };
  const settleAll = async (due: DueSaga, state: OrderState, beganMs: number) => {
    const { order, unsettled } = state;
    const received = order.side === 'BUY' ? order.baseAsset : order.quoteAsset;
    const fills = unsettled.slice(0, maxFills);
    for (const fill of fills) {
      const answer = await answerOf(reservations.settle(bookingOf(order, fill)));
      if (answer.kind === 'unknown') return putOff(due, answer.words, beganMs);
      if (answer.kind === 'gone') {
        await store.change(order.id, leave, { tape: true });
        return;
      }
      if (answer.kind === 'refused') return stop(order.id, `Settle: ${answer.error.message}`);
      const { asset, amount: quantity } = answer.value ?? { asset: received, amount: '0' };
      await store.change(order.id, settle(fill.id, { asset, quantity }, fill === fills.at(-1)));
    }
  };

  return async (due, placed) => {
    const beganMs = clock.monotonic();
    if (placed) return isOver(await reserve(due, placed, beganMs));
    const state = await store.read(due.id);
    // Its user was erased, or somebody else was faster.
    if (state?.saga.step !== due.step) return false;
    if (due.step === 'reserving') return isOver(await reserve(due, state.order, beganMs));
    if (due.step === 'settling') await settleAll(due, state, beganMs);
    else if (due.step === 'releasing' || due.step === 'abandoning') await release(due, state, beganMs);
    return false;
  };
};
