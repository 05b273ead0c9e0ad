import { describe, expect, it } from 'vitest';
import { accepted, d, said, traded } from '../kit/matching.js';
import type { MatchedOrder, TapeTrade } from '../rules/order.js';
import { match } from './match.js';
import { usualMatchRules } from './match-rules.js';

const calm = { askPrint: d('101'), bidPrint: d('100'), lastTradeId: 0 };
const steps = (
  orders: readonly MatchedOrder[],
  trades: readonly TapeTrade[],
  { watermarkMs = 0, ...more }: Partial<Parameters<typeof match>[0]> = {},
) => match({ orders, trades, before: calm, watermarkMs, ...more }).steps.map(said);

describe('an order that rests', () => {
  it('is filled at its own price by trades beyond it, and by as much as they are', () => {
    const buy = accepted('1', { quantity: '3', price: '100' });
    const trades = [traded(1, '99.9', '1', 'seller'), traded(2, '98', '5', 'seller')];
    expect(steps([buy], trades)).toEqual(['1 makes 1 at 100 by 1', '1 makes 2 at 100 by 2, all']);
    const sell = accepted('1', { side: 'SELL', quantity: '3', price: '102' });
    expect(steps([sell], [traded(1, '102.01', '4', 'buyer')])).toEqual(['1 makes 3 at 102 by 1, all']);
  });

  it('is not filled by a trade at its price, unless that is asked for, and then by those of takers only', () => {
    const buy = accepted('1', { quantity: '3', price: '100' });
    const trades = [traded(1, '100', '1', 'seller'), traded(2, '100', '1', 'buyer')];
    expect(steps([buy], trades)).toEqual([]);
    const rules = { ...usualMatchRules, touch: 'always' as const };
    expect(steps([buy], trades, { rules })).toEqual(['1 makes 1 at 100 by 1']);
  });

  it('does not count trades of before it was accepted', () => {
    const late = accepted('1', { quantity: '3', price: '100' }, { acceptedAfterTrade: 1 });
    expect(steps([late], [traded(1, '90', '1', 'seller'), traded(2, '91', '1', 'seller')])).toEqual([
      '1 makes 1 at 100 by 2',
    ]);
  });

  it('gives one shown part to a trade (iceberg)', () => {
    const order = accepted('1', { quantity: '5', price: '100', icebergQuantity: '2' });
    const trades = [
      traded(1, '99', '0.5', 'seller'),
      traded(2, '99', '9', 'seller'),
      traded(3, '99', '9', 'seller'),
      traded(4, '99', '9', 'seller'),
    ];
    expect(steps([order], trades)).toEqual([
      '1 makes 0.5 at 100 by 1',
      '1 makes 1.5 at 100 by 2',
      '1 makes 2 at 100 by 3',
      '1 makes 1 at 100 by 4, all',
    ]);
  });

  it('is filled no further while its fills are on their way, by however many trades (nautilus_trader#1639)', () => {
    const order = accepted('1', { quantity: '1', price: '100' });
    const trades = Array.from({ length: 50 }, (_, at) => traded(at + 1, '99', '0.3', 'seller'));
    expect(steps([order], trades)).toEqual([
      ...[1, 2, 3].map((id) => `1 makes 0.3 at 100 by ${id}`),
      '1 makes 0.1 at 100 by 4, all',
    ]);
  });

  it('has a share of a trade, in whole steps', () => {
    const order = accepted('1', { quantity: '3', price: '100' });
    const rules = { ...usualMatchRules, throughShare: d('0.2') };
    expect(steps([order], [traded(1, '99', '1.009', 'seller')], { rules })).toEqual(['1 makes 0.201 at 100 by 1']);
  });
});

describe('the volume of a trade', () => {
  it('is spent once among the orders of a portfolio, by price and then age', () => {
    const orders = [
      accepted('3', { quantity: '1', price: '100' }),
      accepted('2', { quantity: '1', price: '100' }),
      accepted('4', { quantity: '1', price: '100.5' }),
    ];
    expect(steps(orders, [traded(1, '99', '2.4', 'seller')])).toEqual([
      '4 makes 1 at 100.5 by 1, all',
      '2 makes 1 at 100 by 1 after 1, all',
      '3 makes 0.4 at 100 by 1 after 2',
    ]);
  });

  it('is anew with each trade, and is not kept from one to the next (nautilus_trader#5017)', () => {
    const order = accepted('1', { quantity: '3', price: '100' });
    const trades = [traded(1, '101', '9', 'seller'), traded(2, '99', '1', 'seller'), traded(3, '99', '1', 'seller')];
    expect(steps([order], trades)).toEqual(['1 makes 1 at 100 by 2', '1 makes 1 at 100 by 3']);
  });
});

describe('an order that takes', () => {
  it('pays the spread even when the tape shows the other side', () => {
    const buy = accepted('1', { type: 'MARKET', quantity: '2' });
    const trades = [traded(1, '100', '1', 'seller'), traded(2, '101.5', '1', 'buyer')];
    expect(steps([buy], trades)).toEqual(['1 takes 1 at 101 by 1', '1 takes 1 at 101.5 by 2, all']);
    const sell = accepted('1', { side: 'SELL', type: 'MARKET', quantity: '2' });
    expect(steps([sell], [traded(1, '101', '5', 'buyer')])).toEqual(['1 takes 2 at 100 by 1, all']);
  });

  it('walks through what is traded next, however large it is', () => {
    const buy = accepted('1', { type: 'MARKET', quantity: '3' });
    const trades = [1, 2, 3].map((id) => traded(id, String(101 + id), '1', 'buyer'));
    expect(steps([buy], trades).map((line) => line.slice(2, 18))).toEqual([
      'takes 1 at 102 b',
      'takes 1 at 103 b',
      'takes 1 at 104 b',
    ]);
  });

  it('rests as soon as the other side has left its limit', () => {
    const buy = accepted('1', { quantity: '3', price: '101' });
    const trades = [
      traded(1, '101', '1', 'buyer'),
      traded(2, '102', '1', 'buyer'),
      traded(3, '101', '1', 'seller'),
      traded(4, '100.9', '0.5', 'seller'),
    ];
    expect(steps([buy], trades)).toEqual(['1 takes 1 at 101 by 1', '1 makes 0.5 at 101 by 4']);
  });

  it('by quote buys whole steps for what is left, and ends when that is less than one', () => {
    const buy = accepted('1', { type: 'MARKET', quoteQuantity: '1000' });
    const trades = [traded(1, '101', '4', 'buyer'), traded(2, '103', '9', 'buyer')];
    // 596 are left after the first: 5.786 at 103, and 0.042 of quote are too little for a step of 0.001.
    expect(steps([buy], trades)).toEqual(['1 takes 4 at 101 by 1', '1 takes 5.786 at 103 by 2, all']);
    const small = accepted('1', { type: 'MARKET', quoteQuantity: '0.1' });
    expect(steps([small], trades)).toEqual(['1 ended after 1: below-step']);
  });

  it('is never filled beyond its protection: the rest expires', () => {
    const buy = accepted('1', { type: 'MARKET', quantity: '3' }, { protection: d('105') });
    const trades = [traded(1, '105', '1', 'buyer'), traded(2, '105.01', '1', 'buyer')];
    expect(steps([buy], trades)).toEqual(['1 takes 1 at 105 by 1', '1 ended after 2: protection']);
  });

  it('at any price waits 60 s of exchange time', () => {
    const buy = accepted('1', { type: 'MARKET', quantity: '3' });
    const trades = [traded(1, '101', '1', 'buyer', 60_000), traded(2, '101', '1', 'buyer', 60_001)];
    expect(steps([buy], trades)).toEqual(['1 takes 1 at 101 by 1', '1 ended after 1: no-liquidity']);
    expect(steps([buy], [], { watermarkMs: 60_000 })).toEqual([]);
    expect(steps([buy], [], { watermarkMs: 60_001 })).toEqual(['1 ended after 0: no-liquidity']);
  });

  it('at once (IOC) takes for 1,000 ms and never rests', () => {
    const buy = accepted('1', { quantity: '3', price: '101', timeInForce: 'IOC' });
    const trades = [
      traded(1, '101', '1', 'buyer', 500),
      traded(2, '102', '1', 'buyer', 600),
      traded(3, '99', '1', 'seller', 700),
      traded(4, '101', '0.5', 'buyer', 1_000),
      traded(5, '101', '1', 'buyer', 1_001),
    ];
    expect(steps([buy], trades)).toEqual([
      '1 takes 1 at 101 by 1',
      '1 takes 0.5 at 101 by 4',
      '1 ended after 4: time-in-force',
    ]);
  });

  it('all or nothing (FOK) is filled once all of it was traded, by all of those trades', () => {
    const fok = (quantity: string) => accepted('1', { quantity, price: '101', timeInForce: 'FOK' });
    const trades = [traded(1, '101', '1', 'buyer', 500), traded(2, '100', '1', 'seller', 900)];
    expect(steps([fok('2')], trades)).toEqual(['1 takes 1 at 101 by 1', '1 takes 1 at 101 by 2, all']);
    expect(steps([fok('2.1')], trades, { watermarkMs: 1_001 })).toEqual(['1 ended after 2: time-in-force']);
  });
});

describe('a stop', () => {
  it('acts from the trade on that follows the one which triggered it', () => {
    const stop = accepted('1', { type: 'STOP_LOSS', quantity: '2', stopPrice: '105' });
    const trades = [traded(1, '104', '1', 'buyer'), traded(2, '105', '1', 'buyer'), traded(3, '106', '9', 'buyer')];
    expect(steps([stop], trades)).toEqual(['1 triggered by 2', '1 takes 2 at 106 by 3, all']);
  });

  it('with a limit rests at it where it cannot take', () => {
    const stop = accepted('1', { side: 'SELL', type: 'STOP_LOSS_LIMIT', quantity: '2', stopPrice: '95', price: '96' });
    const trades = [traded(1, '95', '1', 'seller'), traded(2, '96', '1', 'buyer'), traded(3, '96.5', '9', 'buyer')];
    expect(steps([stop], trades)).toEqual(['1 triggered by 1', '1 makes 2 at 96 by 3, all']);
  });

  it.each([
    ['BUY', 'STOP_LOSS', '105', '105', '104.99'],
    ['BUY', 'TAKE_PROFIT', '95', '95', '95.01'],
    ['SELL', 'STOP_LOSS', '95', '95', '95.01'],
    ['SELL', 'TAKE_PROFIT', '105', '105', '104.99'],
  ])('%s %s at %s is triggered by %s and not by %s', (side, type, stopPrice, reached, missed) => {
    const stop = accepted('1', { side, type, quantity: '2', stopPrice });
    expect(steps([stop], [traded(1, missed, '1', 'buyer')])).toEqual([]);
    expect(steps([stop], [traded(1, reached, '1', 'buyer')])).toEqual(['1 triggered by 1']);
  });

  it('counts its 60 s from the trade that triggered it', () => {
    const stop = accepted('1', { type: 'STOP_LOSS', quantity: '2', stopPrice: '105' });
    const trades = [traded(1, '105', '1', 'buyer', 500_000), traded(2, '106', '1', 'buyer', 560_000)];
    expect(steps([stop], trades, { watermarkMs: 560_001 })).toEqual([
      '1 triggered by 1',
      '1 takes 1 at 106 by 2',
      '1 ended after 2: no-liquidity',
    ]);
  });

  it('is passed over while it is kept from trades', () => {
    const frozen = accepted('1', { quantity: '2', price: '105' }, { working: false });
    expect(steps([frozen], [traded(1, '90', '1', 'seller')])).toEqual([]);
  });
});
