import { amountKind } from '../money/money.js';

/**
 * Why something that an exchange sends as an aggregate trade is none. A small fixed set: they are labels of metrics
 * too.
 */
export const tradeFaults = {
  unreadable: 'its price, quantity or side cannot be read',
  tooLong: 'its price or quantity has more digits than are taken',
  noPrice: 'its price is not above 0',
  ids: 'the ids of its first and last trade cannot be right',
  time: 'its time cannot be right',
} as const;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Judges what an aggregate trade says besides its own id and its times: form and sense. A quantity of 0 is one: the
 * exchange's history has such rows, with a price that was paid (binance-public-data#342), and they change no sum.
 * @returns why it is none, or undefined
 */
export const tradeFault = (
  price: unknown,
  quantity: unknown,
  firstId: unknown,
  lastId: unknown,
  isMaker: unknown,
): string | undefined => {
  const p = amountKind(price);
  const q = amountKind(quantity);
  if (p === 'unreadable' || q === 'unreadable' || typeof isMaker !== 'boolean') return tradeFaults.unreadable;
  if (p === 'too many digits' || q === 'too many digits') return tradeFaults.tooLong;
  if (p === 'zero') return tradeFaults.noPrice;
  return isCount(firstId) && isCount(lastId) && firstId <= lastId ? undefined : tradeFaults.ids;
};
