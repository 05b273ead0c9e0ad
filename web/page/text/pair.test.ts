import { expect, it } from 'vitest';
import { basesHeldTwice, nameAmong, type Pair } from './pair.js';

it('calls two pairs of one coin by two names, so that a screen reader can tell their buttons apart', () => {
  const held: readonly (Pair & { readonly name: string })[] = [
    { base: 'ETH', quote: 'USDT', name: 'Ethereum' },
    { base: 'ETH', quote: 'BTC', name: 'Ethereum' },
    { base: 'XYZ', quote: 'USDT', name: 'XYZ' },
    { base: 'XYZ', quote: 'USDC', name: 'XYZ' },
    { base: 'BTC', quote: 'USDT', name: 'Bitcoin' },
  ];
  const twice = basesHeldTwice(held);
  expect(held.map((coin) => nameAmong(coin.name, coin, twice))).toEqual([
    'Ethereum ETH/USDT',
    'Ethereum ETH/BTC',
    'XYZ/USDT',
    'XYZ/USDC',
    'Bitcoin',
  ]);
});
