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

it('says the pair of a coin whose price is not in USDT, also where it is the only one', () => {
  expect(nameAmong('Solana', { base: 'SOL', quote: 'BNB' })).toBe('Solana SOL/BNB');
  expect(nameAmong('XYZ', { base: 'XYZ', quote: 'BTC' })).toBe('XYZ/BTC');
  expect(nameAmong('Solana', { base: 'SOL', quote: 'USDT' })).toBe('Solana');
  expect(nameAmong('WAVEBUSD', { base: 'WAVEBUSD', quote: '' })).toBe('WAVEBUSD');
});
