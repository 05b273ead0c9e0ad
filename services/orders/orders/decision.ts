import type { Clock } from '@tickfolio/lib/clock';
import { fromPostgresError } from '@tickfolio/lib/postgres';
import type { Saga } from '../saga/saga.js';
import type { OrderStore } from '../store/order-store.js';
import type { OrderRow, OrderState } from '../store/records.js';
import { notPlaced } from './refusals.js';

export type StoredOrder = Pick<OrderState, 'order' | 'unsettled'>;

export interface DecisionDeps {
  readonly store: Pick<OrderStore, 'read'>;
  readonly saga: Pick<Saga, 'onDecided'>;
  readonly clock: Clock;
}

/** How often it is looked whether another replica has decided. */
const elsewherePollMs = 100;

/**
 * An order as it stands once it is decided whether anything is kept for it, at the latest after a while. It is stored:
 * with the database away meanwhile that is not decided, and never unsaid.
 */
export const createDecision =
  ({ store, saga, clock }: DecisionDeps, decisionMs: number) =>
  /** @param where it is decided: `here` for one that was placed just now; elsewhere, or already, for others */
  async (stored: OrderRow, where: 'here' | 'anywhere'): Promise<StoredOrder> => {
    const stands = (thrown: unknown): StoredOrder => {
      if (stored.status !== 'PENDING' || fromPostgresError(thrown).code !== 'unavailable') throw thrown;
      return { order: stored, unsettled: [] };
    };
    let isOver = false;
    let look: (told?: OrderState) => void = () => undefined;
    const over = clock.after(decisionMs, () => {
      isOver = true;
      look();
    });
    const forget = saga.onDecided(stored.id, (state) => look(state));
    const polling = where === 'here' ? undefined : clock.every(elsewherePollMs, () => look());
    const nextLook = () =>
      new Promise<OrderState | undefined>((resolve) => {
        look = resolve;
      });
    try {
      // Reading would only take the turn at the database of who decides it.
      let told = where === 'here' ? await nextLook() : undefined;
      while (true) {
        const next = nextLook();
        const state = told ?? (await store.read(stored.id).catch(stands));
        if (!state) throw notPlaced('gone');
        if (state.order.status !== 'PENDING' || isOver) return state;
        told = await next;
      }
    } finally {
      over.cancel();
      polling?.cancel();
      forget();
    }
  };
