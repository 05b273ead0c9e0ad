import { memo } from 'react';
import { hueOf, initialsOf } from './badge-hue.js';

/** A coin's sign: its first letters on a colour of its own. */
export const CoinBadge = memo(({ asset }: { readonly asset: string }) => (
  <span className={`badge hue-${hueOf(asset)}`} aria-hidden="true">
    {initialsOf(asset)}
  </span>
));
