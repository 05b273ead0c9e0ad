import { createChoice, useChoice } from './choice.js';

/** Told to the style; before the first picture `appearance.js` does the same. */
const mark = (name: string) => (value: string) => {
  // Tests of what stands on choices have no document.
  if (globalThis.document) document.documentElement.dataset[name] = value;
};

/** From when changes are counted, on every part of every screen. */
export const basisChoice = createChoice('tickfolio.basis', ['24h', 'today', '7d', '30d']);
/** What amounts are shown in; converted ones are marked with ≈. */
export const currencyChoice = createChoice('tickfolio.currency', ['USDT', 'EUR', 'BTC', 'ETH']);
/** Hides amounts, for who is looked over the shoulder. */
export const discreetChoice = createChoice('tickfolio.discreet', ['off', 'on'], mark('discreet'));
/** The colours of up and down. */
export const directionsChoice = createChoice(
  'tickfolio.directions',
  ['green-red', 'red-green', 'blue-orange'],
  mark('directions'),
);
/** Nothing lights up when it changes. */
export const calmChoice = createChoice('tickfolio.calm', ['off', 'on'], mark('calm'));
/** Whether holdings are listed that are worth next to nothing. */
export const dustChoice = createChoice('tickfolio.dust', ['shown', 'hidden']);
/** The zone of all times. */
export const zoneChoice = createChoice('tickfolio.zone', ['local', 'utc']);
export const railChoice = createChoice('tickfolio.rail', ['open', 'folded'], mark('rail'));
/** Whether single keys do something; who dictates to the computer may not want that (WCAG 2.1.4). */
export const keysChoice = createChoice('tickfolio.keys', ['on', 'off']);

export type Basis = (typeof basisChoice.values)[number];
export type Currency = (typeof currencyChoice.values)[number];

export const useDiscreet = (): boolean => useChoice(discreetChoice) === 'on';
