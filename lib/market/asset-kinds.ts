/** The exchange lists symbols, and does not say of what they are made. Those that it has or had; each has a course of its own. */
const fiat = new Set(
  'EUR GBP USD AUD BRL TRY RUB UAH PLN RON CZK ZAR JPY ARS MXN COP NGN CHF CAD INR IDR VND KZT AED'.split(' '),
);
const stable = new Set(
  'USDT USDC FDUSD TUSD USDP USDS BUSD PAX DAI SUSD GUSD PYUSD RLUSD USD1 USDE BFUSD XUSD USDSB AEUR EURI BIDR IDRT BKRW BVND'.split(
    ' ',
  ),
);

/** What an asset is. Fiat money and what is made to cost as much is cash; anything else is valued by a market. */
export type AssetKind = 'crypto' | 'stable' | 'fiat';

/** @param asset upper case, as the exchange writes it */
export const assetKindOf = (asset: string): AssetKind =>
  fiat.has(asset) ? 'fiat' : stable.has(asset) ? 'stable' : 'crypto';

/** @param asset upper case */
export const isCash = (asset: string): boolean => assetKindOf(asset) !== 'crypto';
