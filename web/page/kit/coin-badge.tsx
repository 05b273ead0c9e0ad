import { memo } from 'react';

/** The colours people know; the others get one by their letters. */
const known: Readonly<Record<string, number>> = {
  BTC: 0,
  ETH: 8,
  BNB: 0,
  SOL: 3,
  ADA: 2,
  LINK: 2,
  XRP: 11,
  DOGE: 0,
  LTC: 11,
  DOT: 4,
  AVAX: 6,
};

const hueOf = (asset: string): number =>
  known[asset] ?? [...asset].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 12, 7);

/** A coin's sign: its first letters on a colour of its own. */
export const CoinBadge = memo(({ asset }: { readonly asset: string }) => (
  <span className={`badge hue-${hueOf(asset)}`} aria-hidden="true">
    {asset.slice(0, asset.length > 3 ? 2 : 3)}
  </span>
));
