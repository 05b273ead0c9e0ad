import { AppError } from '@tickfolio/lib/errors';
import { canonical, isZero, parseDecimal } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { and, asc, eq, isNotNull, notExists } from 'drizzle-orm';
import { answerOf } from '../portfolio/answer.js';
import type { Answer, Reservations } from '../portfolio/reservations.js';
import { bookingOf, releaseReasonOf, reservationOf } from '../saga/asked.js';
import { cancel, isEnded, resume } from '../saga/decisions.js';
import { fills, reviews, sagas } from '../schema.js';
import type { OrderStore } from '../store/order-store.js';
import type { FillRow, OrderState } from '../store/records.js';
import type { Repair } from './plan.js';

export interface PerformDeps {
  readonly db: Database;
  readonly store: Pick<OrderStore, 'read' | 'change'>;
  readonly reservations: Reservations;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** One call to portfolio, in the order in which they were made the first time. */
interface Step {
  readonly atMs: number;
  readonly id: string;
  readonly what: 'reserve' | 'settle' | 'release';
  readonly state: OrderState;
  readonly fill?: FillRow;
}

/** Nothing that is kept under it is known here. */
const noOrder = 'no-such-order';
/** Why an order ends that has nothing kept for it. */
const notKept = 'not-kept';

const answered = <Value>(answer: Answer<Value>): Exclude<Answer<Value>, { kind: 'unknown' }> => {
  if (answer.kind === 'unknown') throw new AppError('unavailable', `It was not finished: ${answer.words}`);
  return answer;
};

/**
 * Makes repairs. Each call to portfolio is decided once by its id, so whoever is cut begins again.
 * @returns what could not be put right, in words
 * @throws AppError unavailable where portfolio does not answer
 */
export const performRepairs = async (
  { db, store, reservations, log }: PerformDeps,
  repairs: readonly Repair[],
): Promise<readonly string[]> => {
  const left: string[] = [];
  const cannot = (id: string, words: string) => {
    log.warn({ orderId: id, reason: words }, 'it could not be repaired');
    left.push(`${id}: ${words}`);
  };
  const end = async (id: string) => {
    const userId = (await store.read(id))?.order.userId ?? '';
    await store.change(id, cancel(userId, notKept), { tape: true });
    log.info({ orderId: id }, 'cancelled, since nothing is kept for it any more');
  };
  const stepsOf = async (id: string): Promise<readonly Step[]> => {
    const state = await store.read(id);
    if (!state) return [];
    const { order } = state;
    const settled = await db
      .select()
      .from(fills)
      .where(and(eq(fills.orderId, id), isNotNull(fills.settledAt)))
      .orderBy(asc(fills.settledAt), asc(fills.tradeId));
    const steps: Step[] = [{ atMs: order.createdAt.getTime(), id, what: 'reserve', state }];
    for (const fill of settled) steps.push({ atMs: fill.settledAt?.getTime() ?? 0, id, what: 'settle', state, fill });
    if (state.saga.step === 'done')
      // It had ended before its last fill was booked; what was left was given back after that.
      steps.push({ atMs: Math.max(state.saga.stepAt.getTime(), steps.at(-1)?.atMs ?? 0), id, what: 'release', state });
    return steps;
  };
  const make = async ({ what, state, fill }: Step): Promise<Answer<unknown>> => {
    const { order } = state;
    if (what === 'reserve') return answerOf(reservations.reserve(reservationOf(order)));
    if (what === 'settle' && fill) return answerOf(reservations.settle(bookingOf(order, fill)));
    return answerOf(
      reservations.release({ reservationId: order.id, portfolioId: order.portfolioId, reason: releaseReasonOf(order) }),
    );
  };
  /** Where another fee was charged than is stored here, that stays so and is said. */
  const feeDiffers = ({ fill }: Step, paid: unknown): boolean => {
    if (!fill) return false;
    const { asset, amount } = (paid ?? { asset: fill.feeAsset, amount: '0' }) as { asset: string; amount: string };
    return asset !== fill.feeAsset || canonical(amount) !== canonical(fill.fee ?? '0');
  };
  const resumed = async (id: string) => {
    await store.change(id, resume);
    const others = db
      .select({ id: sagas.id })
      .from(sagas)
      .where(and(eq(sagas.portfolioId, reviews.portfolioId), eq(sagas.step, 'stuck')));
    await db.delete(reviews).where(and(eq(reviews.orderId, id), notExists(others)));
  };

  for (const repair of repairs) {
    const { kind, id } = repair;
    if (kind === 'cancel') await end(id);
    if (kind !== 'release') continue;
    const { portfolioId } = repair;
    const answer = answered(await answerOf(reservations.release({ reservationId: id, portfolioId, reason: noOrder })));
    if (answer.kind === 'refused') cannot(id, answer.error.message);
    else log.info({ reservationId: id, portfolioId }, 'given back, since it was kept for no order');
  }
  const ids = repairs.filter(({ kind }) => kind === 'replay').map(({ id }) => id);
  const steps: Step[] = [];
  for (const id of ids) steps.push(...(await stepsOf(id)));
  steps.sort((a, b) => a.atMs - b.atMs);
  const over = new Set<string>();
  for (const step of steps) {
    const { id, what, state } = step;
    if (over.has(id)) continue;
    const answer = answered(await make(step));
    if (answer.kind === 'done') {
      if (what === 'settle' && feeDiffers(step, answer.value)) cannot(id, 'it is booked now, with another fee');
      continue;
    }
    over.add(id);
    const isUnfilled = isZero(parseDecimal(state.order.filledQuantity)) && !isEnded(state.order);
    const isUnpaid = answer.kind === 'refused' && what === 'reserve' && isUnfilled;
    if (isUnpaid) await end(id);
    else cannot(id, answer.kind === 'gone' ? 'its portfolio is gone' : `${what}: ${answer.error.message}`);
  }
  for (const id of ids.filter((one) => !over.has(one))) {
    await resumed(id);
    log.info({ orderId: id }, 'what portfolio had promised of it was asked for once more');
  }
  return left;
};
