import { compare, formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import { bodyOf, emptyDraft, partOf } from './draft.js';

/** As the orders service keeps: the stop and 5 % of it, up to the tick. */
const protectionOf = (stop: string, tickScale: number) => {
  const wide = multiply(parseDecimal(stop), parseDecimal('1.05'));
  const cut = wide.units / 10n ** BigInt(wide.scale - tickScale);
  const isEven = cut * 10n ** BigInt(wide.scale - tickScale) === wide.units;
  return { units: isEven ? cut : cut + 1n, scale: tickScale };
};

it.each(['0.00001234', '0.00000123'])(
  '100 %% of what is available pays for a stop that buys at the market at %s',
  (stop) => {
    const draft = { ...emptyDraft, side: 'BUY', type: 'STOP_LOSS' } as const;
    const part = partOf(draft, '1000', 100, '1');
    const numbers = { amount: parseDecimal(part.amount), price: undefined, stopPrice: parseDecimal(stop) };
    const body = bodyOf({ ...draft, unit: part.unit }, numbers, { symbol: 'pepeusdt', step: '1', portfolioId: 'p' });
    const kept = multiply(parseDecimal(body?.quantity ?? '0'), protectionOf(stop, 8));
    expect([formatDecimal(kept), compare(kept, parseDecimal('1000')) <= 0]).toEqual([formatDecimal(kept), true]);
  },
);
