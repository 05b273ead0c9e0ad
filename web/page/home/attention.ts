import type { PortfolioView, Row } from '../live/portfolio-view.js';

/** Something that the figures of the page do not say of themselves. */
export type Notice =
  | { readonly kind: 'unpriced' | 'old'; readonly row: Row }
  | {
      /** Changes that are counted from later than what was chosen. */
      readonly kind: 'young';
      readonly rows: readonly Row[];
      /** The latest of their beginnings, in epoch milliseconds. */
      readonly sinceMs: number;
    }
  | { readonly kind: 'simulated' };

/**
 * What somebody should know before believing the total: coins without a price, old prices, changes of a shorter time
 * than was chosen, simulated prices; the gravest first.
 */
export const noticesOf = ({ rows, simulated }: Pick<PortfolioView, 'rows' | 'simulated'>): readonly Notice[] => {
  // What is being changed here is not known whole yet.
  const known = rows.filter(({ pending }) => !pending);
  const unpriced = known.filter(({ value }) => value === undefined);
  const old = known.filter(({ value, stale }) => value !== undefined && stale);
  const young = known.filter(({ daySinceMs }) => daySinceMs !== undefined);
  return [
    ...unpriced.map((row): Notice => ({ kind: 'unpriced', row })),
    ...old.map((row): Notice => ({ kind: 'old', row })),
    ...(young.length > 0
      ? [{ kind: 'young', rows: young, sinceMs: Math.max(...young.map(({ daySinceMs = 0 }) => daySinceMs)) } as const]
      : []),
    ...(simulated ? [{ kind: 'simulated' } as const] : []),
  ];
};
