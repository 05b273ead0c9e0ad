import type { TickerAnswer } from '@tickfolio/api/tickers';
import type { Freshness } from '../live/freshness.js';

const secondMs = 1_000;
/** Prices no older than this count as of now, as those that are held. */
const freshMs = 2_000;
/** Until then one waits for the next trade; then it is worth saying since when there was none. */
const quietMs = 60_000;

interface KnownTicker extends Pick<TickerAnswer, 'stale'> {
  readonly ticker: Pick<TickerAnswer['ticker'], 'time' | 'age'>;
}

/** How live the price of a coin is that nobody here holds. @param isAway the server does not answer any more */
export const tickerFreshness = ({ ticker: { time, age }, stale }: KnownTicker, isAway: boolean): Freshness => {
  const sinceMs = Date.parse(time);
  if (isAway || stale !== null) return { kind: 'down', sinceMs };
  if (age <= freshMs) return { kind: 'live', part: '100', level: 'good' };
  return age <= quietMs ? { kind: 'quiet', seconds: Math.ceil(age / secondMs) } : { kind: 'still', sinceMs };
};
