import type { Clock } from '@tickfolio/lib/clock';
import { fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { DueSaga } from '../store/order-store.js';
import type { OrderRow, OrderState } from '../store/records.js';
import { createTurn, type SagaLimits, type TurnDeps } from './turn.js';

/** Does what is to be done for orders, step by step, whatever ends it in the middle. */
export interface Saga {
  /**
   * Does what is due of one whose lease is the caller's, as far as it gets now. Never throws.
   * @param placed its order, where that was stored just now
   */
  drive(due: DueSaga, placed?: OrderRow): Promise<void>;
  /** Something is due of these now. Never waits. */
  wake(ids: Iterable<string>): void;
  /** Calls once something was decided of an order here, with what it came to, if that is known. @returns what ends that */
  onDecided(orderId: string, listener: Decided): () => void;
  /** Lets the calls that are on their way end. */
  close(): Promise<void>;
}

export type Decided = (state?: OrderState) => void;

export interface SagaDeps extends TurnDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Done at once, but for those that somebody waits for. */
const maxAtOnce = 50;

/** A lease outlasts what is done under it: two calls, and what is written. */
export const leaseMsOf = ({ callMs }: Pick<SagaLimits, 'callMs'>): number => 2 * callMs + 2_000;

export const startSaga = (deps: SagaDeps, limits: SagaLimits): Saga => {
  const { store, clock, log } = deps;
  const leaseMs = leaseMsOf(limits);
  const running = new Map<string, Promise<void>>();
  /** Those of which more became due while they ran. */
  const again = new Set<string>();
  const listeners = new Map<string, Set<Decided>>();
  let isClosed = false;
  const decided = (orderId: string, state?: OrderState) => {
    for (const listener of listeners.get(orderId) ?? []) listener(state);
  };
  const turn = createTurn({ ...deps, decided }, limits);

  const goOn = async (first: DueSaga | undefined, id: string, placed?: OrderRow): Promise<void> => {
    try {
      for (let due = first; due && !isClosed; ) {
        // What became due meanwhile is looked for once this is over.
        if (await turn(due, due === first ? placed : undefined)) return;
        again.delete(id);
        [due] = await store.claim(1, leaseMs, id);
      }
    } catch (err) {
      // It stays due, by its lease at the latest.
      log.warn({ err: fromPostgresError(err), orderId: id }, 'an order could not be looked after; trying again soon');
    }
  };
  const run = (id: string, work: () => Promise<void>): Promise<void> => {
    const work$ = work().finally(() => {
      running.delete(id);
      if (again.delete(id)) wake([id]);
    });
    running.set(id, work$);
    return work$;
  };
  const wake = (ids: Iterable<string>) => {
    for (const id of ids) {
      if (isClosed) return;
      if (running.has(id)) again.add(id);
      else if (running.size < maxAtOnce)
        void run(id, async () => {
          try {
            const [due] = await store.claim(1, leaseMs, id);
            await goOn(due, id);
          } catch (err) {
            log.warn({ err: fromPostgresError(err) }, 'nobody could be asked what is due; trying again soon');
          }
        });
    }
  };
  /** Its lease is the caller's: whoever looks after the same order here finds nothing due of it. */
  const afterOthers = (due: DueSaga): void => {
    const before = running.get(due.id);
    if (!before) void run(due.id, () => goOn(due, due.id));
    else void before.then(() => isClosed || afterOthers(due));
  };
  const sweep = async () => {
    const room = maxAtOnce - running.size;
    if (room <= 0) return;
    // Looking is for nobody who waits; what is found may be.
    const found = await inBackground(() => store.claim(room, leaseMs));
    for (const due of found) afterOthers(due);
  };
  let sweeping: Promise<void> | undefined;
  let isAway = false;
  const sweepOnce = () => {
    if (isClosed) return;
    sweeping ??= sweep()
      .then(
        () => {
          isAway = false;
        },
        (err: unknown) => {
          if (!isAway) log.warn({ err: fromPostgresError(err) }, 'it could not be looked for what is due of orders');
          isAway = true;
        },
      )
      .finally(() => {
        sweeping = undefined;
      });
  };
  const timer = clock.every(limits.sweepMs, sweepOnce);
  sweepOnce();

  return {
    drive: (due, placed) => run(due.id, () => goOn(due, due.id, placed)),
    wake,
    onDecided: (orderId, listener) => {
      const of = listeners.get(orderId) ?? new Set();
      listeners.set(orderId, of.add(listener));
      return () => {
        of.delete(listener);
        if (of.size === 0) listeners.delete(orderId);
      };
    },
    close: async () => {
      isClosed = true;
      timer.cancel();
      await sweeping;
      while (running.size > 0) await Promise.allSettled(running.values());
    },
  };
};
