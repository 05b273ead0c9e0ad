import type { Holding } from '../live/holdings.js';
import { isLacking } from '../live/lacking.js';
import type { Row } from '../live/portfolio-view.js';

/** Something that the figures of the page do not say of themselves. */
export type Notice =
  | {
      readonly kind: 'unpriced' | 'old';
      readonly holding: Holding;
      /** Its markets of which this is so. */
      readonly rows: readonly [Row, ...Row[]];
    }
  | {
      /** Changes that are counted from later than what was chosen. */
      readonly kind: 'young';
      readonly holdings: readonly Holding[];
      /** The latest of their beginnings, in epoch milliseconds. */
      readonly sinceMs: number;
    }
  | {
      /** Orders that wait to be filled. */
      readonly kind: 'orders';
      readonly count: number;
      /** Of the newest of them. */
      readonly symbol: string;
    }
  | { readonly kind: 'simulated' };

/** Of a holding, where it is so of any of its markets. */
const noticeOf = (kind: 'unpriced' | 'old', holding: Holding): Notice | undefined => {
  const [first, ...others] = holding.rows.filter(
    kind === 'unpriced' ? isLacking : ({ value, stale, pending }) => !pending && value !== undefined && stale,
  );
  return first && { kind, holding, rows: [first, ...others] };
};

/**
 * What somebody should know before believing the total: assets without a price, old prices, changes of a shorter time
 * than was chosen, orders that wait, simulated prices; the gravest first, and of an asset only the gravest.
 * @param waiting the newest first
 */
export const noticesOf = (
  holdings: readonly Holding[],
  simulated: boolean,
  waiting: readonly { readonly symbol: string }[],
): readonly Notice[] => {
  const unpriced = holdings.flatMap((holding) => noticeOf('unpriced', holding) ?? []);
  const told = new Set(unpriced.map((notice) => 'holding' in notice && notice.holding));
  const old = holdings.filter((holding) => !told.has(holding)).flatMap((holding) => noticeOf('old', holding) ?? []);
  const beginnings = (holding: Holding) =>
    holding.rows.flatMap(({ daySinceMs, pending }) => (daySinceMs === undefined || pending ? [] : [daySinceMs]));
  const young = holdings.filter((holding) => beginnings(holding).length > 0);
  return [
    ...unpriced,
    ...old,
    ...(young.length > 0
      ? [{ kind: 'young', holdings: young, sinceMs: Math.max(...young.flatMap(beginnings)) } as const]
      : []),
    ...(waiting[0] ? [{ kind: 'orders', count: waiting.length, symbol: waiting[0].symbol } as const] : []),
    ...(simulated ? [{ kind: 'simulated' } as const] : []),
  ];
};
