import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import type { Bar } from './bars.js';
import type { ArchivedTicker } from './ticker-pages.js';

/** A file of tickers ends after so many rows. */
export const maxExportRows = 100_000;

const decimal = /^-?\d+(\.\d+)?$/;
/** A spreadsheet takes what begins so for a formula and runs it. */
const formulaLike = /^[=+\-@\t\r]/;

/**
 * A field of RFC 4180. Exact decimals stay as they are, also negative ones; a text that looks like a formula gets an
 * apostrophe in front.
 */
export const csvField = (text: string): string => {
  if (decimal.test(text)) return text;
  const safe = formulaLike.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const csvLine = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\r\n`;
const timeField = (atMs: number): string => new Date(atMs).toISOString();

/** The archive's own column names and order. */
export const tickersHead = csvLine(tickerColumns);

export const tickerLines = (tickers: readonly ArchivedTicker[]): string =>
  tickers
    .map((ticker) =>
      csvLine([
        ticker.messageId,
        ticker.eventType,
        timeField(ticker.eventMs),
        timeField(ticker.receiveMs),
        ticker.symbol,
        ticker.close,
        ticker.open,
        ticker.high,
        ticker.low,
        ticker.change,
        ticker.percent,
        ticker.volume ?? '',
        ticker.quoteVolume ?? '',
      ]),
    )
    .join('');

export const barsCsv = (symbol: string, bars: readonly Bar[]): string =>
  csvLine(['symbol', 'start', 'open', 'high', 'low', 'close', 'tickers']) +
  bars
    .map((bar) =>
      csvLine([symbol, timeField(bar.startMs), bar.open, bar.high, bar.low, bar.close, String(bar.tickers)]),
    )
    .join('');

/** A file's name of safe characters: `BTCUSDT-tickers-24h-20260127T100000Z.csv`. */
export const fileName = (symbol: string, what: string, nowMs: number): string =>
  `${symbol.replace(/[^A-Za-z0-9_]/g, '_')}-${what}-${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}.csv`;
