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

const decimals = ['open', 'high', 'low', 'close', 'volume', 'quoteVolume'] as const;
const integers = ['second', 'trades', 'firstTradeId', 'lastTradeId', 'lastTradeTime', 'revision'] as const;
/** What `marketBounds` of lib/money reads, so that whoever got a SecondStat can parse it without a fault. */
const decimalText = /^\d{1,30}(\.\d{1,18})?$/;

export const isDecimalText = (value: unknown): value is string => typeof value === 'string' && decimalText.test(value);

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

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
  for (const name of decimals) {
    if (!isDecimalText(fields[name])) return `${name} is not a decimal text`;
  }
  for (const name of integers) if (!isCount(fields[name])) return `${name} is not a whole number`;
  return value as SecondStat;
};
