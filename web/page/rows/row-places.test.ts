import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blockAt, blockRows, blocksAround, placesOf } from './row-places.js';

it('gives each block its place, the last one room for the rows that are left, and the higher ones theirs', () => {
  expect(placesOf(20, 10, new Map())).toEqual([0, 80, 160, 200]);
  expect(placesOf(20, 10, new Map([[1, 95]]))).toEqual([0, 80, 175, 215]);
  expect(placesOf(0, 10, new Map())).toEqual([0]);
});

it('finds the block at every height, also above the first and below the last', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3_000 }),
      fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 20 }),
      fc.integer({ min: -5_000, max: 200_000 }),
      (count, heights, px) => {
        const places = placesOf(count, 44, new Map(heights.map((height, block) => [block, height])));
        const block = blockAt(places, px);
        expect(block).toBeLessThan(Math.ceil(count / blockRows));
        if (px < 0) expect(block).toBe(0);
        else expect(places[block]).toBeLessThanOrEqual(px);
        if (px < (places.at(-1) ?? 0)) expect(places[block + 1]).toBeGreaterThan(px);
      },
    ),
  );
});

it('has the blocks around those in sight there, and one that keeps the focus', () => {
  expect(blocksAround({ first: 0, last: 2 }, undefined, 10)).toEqual([0, 1, 2, 3]);
  expect(blocksAround({ first: 8, last: 9 }, 2, 10)).toEqual([2, 7, 8, 9]);
  expect(blocksAround({ first: 4, last: 5 }, 6, 10)).toEqual([3, 4, 5, 6]);
  expect(blocksAround({ first: 0, last: 0 }, 7, 1)).toEqual([0]);
  expect(blocksAround({ first: 0, last: 0 }, undefined, 0)).toEqual([]);
});
