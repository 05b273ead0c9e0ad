import { expect, it } from 'vitest';
import { createPriceTag } from './price-tag.js';

it('says what is paid now also where that is above or below what is drawn, at that edge with an arrow', () => {
  let now: number | undefined = 100;
  let isDrawn = true;
  const tag = createPriceTag({
    price: () => now,
    // A pane of 200 pixels from 120 down to 80.
    placeOf: (price) => (isDrawn ? (120 - price) * 5 : null),
    height: () => 200,
    format: (price) => `${price}.00`,
    colours: () => ({ tag: 'green', text: 'white' }),
  });
  const told = () => {
    const [view] = tag.priceAxisViews?.() ?? [];
    return view?.visible?.() ? [view.text(), view.coordinate()] : undefined;
  };
  expect(told()).toEqual(['100.00', 100]);
  now = 119;
  expect(told()).toEqual(['119.00', 10]);
  now = 500;
  expect(told()).toEqual(['↑ 500.00', 10]);
  now = 1;
  expect(told()).toEqual(['↓ 1.00', 190]);
  isDrawn = false;
  expect(told()).toBeUndefined();
  isDrawn = true;
  now = undefined;
  expect(told()).toBeUndefined();
});
