import type { FrameCoin } from '@tickfolio/client/frame';
import { parseDecimal } from '@tickfolio/lib/money';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshnessOf } from './freshness.js';
import { testAsOf, testCoin, viewOfCoins } from './kit/view.js';

const Exact = Decimal.clone({ precision: 100 });
const asOfMs = Date.parse(testAsOf);
const at = (agoMs: number) => new Date(asOfMs - agoMs).toISOString();
const came = (agoMs: number): Partial<FrameCoin> => ({ PriceReceived: at(agoMs) });
const stale = (agoMs: number, more: Partial<FrameCoin> = {}): Partial<FrameCoin> => ({
  ...came(agoMs),
  Stale: true,
  ...more,
});
const fresh = (worth: string, old: string) =>
  viewOfCoins(new Exact(worth).plus(old).toFixed(), [
    testCoin('btcusdt', worth),
    testCoin('ethusdt', old, came(30_000)),
  ]).fresh;

describe('how live a value is', () => {
  it('says how much of the value is fresh', () => {
    expect(fresh('75', '25')).toEqual({ kind: 'live', part: '75', level: 'fair' });
  });
  it('says 99 % where 99.6 % is of now, and 100 % of all of it only', () => {
    expect(fresh('99.6', '0.4')).toMatchObject({ part: '99' });
    expect(fresh('999999999999.99', '0.000000000000000001')).toMatchObject({ part: '99' });
    expect(fresh('1', '0')).toMatchObject({ part: '100', level: 'good' });
    expect(fresh('89.99', '10.01')).toMatchObject({ part: '89', level: 'fair' });
    expect(fresh('49.99', '50.01')).toMatchObject({ part: '49', level: 'poor' });
    expect(fresh('0.6', '99.4')).toMatchObject({ kind: 'live', part: '0' }); // Told as below 1 %.
  });
  it('is rounded down as a decimal library rounds, whatever the amounts', () => {
    const amount = fc.stringMatching(/^[1-9][0-9]{0,20}\.[0-9]{0,17}[1-9]$/);
    fc.assert(
      fc.property(amount, fc.option(amount), (now, old) => {
        const total = new Exact(now).plus(old ?? 0);
        const part = new Exact(now).times(100).div(total).floor();
        expect(freshnessOf([], parseDecimal(now), parseDecimal(total.toFixed()), asOfMs)).toMatchObject({
          part: part.toFixed(),
        });
        expect(part.eq(100)).toBe(old === null);
      }),
      { numRuns: 200 },
    );
  });
  it('counts a price as fresh by its arrival, whatever time its trade has at the exchange', () => {
    const late = testCoin('btcusdt', '75', { PriceTime: at(120_000), PriceReceived: at(800) });
    const early = testCoin('ethusdt', '25', { PriceTime: at(-300_000), PriceReceived: at(11_000) });
    expect(viewOfCoins('100', [late, early]).fresh).toMatchObject({ part: '75' });
  });
  it('calls nothing live while no price arrives, and says since when', () => {
    const down = (symbol: string, agoMs: number) => testCoin(symbol, '50', stale(agoMs, { PriceState: 'feed-down' }));
    const { fresh: outage } = viewOfCoins('100', [down('btcusdt', 65_000), down('ethusdt', 90_000)]);
    expect(outage).toEqual({ kind: 'down', sinceMs: asOfMs - 65_000 });
    expect(viewOfCoins('0', [testCoin('btcusdt', null, { PriceState: 'feed-down' })]).fresh).toEqual({
      kind: 'down',
      sinceMs: undefined,
    });
    // One of two is read on.
    expect(viewOfCoins('100', [testCoin('btcusdt', '50'), down('ethusdt', 90_000)]).fresh).toMatchObject({
      kind: 'live',
      part: '50',
    });
  });
  it('says of a quiet portfolio how old its newest price is, rounded up, and from when on none came', () => {
    expect(viewOfCoins('100', [testCoin('btcusdt', '100', came(12_100))]).fresh).toEqual({
      kind: 'quiet',
      seconds: 13,
    });
    const old = testCoin('btcusdt', '100', stale(61_000, { PriceState: 'old' }));
    expect(viewOfCoins('100', [old]).fresh).toEqual({ kind: 'still', sinceMs: asOfMs - 61_000 });
    expect(viewOfCoins('0', [testCoin('btcusdt', null)]).fresh).toBeUndefined();
  });
});
