import type { MiniTicker } from '@tickfolio/gen/market/v1';
import { z } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';
import { isMarketTime } from '@tickfolio/lib/market/market-time';
import { tickerFault } from '@tickfolio/lib/market/ticker-figures';
import { amountKind } from '@tickfolio/lib/money';

/** More than any exchange lists. */
const rowsMax = 20_000;

const list = z.array(z.record(z.string(), z.unknown())).max(rowsMax);

/**
 * Reads `GET ticker/24hr?type=MINI`; a symbol whose figures cannot be read is left out, as is one that was never
 * traded. @throws AppError unavailable for what is no list
 */
export const readDayTickers = (body: unknown): MiniTicker[] => {
  const read = list.safeParse(body);
  if (!read.success)
    throw new AppError('unavailable', 'The exchange sent no list of its last 24 hours.', { cause: read.error });
  return read.data.flatMap((row) => {
    const { symbol, closeTime, lastPrice, openPrice, highPrice, lowPrice, volume, quoteVolume } = row;
    const figures = { c: lastPrice, o: openPrice, h: highPrice, l: lowPrice, v: volume, q: quoteVolume };
    if (typeof symbol !== 'string' || !isMarketTime(closeTime) || tickerFault(figures) !== undefined) return [];
    if (amountKind(lastPrice) !== 'positive') return [];
    return [
      {
        symbol: symbol.toLowerCase(),
        eventTimeMs: closeTime,
        close: String(lastPrice),
        open: String(openPrice),
        high: String(highPrice),
        low: String(lowPrice),
        volume: String(volume),
        quoteVolume: String(quoteVolume),
      },
    ];
  });
};
