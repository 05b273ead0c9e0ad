import { add, type Decimal, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Listing } from './price-board.js';

/** One coin of a live portfolio. The valuation at one version of its listing is kept until the listing changes. */
export interface Holding {
  readonly listing: Listing;
  readonly quantity: Decimal;
  readonly quantityText: string;
  /** The coin's part of a frame up to the price. */
  readonly prefix: string;
  valuedVersion: number;
  total: Decimal | undefined;
  totalText: string;
}

/** @param quantity canonical decimal text */
export const createHolding = (listing: Listing, quantity: string): Holding => ({
  listing,
  quantity: parseDecimal(quantity),
  quantityText: quantity,
  prefix: `{"Symbol":${JSON.stringify(listing.symbol)},"Quantity":"${quantity}",`,
  valuedVersion: -1,
  total: undefined,
  totalText: 'null',
});

const value = (holding: Holding) => {
  const { listing } = holding;
  if (holding.valuedVersion === listing.version) return;
  holding.valuedVersion = listing.version;
  holding.total = listing.priceUsdt && multiply(holding.quantity, listing.priceUsdt);
  holding.totalText = holding.total ? `"${formatDecimal(holding.total)}"` : 'null';
};

export interface FrameOwner {
  readonly userId: string;
  readonly userName: string;
}

/**
 * The frame that clients get: JSON text in the contract's key order, every amount exact.
 * Only coins whose price changed since the last frame are computed again.
 * @param asOfMs time of the valuation, epoch milliseconds
 */
export const renderFrame = (owner: FrameOwner, holdings: readonly Holding[], asOfMs: number, simulated: boolean): string => {
  let sum = zero;
  let coins = '';
  for (const holding of holdings) {
    value(holding);
    if (holding.total) sum = add(sum, holding.total);
    const { priceField, qualityFields } = holding.listing;
    coins += `${coins === '' ? '' : ','}${holding.prefix}${priceField},"Total":${holding.totalText},${qualityFields}}`;
  }
  const head = `{"UserID":${JSON.stringify(owner.userId)},"UserName":${JSON.stringify(owner.userName)}`;
  const tail = `"AsOf":"${new Date(asOfMs).toISOString()}"${simulated ? ',"Simulated":true' : ''}`;
  return `${head},"TotalValue":"${formatDecimal(sum)}","Coins":[${coins}],${tail}}`;
};
