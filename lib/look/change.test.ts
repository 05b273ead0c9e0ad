import { expect, it } from 'vitest';
import { parseDecimal } from '../money/money.js';
import { changeOf } from './change.js';

const en = { numbers: { group: ',', point: '.' } };
const de = { numbers: { group: '.', point: ',' } };

const change = (now: string, before: string, { numbers } = en) =>
  changeOf(parseDecimal(now), parseDecimal(before), numbers);

it('shows no rise and no fall of 0.00 percent: what is too small to be seen says so and points nowhere', () => {
  expect(change('100000.76', '100000')).toMatchObject({
    text: '+0.76',
    direction: 'up',
    percent: '<0.01 %',
    percentDirection: 'same',
  });
  expect(change('99997.27', '100000')).toMatchObject({
    text: '−2.73',
    direction: 'down',
    percent: '<0.01 %',
    percentDirection: 'same',
  });
  expect(change('100000.001', '100000')).toMatchObject({
    text: '<0.01',
    direction: 'same',
    percent: '<0.01 %',
    percentDirection: 'same',
  });
  expect(change('100', '100')).toMatchObject({
    text: '0.00',
    direction: 'same',
    percent: '0.00 %',
    percentDirection: 'same',
  });
  expect(change('100000.76', '100000', de)).toMatchObject({ text: '+0,76', percent: '<0,01 %' });
});
it('is rounded exactly, and points where its digits do', () => {
  expect(change('100.005', '100')).toMatchObject({
    text: '+0.01',
    direction: 'up',
    percent: '+0.01 %',
    percentDirection: 'up',
  });
  expect(change('98765.43', '100000')).toMatchObject({
    text: '−1,234.57',
    percent: '−1.23 %',
    percentDirection: 'down',
  });
  expect(change('1', '0')).toMatchObject({ text: '+1.00', percent: undefined, percentDirection: 'same' });
});
it('is sorted by its size in every language', () => {
  const sizes = [
    change('1300000', '1000', de),
    change('2000', '1000', de),
    change('1000.01', '1000', de),
    change('900', '1000', de),
  ];
  expect(sizes.map(({ percent }) => percent)).toEqual(['+129.900,00 %', '+100,00 %', '<0,01 %', '−10,00 %']);
  expect([...sizes].sort((a, b) => b.size - a.size)).toEqual(sizes);
});
