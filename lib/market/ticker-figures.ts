import { type AmountKind, amountKind, marketBounds } from '../money/money.js';

/** What the exchange says of 24 hours, by the letters of its mini-ticker; unread. */
export interface TickerFigures {
  readonly c: unknown;
  readonly o: unknown;
  readonly h: unknown;
  readonly l: unknown;
  readonly v: unknown;
  readonly q: unknown;
}

/** What is wrong with figures of these kinds. */
const figuresFault = (kinds: readonly AmountKind[]): string | undefined => {
  if (kinds.includes('unreadable')) return 'its figures cannot be read';
  return kinds.includes('too many digits') ? 'its figures have more digits than are taken' : undefined;
};

/** @returns why they are none, in words of a small fixed set, or undefined */
export const tickerFault = ({ c, o, h, l, v, q }: TickerFigures): string | undefined =>
  figuresFault([
    ...[c, o, h, l].map((text) => amountKind(text)),
    ...[v, q].map((text) => amountKind(text, marketBounds)),
  ]);
