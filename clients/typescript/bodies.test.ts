import type { BalanceTold } from '@tickfolio/api/balances';
import type { Frame as ServedFrame } from '@tickfolio/api/frame';
import type { ValueAnswer } from '@tickfolio/api/history';
import type { CandlesAnswer, SymbolsAnswer } from '@tickfolio/api/market';
import type { OrderTold as ServedOrder } from '@tickfolio/api/order-told';
import type { CoinAnswer, RemovalAnswer } from '@tickfolio/api/portfolio';
import type { Receipt as ServedReceipt } from '@tickfolio/api/receipt';
import { describe, expect, it } from 'vitest';
import type {
  Balance,
  Candles,
  ChangedCoin,
  Frame,
  OrderTold,
  Receipt,
  Removal,
  SymbolList,
  ValueHistory,
} from './bodies.js';
import { type DecimalText, decimalText } from './decimal-text.js';

/** A body without the marks of its amounts. */
type Plain<T> = T extends DecimalText ? string : T extends object ? { readonly [Key in keyof T]: Plain<T[Key]> } : T;
/** The same with every field there, so that one that is left out on one side is seen. */
type Whole<T> = T extends object ? { readonly [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> } : T;
type Fits<One, Other> = [One] extends [Other] ? true : false;
type Same<One, Other> = [
  Fits<Plain<One>, Other>,
  Fits<Other, Plain<One>>,
  Fits<Whole<Plain<One>>, Whole<Other>>,
  Fits<Whole<Other>, Whole<Plain<One>>>,
];
type All = [true, true, true, true];

describe('the bodies of the client', () => {
  it('are those of api/, which the compiler of this file compares', () => {
    const frame: Same<Frame, ServedFrame> = [true, true, true, true] satisfies All;
    const balance: Same<Balance, BalanceTold> = [true, true, true, true] satisfies All;
    const order: Same<OrderTold, ServedOrder> = [true, true, true, true] satisfies All;
    const value: Same<ValueHistory, ValueAnswer> = [true, true, true, true] satisfies All;
    const receipt: Same<Receipt, ServedReceipt> = [true, true, true, true] satisfies All;
    const symbols: Same<SymbolList, SymbolsAnswer> = [true, true, true, true] satisfies All;
    const candles: Same<Candles, CandlesAnswer> = [true, true, true, true] satisfies All;
    const coin: Same<ChangedCoin, CoinAnswer> = [true, true, true, true] satisfies All;
    const removal: Same<Removal, RemovalAnswer> = [true, true, true, true] satisfies All;
    expect([frame, balance, order, receipt, value, symbols, candles, coin, removal].flat()).not.toContain(false);
  });
});

describe('a decimal text', () => {
  it.each(['0', '1.5', '-12.000000000000000001', '123456789012345678901234567890.5'])('is %s', (text) => {
    expect(decimalText(text)).toBe(text);
  });
  it.each(['', '1e5', '+1', '1,5', ' 1', '1.', '.5', 'NaN', 1.5 as unknown as string])('is not %j', (text) => {
    expect(() => decimalText(text)).toThrow(RangeError);
  });
});
