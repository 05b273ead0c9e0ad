import type { SymbolState, Tape } from './order-store.js';
import type { OrderRow, Position } from './records.js';

/** Which orders of a symbol may be filled is named by these two: where both are as they were, so are the orders. */
export interface StateKey {
  readonly revision: number;
  readonly lastTradeId: number | undefined;
}

/**
 * What may be filled by the tape of a symbol, as it was read last and changed here since. It decides nothing: whoever
 * asks compares its key with the row of the tape, and who writes is refused where it is another by now.
 */
export interface KnownOrders {
  /** What was read by a key, or undefined where it is not known for it. */
  find(tape: Tape, simulated: boolean, key: StateKey): readonly OrderRow[] | undefined;
  /** Orders as they were read. */
  read(tape: Tape, simulated: boolean, state: SymbolState): void;
  /** Something became of one of them, with which the revision is another. */
  changed(order: OrderRow, revision: number): void;
  /** The tape was moved on. @param isNothing whether that did nothing to any of them; else all are read anew */
  advanced(tape: Tape, from: StateKey, to: Position, isNothing: boolean): void;
}

export interface KnownOrdersOptions {
  /** How long it is known without being read anew: orders of users who were erased go without a word. */
  readonly maxAgeMs: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly nowMs: () => number;
}

interface Known {
  readonly simulated: boolean;
  readonly readAtMs: number;
  readonly key: StateKey;
  readonly orders: readonly OrderRow[];
}

const nameOf = ({ venue, symbol }: Tape): string => `${venue} ${symbol}`;
const isSame = (one: StateKey, other: StateKey): boolean =>
  one.revision === other.revision && one.lastTradeId === other.lastTradeId;
const isAmong = ({ mode, status, simulated }: OrderRow, of: Known): boolean =>
  mode === 'paper' && simulated === of.simulated && (status === 'NEW' || status === 'PARTIALLY_FILLED');

/** With one order as it is now, in the order of their ages. */
const withOrder = (known: Known, order: OrderRow): readonly OrderRow[] => {
  const others = known.orders.filter(({ id }) => id !== order.id);
  if (!isAmong(order, known)) return others;
  const at = others.findIndex(({ age }) => age > order.age);
  return at < 0 ? [...others, order] : [...others.slice(0, at), order, ...others.slice(at)];
};

export const createKnownOrders = ({ maxAgeMs, nowMs }: KnownOrdersOptions): KnownOrders => {
  /** No more than are followed: what is not read any more goes. */
  const tapes = new Map<string, Known>();
  const forgetOld = () => {
    for (const [name, { readAtMs }] of tapes) {
      if (nowMs() - readAtMs < maxAgeMs) return;
      tapes.delete(name);
    }
  };
  return {
    find: (tape, simulated, key) => {
      forgetOld();
      const known = tapes.get(nameOf(tape));
      return known?.simulated === simulated && isSame(known.key, key) ? known.orders : undefined;
    },
    read: (tape, simulated, { revision, position, orders }) => {
      forgetOld();
      const key = { revision, lastTradeId: position?.lastTradeId };
      // Behind those that were read before it.
      tapes.delete(nameOf(tape));
      tapes.set(nameOf(tape), { simulated, readAtMs: nowMs(), key, orders });
    },
    changed: (order, revision) => {
      const known = tapes.get(nameOf(order));
      if (!known) return;
      // Somebody else changed another one between: it is read when it is asked for.
      if (known.key.revision !== revision - 1) tapes.delete(nameOf(order));
      else tapes.set(nameOf(order), { ...known, key: { ...known.key, revision }, orders: withOrder(known, order) });
    },
    advanced: (tape, from, { lastTradeId }, isNothing) => {
      const known = tapes.get(nameOf(tape));
      if (!known) return;
      if (isNothing && isSame(known.key, from)) tapes.set(nameOf(tape), { ...known, key: { ...from, lastTradeId } });
      else tapes.delete(nameOf(tape));
    },
  };
};
