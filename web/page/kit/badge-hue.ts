/** So many hues, in even steps around the circle; the style has their colours. */
const hues = 24;

/** The colours people know, or are near to; no two of the best known share one. */
const known: Readonly<Record<string, number>> = {
  BTC: 3,
  ETH: 18,
  USDT: 11,
  BNB: 5,
  SOL: 20,
  XRP: 14,
  USDC: 16,
  DOGE: 6,
  ADA: 17,
  TRX: 1,
  AVAX: 2,
  LINK: 19,
  DOT: 23,
  LTC: 15,
  ATOM: 21,
  XLM: 13,
  NEAR: 12,
  UNI: 22,
  SHIB: 4,
  ETC: 9,
};

/** The hue of an asset's badge: 0 to 23, always the same one. */
export const hueOf = (asset: string): number =>
  // FNV-1a: tickers that differ by one letter lie far apart.
  known[asset] ??
  ([...asset].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619), 2_166_136_261) >>> 0) % hues;

/** What stands on the badge. */
export const initialsOf = (asset: string): string => [...asset].slice(0, 3).join('');
