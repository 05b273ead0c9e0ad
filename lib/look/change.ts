import { type Decimal, subtract } from '../money/money.js';
import { money, type NumberStyle, percent, percentDecimals, signed } from './amount.js';

export type Direction = 'up' | 'down' | 'same';

/**
 * A difference, in words for reading. Its directions are those of the digits that are shown: what is too small for them
 * points nowhere.
 */
export interface Change {
  readonly text: string;
  readonly direction: Direction;
  /** Undefined for a change from nothing. */
  readonly percent: string | undefined;
  readonly percentDirection: Direction;
  /** Part of what there was, for sorting only. */
  readonly size: number;
}

/** Of a text with its sign, as it is shown. */
export const directionOf = (text: string | undefined): Direction =>
  text?.startsWith('+') ? 'up' : text?.startsWith('−') ? 'down' : 'same';

export const changeOf = (now: Decimal, before: Decimal, style: NumberStyle): Change => {
  const difference = subtract(now, before);
  const text = signed(money(difference, style, before));
  const part = percent(difference, before, style, percentDecimals);
  const shownPart = part === undefined ? undefined : signed(part);
  const size =
    before.units === 0n
      ? 0
      : Number(difference.units) / 10 ** difference.scale / (Number(before.units) / 10 ** before.scale);
  return { text, direction: directionOf(text), percent: shownPart, percentDirection: directionOf(shownPart), size };
};
