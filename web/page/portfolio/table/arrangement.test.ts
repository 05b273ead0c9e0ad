import { describe, expect, it } from 'vitest';
import { holdingsOfCoins, testCoin } from '../../live/kit/view.js';
import { createArrangement, inOrder, type Order, type OrderName } from './arrangement.js';

const order = (by: OrderName, isReversed = false): Order => ({ by, isReversed });
const assets = (totals: Readonly<Record<string, string | null>>, asked: Order) => {
  const coins = Object.entries(totals).map(([symbol, worth]) => testCoin(symbol, worth));
  return inOrder(holdingsOfCoins('1000000', coins), asked).map(({ asset }) => asset);
};

describe('the order of the holdings', () => {
  const small = {
    dogeusdt: '3',
    xrpusdt: null,
    adausdt: '20',
    solusdt: '3.000000000000000001',
    btcusdt: '999974',
    bnbusdt: '0',
  };
  it('is by value also among coins that are worth less than a hundredth of a percent, and what has no price comes last', () => {
    expect(assets(small, order('value'))).toEqual(['BTC', 'ADA', 'SOL', 'DOGE', 'BNB', 'XRP']);
  });
  it('can be the other way round, and what has no price comes last then too', () => {
    expect(assets(small, order('value', true))).toEqual(['BNB', 'DOGE', 'SOL', 'ADA', 'BTC', 'XRP']);
  });
  it('is by value also where that has more digits than a number of the browser', () => {
    expect(assets({ adausdt: '98765432109876543210.1', btcusdt: '98765432109876543210.2' }, order('value'))).toEqual([
      'BTC',
      'ADA',
    ]);
  });
  it('is by the value of all markets of an asset: two small holdings of Bitcoin come before one of Solana', () => {
    expect(assets({ solusdt: '7', btcusdt: '4', btcusdc: '4' }, order('value'))).toEqual(['BTC', 'SOL']);
  });
  it.each(['value', 'change', 'price'] as const)('is by name where coins are alike by %s', (by) => {
    expect(assets({ solusdt: '5', btcusdt: '5', adausdt: '5' }, order(by))).toEqual(['BTC', 'ADA', 'SOL']);
  });
  it('is by price whatever that is in: one Ether that is priced in Bitcoin is dearer than one Solana', () => {
    const coins = [
      testCoin('solusdt', '900', { Quantity: '6', Price: '150' }),
      testCoin('ethbtc', '3500', { Quantity: '1', Price: '0.05', QuoteAsset: 'BTC' }),
    ];
    expect(inOrder(holdingsOfCoins('4400', coins), order('price')).map(({ asset }) => asset)).toEqual(['ETH', 'SOL']);
  });
});

describe('the places of the holdings', () => {
  const holdingsOf = (coins: Readonly<Record<string, readonly [quantity: string, worth: string | null]>>) =>
    holdingsOfCoins(
      '1000000',
      Object.entries(coins).map(([symbol, [Quantity, worth]]) => testCoin(symbol, worth, { Quantity })),
    );
  const usual = { order: order('value'), find: '', hidesDust: false };
  const before = holdingsOf({ ethusdt: ['20', '44205'], solusdt: ['5', '900'], btcusdt: ['0.03', '2032'] });
  const placesOf = (holdings: typeof before, arrange = createArrangement()) => {
    const shown = (held: typeof before) => arrange(held, usual).shown.map(({ asset }) => asset);
    expect(shown(before)).toEqual(['ETH', 'BTC', 'SOL']);
    return shown(holdings);
  };
  it('are in the order that is named again after more of a coin was added on another device, and after that was undone', () => {
    const more = holdingsOf({ ethusdt: ['20', '44203'], solusdt: ['5', '901'], btcusdt: ['100.03', '6777112'] });
    const arrange = createArrangement();
    expect(placesOf(more, arrange)).toEqual(['BTC', 'ETH', 'SOL']);
    expect(placesOf(before, arrange)).toEqual(['ETH', 'BTC', 'SOL']);
  });
  it('hold still while only prices move', () => {
    const moved = holdingsOf({ ethusdt: ['20', '900'], solusdt: ['5', '44205'], btcusdt: ['0.03', '2032'] });
    expect(placesOf(moved)).toEqual(['ETH', 'BTC', 'SOL']);
  });
  it('are sorted in when a coin has its first price', () => {
    expect(placesOf(holdingsOf({ ethusdt: ['20', '44203'], solusdt: ['5', null], btcusdt: ['0.03', '2032'] }))[2]).toBe(
      'SOL',
    );
    const arrange = createArrangement();
    const waiting = holdingsOf({ ethusdt: ['20', '44203'], btcusdt: ['3', null] });
    const priced = holdingsOf({ ethusdt: ['20', '44203'], btcusdt: ['3', '203200'] });
    expect([waiting, priced].map((held) => arrange(held, usual).shown[0]?.asset)).toEqual(['ETH', 'BTC']);
  });
  it('are those of what was looked for, by name, ticker or market', () => {
    const found = (find: string) => createArrangement()(before, { ...usual, find }).shown.map(({ asset }) => asset);
    expect(['bit', 'SOL', 'ethusdt', 'u s d', ' sol ana', 'x'].map(found)).toEqual([
      ['BTC'],
      ['SOL'],
      ['ETH'],
      ['ETH', 'BTC', 'SOL'],
      ['SOL'],
      [],
    ]);
  });
  it('are without dust where that is hidden, never without what has no price, and nothing flickers at the limit', () => {
    const arrange = createArrangement();
    const shown = (doge: string, hidesDust = true) => {
      const held = holdingsOf({
        btcusdt: ['1', '2032'],
        dogeusdt: ['3', doge],
        xrpusdt: ['9', null],
        adausdt: ['1', '0'],
      });
      const { shown: holdings, dust } = arrange(held, { ...usual, hidesDust });
      return [holdings.map(({ asset }) => asset).join(), dust];
    };
    expect(shown('0.99', false)).toEqual(['BTC,DOGE,ADA,XRP', 2]);
    expect(shown('0.99')).toEqual(['BTC,XRP', 2]);
    expect(shown('1')).toEqual(['BTC,DOGE,XRP', 1]);
    expect(shown('0.98')).toEqual(['BTC,DOGE,XRP', 1]);
  });
  it('never hide an asset of which one market has no price, whatever the others are worth, and find it dust once it is', () => {
    const arrange = createArrangement();
    const dustWith = (euros: string | null) => {
      const [bitcoin, euro] = [testCoin('btcusdt', '0.5'), testCoin('btceur', euros, { QuoteAsset: 'EUR' })];
      const holdings = holdingsOfCoins('1000.5', [testCoin('ethusdt', '1000'), bitcoin, euro]);
      const { shown, dust } = arrange(holdings, { ...usual, hidesDust: true });
      return [shown.map(({ asset }) => asset).join(), dust];
    };
    expect(dustWith(null)).toEqual(['ETH,BTC', 0]);
    expect(dustWith('0.25')).toEqual(['ETH', 1]);
    expect(dustWith(null)).toEqual(['ETH,BTC', 0]);
  });
});
