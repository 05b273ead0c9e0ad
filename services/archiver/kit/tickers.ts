import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import { createRandom } from '@tickfolio/lib/kit/random';
import type { TickerRow } from '../ticker-row.js';

const eightDecimals = (units: number): string => {
  const digits = String(units).padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
};

export interface MadeTicker {
  readonly key: string;
  readonly value: string;
  readonly row: TickerRow;
}

/**
 * Tickers one after the other for some symbols, a second apart, as the aggregator publishes them. Every row differs
 * from every other.
 */
export const createTickers = (seed: string, startMs: number, symbols = 20): (() => MadeTicker) => {
  const random = createRandom(seed);
  let made = 0;
  const price = () => eightDecimals(1 + Math.floor(random() * 9e15));
  /** Up to what a coin worth little is traded in a day. */
  const volume = () => `${Math.floor(random() * 10 ** (1 + Math.floor(random() * 15)))}.${price().slice(-8)}`;
  const time = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
  return () => {
    const symbol = `SYM${made % symbols}USDT`;
    const eventMs = startMs + Math.floor(made / symbols) * 1_000 + (made % 7);
    made++;
    const row: TickerRow = [
      `${symbol}-${eventMs}`,
      '24hrMiniTicker',
      time(eventMs),
      time(eventMs + Math.floor(random() * 200)),
      symbol,
      price(),
      price(),
      price(),
      price(),
      `${random() < 0.5 ? '-' : ''}${price()}`,
      `${random() < 0.5 ? '-' : ''}${price()}`,
      volume(),
      volume(),
    ];
    const value = JSON.stringify(Object.fromEntries(tickerColumns.map((name, at) => [name, row[at]])));
    return { key: symbol, value, row };
  };
};
