import type { CandleRange } from '@tickfolio/api/market';
import { klineIntervals } from '@tickfolio/lib/market/kline-interval';
import type { ChartInterval } from '../../text/asset-address.js';

export const stepOf = (interval: ChartInterval): number => klineIntervals[interval];

/** What our own archive has instead, of about that step; nothing of seconds. */
export const archiveRanges: Readonly<Record<ChartInterval, CandleRange>> = {
  '1s': '1h',
  '1m': '1h',
  '5m': '6h',
  '15m': '24h',
  '1h': '7d',
  '4h': '30d',
  '1d': '1y',
};
