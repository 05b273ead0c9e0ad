import type { Portfolio, PortfolioSettings } from '../portfolio-calls.js';

/** What somebody has typed or chosen so far; what is not in it is as the server has it. */
export type Edited = Partial<PortfolioSettings>;

/** What there is to send, as the server would keep it: nothing of what is so already. */
export const changedSettings = (edited: Edited, now: PortfolioSettings): Edited => {
  const { name = now.name, baseCurrency = now.baseCurrency, costMethod = now.costMethod } = edited;
  const feeAsset = edited.feeAsset === undefined ? now.feeAsset : (edited.feeAsset?.trim().toUpperCase() ?? '') || null;
  const wanted: PortfolioSettings = { name: name.trim(), baseCurrency, costMethod, feeAsset };
  const names = ['name', 'baseCurrency', 'costMethod', 'feeAsset'] as const;
  return Object.fromEntries(names.filter((one) => wanted[one] !== now[one]).map((one) => [one, wanted[one]]));
};

/** Fees are paid where something is traded: what one only tells of has none. */
export const hasFees = ({ kind }: Pick<Portfolio, 'kind'>): boolean => kind !== 'tracking';
