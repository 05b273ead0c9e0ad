import { parseDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import type { PortfolioView } from '../../live/portfolio-view.js';
import { en } from '../../text/messages-en.js';
import { dayWithCash, heldWithCash } from './day-with-cash.js';

type Cash = PortfolioView['cash'][number];
const cash = (Asset: string, Quantity: string, Total: string | null): Cash => ({
  ...{ Asset, Quantity, Version: 1, Price: Total, Total, PriceTime: null, Stale: false, PriceReceived: null },
});
const row = (value: string | undefined, then?: string) => ({
  value,
  valueThen: then === undefined ? undefined : parseDecimal(then),
});
const price = (text: string) => ({ price: parseDecimal(text), sinceMs: undefined });
const nothing = { rows: [], cash: [], dayPrices: new Map(), dayLacking: [] };
const day = (of: Partial<Parameters<typeof dayWithCash>[0]>) => {
  const { change, lacking } = dayWithCash({ ...nothing, ...of }, en.numbers);
  return [change?.text, change?.percent, lacking];
};

describe('the change of everything together', () => {
  it('is of coins and cash, of which USDT never moves', () => {
    const dayPrices = new Map([['eurusdt', price('1')]]);
    const rows = [row('110', '100')];
    expect(day({ rows, cash: [cash('USDT', '90', '90')] })).toEqual(['+10.00', '+5.26 %', []]);
    expect(day({ rows, dayPrices, cash: [cash('EUR', '100', '110')] })).toEqual(['+20.00', '+10.00 %', []]);
  });
  it('names what it is without: coins and cash of which nothing is known of then', () => {
    const rows = [row('110', '100'), row('7')];
    const without = { rows, dayLacking: ['SOL'], cash: [cash('EUR', '10', '11')] };
    expect(day(without)).toEqual(['+10.00', '+10.00 %', ['SOL', 'EUR']]);
  });
  it('is not known where nothing is but money that does not move, beside what may have', () => {
    const money = [cash('USDT', '90', '90')];
    expect(day({ rows: [row('7')], dayLacking: ['SOL'], cash: money })).toEqual([undefined, undefined, ['SOL']]);
    expect(day({})).toEqual([undefined, undefined, []]);
    expect(day({ cash: [cash('TRY', '5', null)] })).toEqual([undefined, undefined, []]);
  });
  it('needs the prices of all that is in it', () => {
    expect(heldWithCash('ethusdt btcusdt', [cash('EUR', '1', '1'), cash('USDT', '1', '1')])).toBe(
      'btcusdt ethusdt eurusdt',
    );
    expect([heldWithCash('', [cash('USDT', '1', '1')]), heldWithCash('')]).toEqual(['', '']);
  });
});
