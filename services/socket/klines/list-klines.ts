import { WeightLane as Lane, type ListKlinesRequest, type ListKlinesResponse } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { isKlineInterval, klineIntervals } from '@tickfolio/lib/market/kline-interval';
import { isMarketTime } from '@tickfolio/lib/market/market-time';
import type { Logger } from '@tickfolio/lib/telemetry';
import { createComplaint } from '@tickfolio/lib/telemetry';
import type { SocketMetrics } from '../metrics.js';
import { checkSymbol, refuse } from '../requests.js';
import type { KlinesAsked } from '../rest/kline-rows.js';
import type { WeightLane } from '../rest/weight-budget.js';
import type { KlinePages } from './kline-pages.js';

export interface ListKlinesDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<SocketMetrics, 'implausible'>;
  readonly pages: KlinePages;
  /** @throws AppError not_found for a symbol that the exchange does not list */
  readonly requireListed: (symbol: string) => void;
}

const [limitDefault, limitMax] = [500, 1_000];
const complaintPeriodMs = 10_000;

const lanes: Readonly<Record<Lane, WeightLane>> = {
  [Lane.WEIGHT_LANE_UNSPECIFIED]: 'history',
  [Lane.WEIGHT_LANE_REPAIR]: 'live',
  [Lane.WEIGHT_LANE_AUDIT]: 'audit',
  [Lane.WEIGHT_LANE_HISTORY]: 'history',
};

/** @param lane absent: what mends live prices */
export const laneOf = (lane: Lane = Lane.WEIGHT_LANE_REPAIR): WeightLane => lanes[lane];

/** @throws AppError invalid_argument */
const askedOf = ({ symbol, interval, startMs, endMs, limit }: ListKlinesRequest): KlinesAsked => {
  checkSymbol(symbol, 'symbol');
  if (!isKlineInterval(interval)) throw refuse('interval', `must be one of ${Object.keys(klineIntervals).join(', ')}`);
  if (startMs !== undefined && !isMarketTime(startMs)) throw refuse('start_ms', 'must be epoch milliseconds');
  if (endMs !== undefined && !isMarketTime(endMs)) throw refuse('end_ms', 'must be epoch milliseconds');
  if (startMs !== undefined && endMs !== undefined && startMs > endMs)
    throw refuse('end_ms', 'must not lie before start_ms');
  if (limit < 0 || limit > limitMax) throw refuse('limit', `must be from 0 to ${limitMax}`);
  return { symbol, interval, startMs, endMs, limit: limit || limitDefault };
};

/** Answers for the exchange's klines. */
export const createListKlines = ({ clock, log, metrics, pages, requireListed }: ListKlinesDeps) => {
  const complain = createComplaint(clock, log, 'the exchange has klines that cannot be right', complaintPeriodMs);
  return async (
    request: ListKlinesRequest,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<ListKlinesResponse> => {
    const asked = askedOf(request);
    requireListed(asked.symbol);
    const { klines, gaps, faults, serverTimeMs, simulated } = await pages.list(asked, laneOf(request.lane), signal);
    for (const fault of faults) metrics.implausible('history', fault);
    if (faults[0] !== undefined) complain(faults[0], { symbol: asked.symbol, rows: faults.length });
    return { klines: [...klines], gaps: [...gaps], serverTimeMs, simulated };
  };
};
