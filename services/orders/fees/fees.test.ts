import { formatDecimal, multiply, subtract } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { btcusdt, d, planned } from '../kit/matching.js';
import type { FeeSchedule } from '../rules/order.js';
import { type Discount, estimatedFee, type FeeOf, feeOf } from './fees.js';

const schedule: FeeSchedule = { maker: d('0.001'), taker: d('0.001'), discountAsset: 'BNB', discount: d('0.75') };
const assets = { baseAsset: 'BTC', quoteAsset: 'USDT' };
const bought: FeeOf = { ...assets, side: 'BUY', price: d('68000'), quantity: d('0.5'), maker: true };
const said = (fill: FeeOf, discount?: Discount, rates = schedule) =>
  feeOf(fill, rates, discount).map(({ asset, amount }) => `${formatDecimal(amount)} ${asset}`);

describe('the fee of a fill', () => {
  it('is taken from what is received, so that what is left can be sold (freqtrade#606)', () => {
    expect(said(bought)).toEqual(['0.0005 BTC']);
    const [fee] = feeOf(bought, schedule);
    expect(fee && formatDecimal(subtract(bought.quantity, fee.amount))).toBe('0.4995');
    expect(said({ ...bought, side: 'SELL' })).toEqual(['34 USDT']);
  });

  it('is asked for once: of alternatives only one is paid (nautilus_trader#725)', () => {
    const fees = feeOf(bought, schedule, { feeAsset: 'BNB', price: d('680') });
    expect(new Set(fees.map(({ asset }) => asset)).size).toBe(fees.length);
    expect(fees.at(-1)).toEqual({ asset: 'BTC', amount: multiply(d('0.0005'), { units: 10_000n, scale: 4 }) });
  });

  it('is no part of what is needed to buy (hummingbot#5440)', () => {
    expect(estimatedFee(planned({ quantity: '1', price: '100' }), btcusdt, undefined, schedule).asset).toBe('BTC');
  });

  it("rounds half up to 8 decimals, as the exchange's example does", () => {
    const rates = { maker: d('0.000040229875'), taker: d('0.00000000499') };
    expect(said({ ...bought, quantity: d('1000') }, {}, rates)).toEqual(['0.04022988 BTC']);
    expect(said({ ...bought, quantity: d('1'), maker: false }, {}, rates)).toEqual([]);
  });

  it('may be paid in BNB at its factor and last price, where the portfolio wants that', () => {
    const wanted = { feeAsset: 'BNB', price: d('680') };
    // 34 USDT × 0.75 / 680.
    expect(said(bought, wanted)).toEqual(['0.0375 BNB', '0.0005 BTC']);
    expect(said({ ...bought, side: 'SELL' }, wanted)).toEqual(['0.0375 BNB', '34 USDT']);
    expect(said(bought, { price: d('680') })).toEqual(['0.0005 BTC']);
    expect(said(bought, { feeAsset: 'ETH', price: d('680') })).toEqual(['0.0005 BTC']);
  });

  it('has one alternative only where no price of BNB is known', () => {
    expect(said(bought, { feeAsset: 'BNB' })).toEqual(['0.0005 BTC']);
  });

  it('needs no price of BNB in BNB, and is no discount of what is received itself', () => {
    const inBnb: FeeOf = { ...bought, quoteAsset: 'BNB', price: d('100') };
    expect(said(inBnb, { feeAsset: 'BNB' })).toEqual(['0.0375 BNB', '0.0005 BTC']);
    expect(said({ ...inBnb, side: 'SELL' }, { feeAsset: 'BNB' })).toEqual(['0.05 BNB']);
  });

  it('has a rate for who rests and one for who takes', () => {
    const rates = { maker: d('0'), taker: d('0.002') };
    expect(said(bought, {}, rates)).toEqual([]);
    expect(said({ ...bought, maker: false }, {}, rates)).toEqual(['0.001 BTC']);
  });
});
