import { isMarketTime } from '../market/market-time.js';
import { type AmountKind, amountKind, marketBounds } from '../money/money.js';

/** What happened to one symbol in one second, by the exchange's trade time. Decimal texts are canonical. */
export interface SecondStat {
  /** Lower case. */
  readonly symbol: string;
  /** Start of the second, epoch milliseconds. */
  readonly second: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** In the base asset. */
  readonly volume: string;
  readonly quoteVolume: string;
  /** Number of aggregate trades. */
  readonly trades: number;
  /** Aggregate trade ids. */
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  /** Epoch milliseconds. */
  readonly lastTradeTime: number;
  /** False while a hole in the trades of this second is not filled. */
  readonly complete: boolean;
  /** Counts the publications of this second from 0; the highest is right. */
  readonly revision: number;
}

const prices = ['open', 'high', 'low', 'close'] as const;
const volumes = ['volume', 'quoteVolume'] as const;
const times = ['second', 'lastTradeTime'] as const;
const counts = ['trades', 'firstTradeId', 'lastTradeId', 'revision'] as const;

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const faults: Readonly<Record<AmountKind, string | undefined>> = {
  positive: undefined,
  zero: 'is 0, which is no price',
  unreadable: 'is not a decimal text',
  'too many digits': 'has more digits than an amount of a market',
};
const priceFault = (value: unknown): string | undefined => faults[amountKind(value)];
/** With room for what is computed of prices and quantities. */
const volumeFault = (value: unknown): string | undefined => {
  const kind = amountKind(value, marketBounds);
  return kind === 'zero' ? undefined : faults[kind];
};

/** Reads a SecondStat from JSON. @returns the reason, as text, when it is none. */
export const decodeSecondStat = (text: string): SecondStat | string => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  if (typeof value !== 'object' || value === null) return 'not an object';
  const fields = value as Record<string, unknown>;
  if (typeof fields.symbol !== 'string' || fields.symbol === '') return 'symbol is not a text';
  if (typeof fields.complete !== 'boolean') return 'complete is neither true nor false';
  for (const name of prices) {
    const fault = priceFault(fields[name]);
    if (fault) return `${name} ${fault}`;
  }
  for (const name of volumes) {
    const fault = volumeFault(fields[name]);
    if (fault) return `${name} ${fault}`;
  }
  for (const name of times) if (!isMarketTime(fields[name])) return `${name} is not a time in milliseconds`;
  for (const name of counts) if (!isCount(fields[name])) return `${name} is not a whole number`;
  return value as SecondStat;
};
