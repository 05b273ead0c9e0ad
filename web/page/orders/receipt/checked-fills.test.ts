import { formatDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { checkedFills, type Fill } from './checked-fills.js';

const tradedAt = '2026-06-15T11:00:00.000Z';
const fillOf = (tradeId: number, quantity: string, more: Partial<Fill> = {}): Fill => ({
  ...{ id: `f-${tradeId}`, tradeId, price: '68000', quantity, quote: `${Number(quantity) * 68_000}` },
  ...{ fee: '0.0001', feeAsset: 'BTC', maker: true, tradedAt },
  ...more,
});
const tradeOf = (tradeId: number, quantity: string, more: object = {}) => ({
  ...{ tradeId, price: '68000', quantity, tradePrice: '67999.5', tradeQuantity: '0.4', takenBefore: '0.1' },
  ...{ buyerIsMaker: true, tradedAt },
  ...more,
});
const order = { side: 'BUY', filledQuantity: '0.5', filledQuote: '34000' } as const;
const fills = [fillOf(1, '0.3'), fillOf(2, '0.2')];
const trades = [tradeOf(1, '0.3'), tradeOf(2, '0.2')];

describe('what filled an order', () => {
  it('is added up again, and held against the trades behind it', () => {
    const { quantity, quote, isEqual, fills: checked } = checkedFills(order, fills, { fills: trades });
    expect([formatDecimal(quantity), formatDecimal(quote), isEqual]).toEqual(['0.5', '34000', true]);
    expect(checked.map(({ trade }) => trade?.tradePrice)).toEqual(['67999.5', '67999.5']);
  });

  it.each<[string, Parameters<typeof checkedFills>]>([
    ['the order says another sum', [{ ...order, filledQuote: '34000.1' }, fills, { fills: trades }]],
    ['a price and a quantity are not that much', [order, [fillOf(1, '0.5', { quote: '33999' })], undefined]],
    [
      'more was taken than was left of the trade',
      [order, fills, { fills: [tradeOf(1, '0.3', { takenBefore: '0.2' }), trades[1] ?? tradeOf(2, '0.2')] }],
    ],
    [
      'it was bought for less than it was traded at',
      [order, fills, { fills: trades.map((trade) => ({ ...trade, tradePrice: '68000.01' })) }],
    ],
    [
      'the proof has another quantity',
      [order, fills, { fills: trades.map((trade) => ({ ...trade, quantity: '0.1' })) }],
    ],
  ])('is not equal where %s', (_, asked) => {
    expect(checkedFills(...asked).isEqual).toBe(false);
  });

  it('adds up without a proof too, which says nothing then', () => {
    const { isEqual, fills: checked } = checkedFills(order, fills, undefined);
    expect([isEqual, checked.every(({ trade }) => trade === undefined)]).toEqual([true, true]);
  });
});
