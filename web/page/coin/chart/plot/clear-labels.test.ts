import { expect, it } from 'vitest';
import { createClearLabels } from './clear-labels.js';

it('leaves out a label of the axis that the newest price would half cover, and has it back when that moved on', () => {
  let newest: number | undefined = 104;
  // Five pixels for one.
  const labels = createClearLabels({
    format: (price) => `${price}.00`,
    placeOf: (price) => (110 - price) * 5,
    newestPlace: () => (newest === undefined ? null : (110 - newest) * 5),
  });
  expect(labels.write([100, 105, 110])).toEqual(['100.00', '', '110.00']);
  newest = 103.5;
  expect(labels.isOutdated()).toBe(false);
  newest = 101;
  expect(labels.isOutdated()).toBe(true);
  expect(labels.write([100, 105, 110])).toEqual(['', '105.00', '110.00']);
  newest = undefined;
  expect(labels.write([100, 105, 110])).toEqual(['100.00', '105.00', '110.00']);
});
