import { describe, expect, it } from 'vitest';
import { testCoin, viewOfCoins } from '../../live/kit/view.js';
import type { PortfolioView } from '../../live/portfolio-view.js';
import { exact } from '../../text/exact.js';
import type { Balances } from '../use-balances.js';
import { balanceRows } from './balance-rows.js';
import { framedBalances } from './framed-balances.js';

const style = { group: ',', point: '.' };
const about = { portfolioId: 'p', kind: 'paper', baseCurrency: 'USDT' } as const;
const withCash = (view: PortfolioView, asset: string, quantity: string): PortfolioView => ({
  ...view,
  cash: [
    {
      ...{ Asset: asset, Quantity: quantity, Version: 1, Price: '1', Total: quantity },
      ...{ PriceTime: null, Stale: false, PriceReceived: null },
    },
  ],
  cashValue: exact(quantity),
});
const read = (...balances: Balances['balances']): Balances => ({ ...about, version: 1, balances });
const balance = (asset: string, available: string, reserved: string) => ({
  ...{ asset, via: '', available, reserved, total: available },
});
const rowsOf = (view: PortfolioView, before?: Balances) =>
  balanceRows(framedBalances(view, about, before), style).map((row) => [
    row.asset,
    row.quantity,
    row.priceText,
    row.valueText,
    row.share,
    row.reserved?.text,
  ]);

describe('what a frame tells of a portfolio', () => {
  it('is worth its coins and its cash, each with its part of both', () => {
    const view = withCash(viewOfCoins('300', [testCoin('btcusdt', '300')]), 'USDT', '100');
    expect(framedBalances(view, about, undefined).value).toBe('400');
    expect(rowsOf(view)).toEqual([
      ['BTC', '1', '300', '300.00', '75.0 %', undefined],
      ['USDT', '100', '1', '100.00', '25.0 %', undefined],
    ]);
  });

  it('has each asset once, however many markets and kinds of cash it is held through', () => {
    const coins = [
      testCoin('btceur', '90', { Total: '100', Stale: true, PriceTime: '2026-01-27T09:00:00.000Z' }),
      testCoin('btcusdt', '300', { Quantity: '2', Total: '600' }),
      testCoin('eurusdt', '1.25', { Quantity: '8', Total: '10' }),
    ];
    const view = withCash(viewOfCoins('710', coins, new Map([['btceur', 'eur']])), 'EUR', '5');
    const rows = balanceRows(framedBalances(view, about, undefined), style);
    expect(
      rows.map(({ asset, quantity, valueText, isCash, isOld }) => [asset, quantity, valueText, isCash, isOld]),
    ).toEqual([
      ['BTC', '3', '700.00', false, true],
      ['EUR', '13', '15.00', false, false],
    ]);
    expect(rows[0]?.oldSinceMs).toBe(Date.parse('2026-01-27T09:00:00.000Z'));
  });

  it('tells a price in USDT, whatever the market tells it in', () => {
    const view = viewOfCoins(
      '220',
      [testCoin('ethbtc', '0.05', { Quantity: '2', Total: '220' })],
      new Map([['ethbtc', 'btc']]),
    );
    expect(rowsOf(view)).toEqual([['ETH', '2', '110', '220.00', '100.0 %', undefined]]);
  });

  it('leaves what orders keep as it was read, and never makes less than nothing of the rest', () => {
    const view = withCash(viewOfCoins('300', [testCoin('btcusdt', '300')]), 'USDT', '100');
    const before = read(balance('USDT', '900', '120'), balance('BTC', '1', '0'));
    expect(rowsOf(view, before).map(([asset, , , , , reserved]) => [asset, reserved])).toEqual([
      ['BTC', undefined],
      ['USDT', '120'],
    ]);
    expect(framedBalances(view, about, before).balances.map(({ available }) => available)).toEqual(['1', '0']);
  });

  it('says nothing of what has no price', () => {
    const view = viewOfCoins('0', [testCoin('adausdt', null)]);
    expect(rowsOf(view)).toEqual([['ADA', '1', undefined, undefined, undefined, undefined]]);
  });
});
