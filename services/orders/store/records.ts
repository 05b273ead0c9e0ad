import type { Ahead, fills, orders, Position, sagas, tapePositions } from '../schema.js';

export type { Ahead, Position } from '../schema.js';

/** Rows as they are stored; amounts are decimal text. */
export type OrderRow = typeof orders.$inferSelect;
export type FillRow = typeof fills.$inferSelect;
export type SagaRow = typeof sagas.$inferSelect;
export type PositionRow = typeof tapePositions.$inferSelect;

/** How far the tape of a symbol was looked at: in the middle of a trade some portfolios are further than others. */
export interface TapeState {
  readonly position: Position | undefined;
  readonly ahead: Ahead | undefined;
}

/** As it is for the orders of one portfolio. */
export const positionFor = ({ position, ahead }: TapeState, portfolioId: string): Position | undefined =>
  ahead && portfolioId <= ahead.throughPortfolio ? ahead.position : position;

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
