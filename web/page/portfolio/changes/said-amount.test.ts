import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import { en as enMessages } from '../../text/messages-en.js';
import { en as enQuantity } from '../../text/quantity/en.js';
import { readSaid, type SaidAmount, saidAnew, saidOtherwise } from './said-amount.js';

const en = { ...enMessages, ...enQuantity };

const price = parseDecimal('68123.49');
const most = { quantity: parseDecimal('0.12345678'), base: 'BTC' };
const room = { most };
const read = (said: SaidAmount) => {
  const { quantity, fault } = readSaid(said, en, room);
  return fault ?? formatDecimal(quantity);
};
const otherwise = (said: SaidAmount, at = price) => saidOtherwise(said, readSaid(said, en, room).quantity, at, en);
const coins = (typed: string): SaidAmount => ({ typed, unit: 'coin', price });

it('takes away all that is held where 100 % was said in USDT meanwhile, which is half a cent more', () => {
  const said = otherwise(coins('0.12345678'));
  expect([said.unit, said.typed]).toEqual(['usdt', '8,410.31']);
  expect(read(said)).toBe('0.12345678');
  expect(read({ typed: '8,410.31', unit: 'usdt', price })).toBe('You hold 0.12345678 BTC.');
});
it('means the same quantity in USDT whatever the price is by then, and goes back to the words of before', () => {
  const said = otherwise(coins('0.1'), parseDecimal('70000'));
  expect([said.typed, read(said)]).toEqual(['7,000.00', '0.1']);
  expect(otherwise(said)).toMatchObject(coins('0.1'));
});
it('means what is typed anew, in the unit that is shown', () => {
  expect(read({ typed: '100', unit: 'usdt', price })).toBe('0.00146792');
  const said = otherwise({ typed: '100', unit: 'usdt', price });
  expect([said.unit, said.typed, read(said)]).toEqual(['coin', '0.00146792', '0.00146792']);
});
it('takes what was too much in the coin for USDT once that is chosen, and gives it back', () => {
  expect(read(coins('500'))).toBe('You hold 0.12345678 BTC.');
  const said = otherwise(coins('500'));
  expect([said.typed, read(said)]).toEqual(['500', '0.00733961']);
  expect(otherwise(said).typed).toBe('500');
});
it('never takes USDT for coins because the price is gone while one types', () => {
  const said = saidAnew({ typed: '10', unit: 'usdt', price }, '100', 'usdt', undefined);
  expect(read(said)).toBe('0.00146792');
});
