import { afterEach, expect, it } from 'vitest';
import { countOf, seedsOf } from './counts.js';

afterEach(() => {
  delete process.env.SEEDS;
});

it('are as many as asked for, and never fewer histories than in every run', () => {
  expect([countOf('SEEDS', 7), seedsOf(7)]).toEqual([7, 7]);
  process.env.SEEDS = '1000';
  expect([countOf('SEEDS', 7), seedsOf(7), seedsOf(2_000)]).toEqual([1_000, 1_000, 2_000]);
});

it.each(['0', '-1', '1.5', 'many', '1e3'])('say what is wrong with %s', (text) => {
  process.env.SEEDS = text;
  expect(() => countOf('SEEDS', 7)).toThrow(`SEEDS must be a whole number above 0, not "${text}"`);
});
