import type { Clock, Timer } from '@tickfolio/lib/clock';
import { actingOrder, endsMs } from '../matching/acting-order.js';
import { matchedOrder } from '../store/order-plan.js';
import type { OrderRow, Position } from '../store/records.js';
import type { ExecutionLimits } from './limits.js';

/** Has silence proven where an order waits for the end of its window. A clock only says when it is asked. */
export interface Windows {
  /** What is open now, and how far trades were looked at. */
  look(rows: readonly OrderRow[], position: Position): void;
  close(): void;
}

/** The first end of a window that is open, exchange time. */
const firstEndMs = (rows: readonly OrderRow[]): number => {
  const ends = rows.flatMap((row) => {
    const order = matchedOrder(row);
    const acting = order && actingOrder(order);
    return acting && !acting.isWaiting ? endsMs(acting) : [];
  });
  return Math.min(Number.POSITIVE_INFINITY, ...ends);
};

export const createWindows = (
  clock: Clock,
  prove: (throughMs: number) => Promise<unknown>,
  { proveAfterMs, proveEveryMs }: Pick<ExecutionLimits, 'proveAfterMs' | 'proveEveryMs'>,
): Windows => {
  let endMs = Number.POSITIVE_INFINITY;
  let timer: Timer | undefined;
  const ask = () => {
    // It is told on the stream, in its order; one that failed is asked again.
    void prove(endMs + 1).catch(() => undefined);
    timer = clock.after(proveEveryMs, ask);
  };
  return {
    look: (rows, { watermarkMs, lastTradeMs }) => {
      const next = firstEndMs(rows);
      if (next === endMs) return;
      timer?.cancel();
      timer = undefined;
      endMs = next;
      if (next === Number.POSITIVE_INFINITY) return;
      const leftMs = Math.max(0, next - Math.max(watermarkMs, lastTradeMs));
      timer = clock.after(leftMs + proveAfterMs, ask);
    },
    close: () => timer?.cancel(),
  };
};
