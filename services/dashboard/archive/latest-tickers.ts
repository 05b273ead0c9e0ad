import type { ArchiveNames } from '@tickfolio/lib/events/archive';
import { compare, type Decimal, parseDecimal } from '@tickfolio/lib/money';
import type { Archive } from './archive.js';

/** One ticker. Decimals are ClickHouse's exact texts, without trailing zeros. */
export interface Ticker {
  readonly messageId: string;
  readonly eventType: string;
  readonly symbol: string;
  readonly eventMs: number;
  readonly receiveMs: number;
  readonly close: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly change: string;
  readonly percent: string;
}

/**
 * The columns of a `Ticker` in SQL, from whatever has the archive's columns. Times as milliseconds, so that no time
 * zone matters.
 */
export const tickerSelection = `message_id AS messageId, event_type AS eventType, symbol, toUnixTimestamp64Milli(event_time) AS eventMs,
  toUnixTimestamp64Milli(receive_time) AS receiveMs, close_price AS close, open_price AS open, high_price AS high, low_price AS low,
  change_price AS change, change_percent AS percent`;

/** As the query answers: 64-bit integers are texts. */
export type TickerAnswer = { readonly [K in keyof Ticker]: string };

export const readTicker = (answer: TickerAnswer): Ticker => ({
  ...answer,
  eventMs: Number(answer.eventMs),
  receiveMs: Number(answer.receiveMs),
});

/** More symbols than any exchange lists. */
const maxSymbols = 10_000;

/** The newest ticker of every symbol. */
export const readLatest = async (archive: Archive, names: ArchiveNames): Promise<ReadonlyMap<string, Ticker>> => {
  const answers = await archive.read<TickerAnswer>(`SELECT ${tickerSelection} FROM ${names.latest}`, {}, maxSymbols);
  return new Map(answers.map((answer) => [answer.symbol, readTicker(answer)]));
};

/** A ticker that took longer for its way shows that two clocks differ. */
const onTheWayMs = 10_000;

/**
 * What time it is by the exchange's clock, which the tickers' own times and the charts stand on.
 * @param nowMs by the clock here; where that of the computer which received the newest ticker was wrong, so is this one
 */
export const exchangeNow = (tickers: ReadonlyMap<string, Ticker> | undefined, nowMs: number): number => {
  let newest: Ticker | undefined;
  for (const ticker of tickers?.values() ?? []) if (!newest || ticker.receiveMs > newest.receiveMs) newest = ticker;
  const aheadMs = newest ? newest.receiveMs - newest.eventMs : 0;
  return Math.abs(aheadMs) > onTheWayMs ? nowMs - aheadMs : nowMs;
};

export const sortColumns = ['symbol', 'close', 'change', 'percent', 'high', 'low', 'open', 'time'] as const;
export type SortColumn = (typeof sortColumns)[number];
export type SortDirection = 'asc' | 'desc';

const bySymbol = (a: Ticker, b: Ticker) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0);

/** Sorted exactly; what is equal is in the order of its symbols. */
export const sortTickers = (
  tickers: readonly Ticker[],
  column: SortColumn,
  direction: SortDirection,
): readonly Ticker[] => {
  const sign = direction === 'asc' ? 1 : -1;
  if (column === 'symbol') return tickers.toSorted((a, b) => sign * bySymbol(a, b));
  if (column === 'time') return tickers.toSorted((a, b) => sign * (a.eventMs - b.eventMs) || bySymbol(a, b));
  const keyed = tickers.map((ticker): [Decimal, Ticker] => [parseDecimal(ticker[column]), ticker]);
  keyed.sort(([a, first], [b, second]) => sign * compare(a, b) || bySymbol(first, second));
  return keyed.map(([, ticker]) => ticker);
};

/** Those whose symbol contains the text, whatever its case. */
export const filterTickers = (tickers: readonly Ticker[], text: string): readonly Ticker[] => {
  const wanted = text.toUpperCase();
  return wanted === '' ? tickers : tickers.filter(({ symbol }) => symbol.toUpperCase().includes(wanted));
};

/** How many letters must be added, dropped or changed to make one of the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
};

const maxSuggestions = 6;

/** Known symbols that somebody who asked for this one may have meant, the likeliest first. */
export const suggestSymbols = (asked: string, symbols: readonly string[]): readonly string[] => {
  const wanted = asked.toUpperCase();
  const rank = (symbol: string): number => {
    if (wanted.length >= 2 && symbol.startsWith(wanted)) return 0;
    if (wanted.length >= 2 && symbol.includes(wanted)) return 1;
    const letters = distance(wanted, symbol);
    return letters <= Math.max(2, Math.floor(symbol.length / 3)) ? 1 + letters : Number.POSITIVE_INFINITY;
  };
  return symbols
    .map((symbol) => [rank(symbol), symbol] as const)
    .filter(([rank]) => Number.isFinite(rank))
    .sort(([a, first], [b, second]) => a - b || (first < second ? -1 : 1))
    .slice(0, maxSuggestions)
    .map(([, symbol]) => symbol);
};
