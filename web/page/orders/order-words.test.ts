import { describe, expect, it } from 'vitest';
import { de as germanShell } from '../text/messages-de.js';
import { en as shell } from '../text/messages-en.js';
import { de } from '../text/trade/de.js';
import { en } from '../text/trade/en.js';
import { orderOf } from './kit/order.js';
import { filledPercent, orderWords, reasonOf, stateOf } from './order-words.js';

const [english, german] = [
  { ...shell, ...en },
  { ...germanShell, ...de },
];
const pair = { base: 'BTC', quote: 'USDT' };
const market = orderOf('m', { type: 'MARKET', quantity: null, quoteQuantity: '1000', price: null, side: 'SELL' });

describe('an order in words', () => {
  it('says what is bought or sold, at which price, from when on', () => {
    expect(orderWords(orderOf('a'), pair, english)).toBe('Buy 0.5 BTC at 68,000 USDT');
    expect(orderWords(orderOf('a'), pair, german)).toBe('0,5 BTC zu 68.000 USDT kaufen');
    expect(orderWords(market, pair, english)).toBe('Sell 1,000 USDT at the market');
    const stop = orderOf('s', { type: 'STOP_LOSS_LIMIT', stopPrice: '67000' });
    expect(orderWords(stop, pair, english)).toBe('Buy 0.5 BTC at 68,000 USDT, from 67,000 USDT on');
    expect(orderWords(orderOf('a'), pair, english, '•••')).toBe('Buy ••• at 68,000 USDT');
  });

  it('says how it stands, and of one that ended why, where that says more', () => {
    expect(stateOf(orderOf('a'), english)).toBe('open');
    expect(stateOf(orderOf('a', { working: false }), english)).toBe('waits for its stop');
    expect(reasonOf(orderOf('a', { status: 'EXPIRED', reason: 'protection' }), english)).toBe(
      'the price went too far away',
    );
    expect(reasonOf(orderOf('a', { status: 'EXPIRED', reason: 'of-later' }), english)).toBeUndefined();
    expect(reasonOf(orderOf('a', { reason: 'under-review' }), english)).toBeUndefined();
  });

  it('shows what is filled of it as nothing, a part or all, however little is lacking', () => {
    const part = (filledQuantity: string) => filledPercent(orderOf('a', { filledQuantity }));
    expect(['0', '0.00001', '0.25', '0.49999', '0.5'].map(part)).toEqual([0, 1, 50, 99, 100]);
    expect(filledPercent({ ...market, filledQuote: '500' })).toBe(50);
  });
});
