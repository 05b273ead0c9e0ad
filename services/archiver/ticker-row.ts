import { isUtf8 } from 'node:buffer';
import { fitsDecimal64 } from '@tickfolio/lib/clickhouse';
import type { TickerMessage, tickerColumns } from '@tickfolio/lib/events/mini-ticker';

type ValuesOf<Columns extends readonly (keyof TickerMessage)[]> = {
  readonly [At in keyof Columns]: null extends TickerMessage[Columns[At]] ? string | null : string;
};
/** The values of a stored row, in the order of the columns. */
export type TickerRow = ValuesOf<typeof tickerColumns>;

/**
 * What DateTime holds, which candles begin with and the age of rows is counted in: other times would come round as one
 * of these.
 */
const firstTimeMs = 0;
const lastTimeMs = Date.UTC(2105, 11, 31, 23, 59, 59, 999);
export const maxTextLength = 256;
export const maxMessageBytes = 64 * 1_024;

/** Ten digits and eight decimals always fit Decimal64(8); that is all the column has. */
const fits = /^-?\d{1,10}(?:\.\d{1,8})?$/;
const timeText = /^(\d{4}-\d\d-\d\d)[ T]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,3})0*)?Z?$/;

class Unreadable extends Error {}

const textOf = (fields: Readonly<Record<string, unknown>>, name: string): string => {
  const value = fields[name];
  if (typeof value === 'string' && value !== '' && value.length <= maxTextLength) return value;
  if (value === undefined) throw new Unreadable(`${name} is missing`);
  throw new Unreadable(`${name} must be a text of 1 to ${maxTextLength} characters`);
};

/** Without zeros that say nothing, which the column has no room for. */
const shortest = (text: string): string =>
  text
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

const decimalOf = (fields: Readonly<Record<string, unknown>>, name: string): string => {
  const value = fields[name];
  if (typeof value === 'string' && fits.test(value)) return value;
  if (value === undefined) throw new Unreadable(`${name} is missing`);
  if (typeof value === 'number')
    throw new Unreadable(`${name} must be a decimal text, not a JSON number, which is not exact`);
  if (typeof value !== 'string' || !/^-?\d+(?:\.\d+)?$/.test(value))
    throw new Unreadable(`${name} must be a decimal text such as "1.5"`);
  if (value.length <= maxTextLength && fitsDecimal64(value)) return shortest(value);
  throw new Unreadable(`${name} does not fit Decimal64(8): at most 10 digits before the point and 8 after it`);
};

/** 30 digits before the point and 8 after it are what Decimal(38, 8) holds. */
const plainVolume = /^\d{1,30}(?:\.\d{1,8})?$/;
const volumeText = /^0*\d{1,30}(?:\.\d{1,8}0*)?$/;
/** Messages of earlier versions have none. */
const volumeOf = (fields: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = fields[name] ?? null;
  if (value === null) return null;
  if (typeof value === 'string' && value.length <= maxTextLength && volumeText.test(value))
    return plainVolume.test(value) ? value : shortest(value);
  throw new Unreadable(`${name} must be a decimal text of at most 30 digits before the point and 8 after it`);
};

/** Rows of one hour share their day, so it is judged once. */
let knownDay = '';
/** @param text of the form `2026-01-27` @returns whether there is such a day in the range of the archive's times */
export const isDay = (text: string): boolean => {
  if (text === knownDay) return true;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March.
  if (!(ms >= firstTimeMs && ms <= lastTimeMs) || !new Date(ms).toISOString().startsWith(text)) return false;
  knownDay = text;
  return true;
};

/** As DateTime64(3) prints it. */
const timeOf = (fields: Readonly<Record<string, unknown>>, name: string): string => {
  const value = fields[name];
  if (value === undefined) throw new Unreadable(`${name} is missing`);
  if (typeof value === 'string') {
    const match = timeText.exec(value);
    if (match && isDay(match[1] as string)) return `${match[1]} ${match[2]}.${(match[3] ?? '').padEnd(3, '0')}`;
  } else if (Number.isSafeInteger(value) && (value as number) >= firstTimeMs && (value as number) <= lastTimeMs) {
    return new Date(value as number).toISOString().replace('T', ' ').slice(0, -1);
  }
  throw new Unreadable(
    `${name} must be a time such as "2026-01-27 10:00:00.000" (UTC) or epoch milliseconds, of the years 1970 to 2105`,
  );
};

/** Reads one message of the topic. @returns the row, or in words why there is none. */
export const parseTickerRow = (value: Uint8Array): TickerRow | string => {
  if (value.length === 0) return 'the message is empty';
  if (value.length > maxMessageBytes) return `the message is longer than ${maxMessageBytes} bytes`;
  if (!isUtf8(value)) return 'the message is not UTF-8 text';
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8'));
  } catch {
    return 'the message is not JSON';
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return 'the message is not a JSON object';
  const of = fields as Readonly<Record<string, unknown>>;
  try {
    return [
      textOf(of, 'message_id'),
      textOf(of, 'event_type'),
      timeOf(of, 'event_time'),
      timeOf(of, 'receive_time'),
      textOf(of, 'symbol'),
      decimalOf(of, 'close_price'),
      decimalOf(of, 'open_price'),
      decimalOf(of, 'high_price'),
      decimalOf(of, 'low_price'),
      decimalOf(of, 'change_price'),
      decimalOf(of, 'change_percent'),
      volumeOf(of, 'volume'),
      volumeOf(of, 'quote_volume'),
    ];
  } catch (err) {
    if (err instanceof Unreadable) return err.message;
    throw err;
  }
};
