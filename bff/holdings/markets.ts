import type { HeldSymbol } from '../market/symbols.js';

/**
 * The market by which so much of an asset is valued: that of the symbol through which it is held, or its own in USDT.
 * Undefined for USDT itself.
 * @param via empty for cash
 */
export const marketOf = (asset: string, via: string): HeldSymbol | undefined => {
  const base = asset.toLowerCase();
  if (via.startsWith(base) && via.length > base.length) return { symbol: via, quoteAsset: via.slice(base.length) };
  return base === 'usdt' ? undefined : { symbol: `${base}usdt`, quoteAsset: 'usdt' };
};
