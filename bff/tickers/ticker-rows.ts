import type { MiniTicker } from '@tickfolio/gen/market/v1';
import { type Decimal, divide, formatDecimal, isZero, multiply, parseDecimal, subtract } from '@tickfolio/lib/money';

/** A symbol of the exchange's list with its last 24 hours, as it is shown. */
export interface TickerRow {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly status: 'trading' | 'paused';
  readonly price: string;
  /** Of the price, by the exchange's clock, epoch milliseconds. */
  readonly timeMs: number;
  readonly change1h: string | null;
  readonly change24h: string | null;
  readonly change7d: string | null;
  readonly high24h: string;
  readonly low24h: string;
  readonly volume24h: string;
  readonly quoteVolume24h: string;
  readonly quoteVolumeUsdt24h: string | null;
  readonly range24h: string | null;
}

/** What a row is made of. */
export interface TickerFacts {
  readonly ticker: MiniTicker;
  readonly base: string;
  readonly quote: string;
  readonly status: TickerRow['status'];
  /** A later price than the ticker's, where the symbol is followed trade by trade. */
  readonly last: { readonly price: string; readonly timeMs: number } | undefined;
  readonly hourAgo: string | undefined;
  readonly weekAgo: string | undefined;
  /** What one of the quote asset costs in USDT; undefined where nobody knows. */
  readonly rate: Decimal | undefined;
}

const decimals = 4;
const usdtDecimals = 8;
const hundred = parseDecimal('100');
const one = parseDecimal('1');

/** In percent of what it was; null where that is not known. */
const changeOf = (price: Decimal, before: string | undefined): string | null => {
  const old = before === undefined ? undefined : parseDecimal(before);
  if (!old || isZero(old)) return null;
  return formatDecimal(divide(multiply(subtract(price, old), hundred), old, decimals));
};

/** Rounded only where there are more decimals. */
const roundedUsdt = (amount: Decimal): string =>
  formatDecimal(amount.scale > usdtDecimals ? divide(amount, one, usdtDecimals) : amount);

export const tickerRow = ({ ticker, base, quote, status, last, hourAgo, weekAgo, rate }: TickerFacts): TickerRow => {
  const newer = last && last.timeMs > ticker.eventTimeMs ? last : { price: ticker.close, timeMs: ticker.eventTimeMs };
  const [price, low, high] = [newer.price, ticker.low, ticker.high].map((text) => parseDecimal(text)) as [
    Decimal,
    Decimal,
    Decimal,
  ];
  const span = subtract(high, low);
  const volume = parseDecimal(ticker.quoteVolume);
  const place = isZero(span) ? undefined : divide(subtract(price, low), span, decimals);
  return {
    ...{ symbol: ticker.symbol, base, quote, status },
    price: formatDecimal(price),
    timeMs: newer.timeMs,
    change1h: changeOf(price, hourAgo),
    change24h: changeOf(price, ticker.open),
    change7d: changeOf(price, weekAgo),
    high24h: formatDecimal(high),
    low24h: formatDecimal(low),
    volume24h: formatDecimal(parseDecimal(ticker.volume)),
    quoteVolume24h: formatDecimal(volume),
    quoteVolumeUsdt24h: rate ? roundedUsdt(multiply(volume, rate)) : null,
    // A price of this second may lie outside of the range that the ticker knew.
    range24h: place
      ? formatDecimal(place.units < 0n ? parseDecimal('0') : place.units > 10n ** 4n ? one : place)
      : null,
  };
};
