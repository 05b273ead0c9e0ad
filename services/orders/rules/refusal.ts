/** The part of an order that is at fault, as it is called over REST. */
export type OrderField =
  | 'symbol'
  | 'side'
  | 'type'
  | 'timeInForce'
  | 'quantity'
  | 'quoteQuantity'
  | 'price'
  | 'stopPrice'
  | 'icebergQuantity';

/** Why an order is not taken, as data: who answers says it in words of its own edge. */
export interface Refusal {
  /** A stable word in kebab-case. */
  readonly reason: string;
  readonly field: OrderField;
  /** A sentence for the person who placed it. */
  readonly message: string;
  /** What was broken, and the nearest that is allowed, decimal text. */
  readonly bound?: string;
  readonly nearest?: string;
  /** What the exchange would answer. */
  readonly exchangeCode?: number;
}
