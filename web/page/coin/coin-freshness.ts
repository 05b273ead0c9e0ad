import type { FrameCoin, PriceState } from '@tickfolio/client/frame';
import { type Freshness, isFresh, notFresh } from '../live/freshness.js';

/** Of these the mark beside the coin says all there is to say. */
const told: ReadonlySet<PriceState | undefined> = new Set<PriceState>([
  'halted',
  'delisted',
  'never-traded',
  'unreadable',
]);

/** Of one coin; undefined where it has no price, or one that stands still for a reason of its own. */
export const coinFreshnessOf = (coin: FrameCoin, asOfMs: number): Freshness | undefined => {
  if (isFresh(coin, asOfMs)) return { kind: 'live', part: '100', level: 'good' };
  return told.has(coin.PriceState) ? undefined : notFresh([coin], asOfMs);
};
