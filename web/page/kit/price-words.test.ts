import { expect, it } from 'vitest';
import { de } from '../text/messages-de.js';
import { en } from '../text/messages-en.js';
import { priceWords } from './price-words.js';

it.each([
  ['LTC/BTC whose BTC/USDT is gone', en, { state: 'delisted', stateOf: 'btcusdt' }, 'BTC/USDT delisted'],
  ['the same in German', de, { state: 'delisted', stateOf: 'btcusdt' }, 'BTC/USDT delistet'],
  ['a coin that is gone itself', en, { state: 'delisted', stateOf: undefined }, 'delisted'],
  ['a conversion without a price', de, { state: 'waiting', stateOf: 'tusdusdt' }, 'TUSD/USDT noch kein Kurs'],
] as const)('says in words that are seen on a phone too which pair it is about: %s', (_what, text, row, word) => {
  expect(priceWords(row, text).word).toBe(word);
});
