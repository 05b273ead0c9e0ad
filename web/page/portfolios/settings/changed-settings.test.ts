import { expect, it } from 'vitest';
import { changedSettings } from './changed-settings.js';

const now = { name: 'Paper', baseCurrency: 'USDT', costMethod: 'FIFO', feeAsset: 'BNB' } as const;

it.each([
  ['nothing where nothing was changed', {}, {}],
  ['nothing of what is so already', { name: ' Paper ', costMethod: 'FIFO', feeAsset: 'bnb ' }, {}],
  ['what is otherwise', { name: 'Other', baseCurrency: 'EUR' }, { name: 'Other', baseCurrency: 'EUR' }],
  ['no fee asset where the field was emptied', { feeAsset: ' ' }, { feeAsset: null }],
  ['an empty name as one, which has to be refused', { name: ' ' }, { name: '' }],
] as const)('sends %s', (_, edited, change) => {
  expect(changedSettings(edited, now)).toEqual(change);
});
