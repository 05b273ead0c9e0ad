import type { Columns } from '../portfolio/table/use-columns.js';
import { type MarketColumn, marketColumns } from './market-columns.js';

/** Where there is no room for all of them, the first ones stay. */
const importance: readonly MarketColumn[] = ['24h', 'volume', 'week', '7d', 'range', '1h'];
/** So many have room beside name and price where not all have. */
const roomForFewer = 4;

/**
 * Which of the chosen columns are shown.
 * @param basis what changes are counted from: on a phone there is room for one change, and there is none of today or of
 * 30 days
 */
export const shownColumns = (
  chosen: readonly MarketColumn[],
  room: Columns,
  basis: string,
): readonly MarketColumn[] => {
  if (room === 'phone') return [basis === '7d' ? '7d' : '24h'];
  if (room === 'all') return chosen;
  const shown = importance.filter((one) => chosen.includes(one)).slice(0, roomForFewer);
  return marketColumns.filter((one) => shown.includes(one));
};

/** How wide each is: figures of changes of five digits, of prices of twelve, have room. */
const widths: Readonly<Record<MarketColumn, string>> = {
  '1h': '88px',
  '24h': '88px',
  '7d': '104px',
  volume: '132px',
  range: 'minmax(92px, 0.7fr)',
  week: '124px',
};

/** Of a grid: name, price, columns, and what is done with a row. */
export const gridOf = (columns: readonly MarketColumn[]): string =>
  [
    'minmax(150px, 1.5fr)',
    'minmax(120px, 1fr)',
    ...columns.map((column) => widths[column]),
    'var(--market-actions)',
  ].join(' ');
