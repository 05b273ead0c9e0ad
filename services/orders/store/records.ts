import type { fills, orders, sagas, tapePositions } from '../schema.js';

/** Rows as they are stored; amounts are decimal text. */
export type OrderRow = typeof orders.$inferSelect;
export type FillRow = typeof fills.$inferSelect;
export type SagaRow = typeof sagas.$inferSelect;
export type PositionRow = typeof tapePositions.$inferSelect;

/** How far the trades of a symbol were looked at, and what was known then. */
export interface Position {
  readonly lastTradeId: number;
  /** Every trade before this exchange time was looked at. */
  readonly watermarkMs: number;
  readonly lastTradeMs: number;
  /** Decimal text. */
  readonly lastPrice: string;
  readonly askPrint: string;
  readonly bidPrint: string;
  /** Whether these trades are made up. */
  readonly simulated: boolean;
}

/** An order whose row is locked, with what belongs to it: nobody else changes it. */
export interface OrderState {
  readonly order: OrderRow;
  readonly saga: SagaRow;
  /** Those that are not booked yet, the oldest first; of an order that was filled in many parts, all of them. */
  readonly unsettled: readonly FillRow[];
  /**
   * How far the tape of its symbol was looked at, where anything is known of it. Where it was locked it does not move on
   * meanwhile; else nobody looked.
   */
  readonly position: Position | undefined;
  /** The time of what is done. */
  readonly at: Date;
}
