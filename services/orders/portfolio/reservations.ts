import type { AppError } from '@tickfolio/lib/errors';
import type { FeeChoice } from '../schema.js';

export interface ReserveAsked {
  readonly reservationId: string;
  readonly portfolioId: string;
  readonly userId: string;
  readonly asset: string;
  /** Decimal text, as all amounts here. */
  readonly amount: string;
  /** What its fills bring at most. */
  readonly brings?: FeeChoice;
}
export interface SettleAsked {
  readonly fillId: string;
  readonly reservationId: string;
  readonly portfolioId: string;
  readonly take: FeeChoice;
  /** With the symbol by which it is valued where nothing is known of the asset; empty for cash. */
  readonly give: FeeChoice & { readonly via: string };
  readonly fees: readonly FeeChoice[];
}
export interface ReleaseAsked {
  readonly reservationId: string;
  readonly portfolioId: string;
  /** A word in kebab-case. */
  readonly reason: string;
}

/** What was ever asked to be kept, as the portfolio service has it. */
export interface KeptReservation {
  readonly id: string;
  readonly portfolioId: string;
  readonly kind: string;
  readonly asset: string;
  readonly amount: string;
  readonly remaining: string;
  /** What was given back when it was released. */
  readonly released: string;
  readonly state: string;
}

/**
 * What the portfolio service keeps for orders. Each of the three is decided once per id and answers the same for ever
 * after, so whoever did not hear the answer asks again. @throws AppError
 */
export interface Reservations {
  reserve(asked: ReserveAsked): Promise<void>;
  /** @returns the fee that was paid, undefined for none */
  settle(asked: SettleAsked): Promise<FeeChoice | undefined>;
  release(asked: ReleaseAsked): Promise<void>;
}

/** What came of asking. */
export type Answer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  /** It is decided, and will be answered so for ever. */
  | { readonly kind: 'refused'; readonly reason: string; readonly error: AppError }
  /** The portfolio was erased with its user. */
  | { readonly kind: 'gone' }
  /** It may have been done, or be done yet. */
  | { readonly kind: 'unknown'; readonly words: string };
