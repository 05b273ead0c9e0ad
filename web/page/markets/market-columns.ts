/** What of a market may be left out, from left to right; what it is and its price always stand there. */
export const marketColumns = ['1h', '24h', '7d', 'volume', 'range', 'week'] as const;
export type MarketColumn = (typeof marketColumns)[number];
export const allColumns: readonly MarketColumn[] = marketColumns;
