import { toAppError } from '@tickfolio/lib/errors';
import { validate } from 'uuid';
import { reasonOf } from '../portfolio/answer.js';
import { type Cancelled, cancel } from '../saga/decisions.js';
import type { Saga } from '../saga/saga.js';
import type { OrderStore } from '../store/order-store.js';
import type { OrderState } from '../store/records.js';
import { endedOrder, unknownOrder } from './refusals.js';

export interface CancellingDeps {
  readonly store: OrderStore;
  readonly saga: Pick<Saga, 'wake'>;
  /** Ids of open orders of a user, the oldest first. */
  readonly openOf: (which: OpenAsked) => Promise<readonly string[]>;
}

export interface OpenAsked {
  readonly userId: string;
  /** Absent: all. */
  readonly symbol?: string | undefined;
  readonly portfolioId?: string | undefined;
}

export interface CancelledOrder {
  readonly state: OrderState;
  /** False where it will be ended as soon as its reservation is decided. */
  readonly isDecided: boolean;
}

export interface Cancelling {
  /** @throws AppError not_found; failed_precondition where it has ended */
  one(userId: string, orderId: string, requestId: string): Promise<CancelledOrder>;
  /** What could not be is told, and the rest is done. */
  all(
    which: OpenAsked,
    requestId: string,
  ): Promise<{
    readonly canceled: readonly string[];
    readonly failed: readonly { readonly id: string; readonly reason: string }[];
  }>;
}

export const createCancelling = ({ store, saga, openOf }: CancellingDeps): Cancelling => {
  const end = async (userId: string, orderId: string, requestId: string): Promise<Cancelled> => {
    if (!validate(orderId)) return { kind: 'not-found' };
    const ended = await store.change(orderId, cancel(userId), { tape: true, requestId });
    if (ended?.kind === 'cancelled') saga.wake([orderId]);
    return ended ?? { kind: 'not-found' };
  };
  return {
    one: async (userId, orderId, requestId) => {
      const { kind } = await end(userId, orderId, requestId);
      const state = kind === 'not-found' ? undefined : await store.read(orderId);
      if (!state) throw unknownOrder();
      if (kind === 'already-ended') throw endedOrder(state.order, state.unsettled.length);
      return { state, isDecided: kind === 'cancelled' };
    },
    all: async (which, requestId) => {
      const canceled: string[] = [];
      const failed: { id: string; reason: string }[] = [];
      for (const id of await openOf(which))
        try {
          const { kind } = await end(which.userId, id, requestId);
          // One that waits for its reservation will end, whatever that comes to.
          if (kind === 'cancelled' || kind === 'noted') canceled.push(id);
          else failed.push({ id, reason: kind });
        } catch (thrown) {
          failed.push({ id, reason: reasonOf(toAppError(thrown)) });
        }
      return { canceled, failed };
    },
  };
};
