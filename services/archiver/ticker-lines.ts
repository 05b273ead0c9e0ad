import { tabSeparated } from '@tickfolio/lib/clickhouse';
import type { Batch, StoredMessage } from '@tickfolio/lib/event-log';
import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import { isDay, maxMessageBytes, maxTextLength, parseTickerRow } from './ticker-row.js';

/** A message that can never be stored. */
export interface DeadMessage {
  readonly message: StoredMessage;
  /** Why, in words. */
  readonly reason: string;
}

/** Rows as lines of ClickHouse's TabSeparated format, in one buffer, each with the message it came in. */
export interface TickerLines {
  readonly messages: readonly StoredMessage[];
  /** All lines, each with its end. */
  readonly bytes: Buffer;
  /** The lines from one place (inclusive) to another (exclusive). */
  slice(from: number, to?: number): TickerLines;
}

const code = (char: string): number => char.charCodeAt(0);
const [tab, newline, space, quote, backslash, tilde] = [
  code('\t'),
  code('\n'),
  code(' '),
  code('"'),
  code('\\'),
  code('~'),
];
const [minus, point, colon, closingBrace] = [code('-'), code('.'), code(':'), code('}')];
const [zero, two, three, five, nine] = [code('0'), code('2'), code('3'), code('5'), code('9')];

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

/** What a column takes as it is, that is without looking at it as a text. */
type Shape = 'text' | 'time' | 'price' | 'volume';
const shapeOf = (column: string): Shape => {
  if (column.endsWith('_time')) return 'time';
  if (column.endsWith('volume')) return 'volume';
  return /_(price|percent)$/.test(column) ? 'price' : 'text';
};
/** What stands before a column's value in a message as the aggregator writes it. */
const fields = tickerColumns.map((name, at) => ({
  before: Buffer.from(`${at === 0 ? '{' : '",'}"${name}":"`),
  shape: shapeOf(name),
}));

const timeBytes = '2026-01-27 10:00:00.000'.length;
const dayBytes = '2026-01-27'.length;
/** Digits that always fit: before the point in Decimal64(8) and in Decimal(38, 8), after the point in both. */
const [maxPriceWhole, maxVolumeWhole, maxFraction] = [10, 30, 8];

/**
 * Where a value ends that begins at `from`, or -1 where it must be read in another way. The byte after it may be
 * anything.
 */
type ValueEnd = (bytes: Uint8Array, from: number, end: number) => number;

const textEnd: ValueEnd = (bytes, from, end) => {
  let at = from;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) break;
    if (byte < space || byte > tilde || byte === backslash) return -1;
  }
  return at > from && at - from <= maxTextLength ? at : -1;
};

const digitsEnd: ValueEnd = (bytes, from, end) => {
  let at = from;
  while (at < end && isDigit(bytes[at] as number)) at++;
  return at;
};

const decimalEnd = (bytes: Uint8Array, from: number, end: number, maxWhole: number): number => {
  const at = digitsEnd(bytes, from, end);
  if (at === from || at - from > maxWhole) return -1;
  if (bytes[at] !== point) return at;
  const last = digitsEnd(bytes, at + 1, end);
  return last > at + 1 && last - at - 1 <= maxFraction ? last : -1;
};

const priceEnd: ValueEnd = (bytes, from, end) =>
  decimalEnd(bytes, bytes[from] === minus ? from + 1 : from, end, maxPriceWhole);
const volumeEnd: ValueEnd = (bytes, from, end) => decimalEnd(bytes, from, end, maxVolumeWhole);

/** The day that was right last: rows of one hour share it. */
const lastDay = Buffer.alloc(dayBytes);
const isDayAt = (bytes: Uint8Array, from: number): boolean => {
  let at = 0;
  while (at < dayBytes && bytes[from + at] === lastDay[at]) at++;
  if (at === dayBytes) return true;
  const day = Buffer.from(bytes.buffer, bytes.byteOffset + from, dayBytes);
  const text = day.toString('latin1');
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || !isDay(text)) return false;
  day.copy(lastDay);
  return true;
};
const isPair = (bytes: Uint8Array, from: number, maxTens: number): boolean => {
  const tens = bytes[from] as number;
  return tens >= zero && tens <= maxTens && isDigit(bytes[from + 1] as number);
};

const timeEnd: ValueEnd = (bytes, from, end) => {
  if (from + timeBytes > end || !isDayAt(bytes, from)) return -1;
  const plain =
    bytes[from + 10] === space &&
    isPair(bytes, from + 11, two) &&
    (bytes[from + 11] !== two || (bytes[from + 12] as number) <= three) &&
    bytes[from + 13] === colon &&
    isPair(bytes, from + 14, five) &&
    bytes[from + 16] === colon &&
    isPair(bytes, from + 17, five) &&
    bytes[from + 19] === point &&
    isPair(bytes, from + 20, nine) &&
    isDigit(bytes[from + 22] as number);
  return plain ? from + timeBytes : -1;
};

const endOf = (shape: Shape, bytes: Uint8Array, from: number, end: number): number => {
  if (shape === 'price') return priceEnd(bytes, from, end);
  if (shape === 'text') return textEnd(bytes, from, end);
  return shape === 'time' ? timeEnd(bytes, from, end) : volumeEnd(bytes, from, end);
};

/**
 * Copies the values of a message as the aggregator writes it: every column in its order, nothing else, only what stands
 * in a line as it is. Each byte is looked at once and no text is made of it, which is what makes an archiver of 100 000
 * rows a second.
 * @returns one past the last byte that was written, or -1 for any other message
 */
const copyPlain = (message: Uint8Array, line: Buffer, start: number): number => {
  // Closed by `"}`: then every value ends before the message does.
  const end = message.length - 1;
  if (message[end] !== closingBrace || message[end - 1] !== quote) return -1;
  let from = 0;
  let to = start;
  for (let column = 0; column < fields.length; column++) {
    const { before, shape } = fields[column] as (typeof fields)[number];
    for (let i = 0; i < before.length; i++) if (message[from + i] !== before[i]) return -1;
    from += before.length;
    const valueEnd = endOf(shape, message, from, end);
    if (valueEnd < 0) return -1;
    while (from < valueEnd) line[to++] = message[from++] as number;
    line[to++] = tab;
  }
  return from === end - 1 ? to : -1;
};

/**
 * Reads the messages of a batch for storing them: a line of the ticker's columns, then topic, partition and offset.
 * @returns the lines of what can be stored, and the rest with the reason
 */
export const readTickerLines = (
  batch: Batch,
): { readonly lines: TickerLines; readonly dead: readonly DeadMessage[] } => {
  const place = Buffer.from(tabSeparated([batch.topic, batch.partition]));
  const dead: DeadMessage[] = [];
  const messages: StoredMessage[] = [];
  /** Where each line ends. */
  const ends: number[] = [];
  let room = 0;
  // A line is shorter than its message, which names every column, but for where it came from.
  for (const { value, offset } of batch.messages) room += value.length + place.length + offset.length + 3;
  const bytes = Buffer.allocUnsafe(room);
  let at = 0;

  for (const message of batch.messages) {
    const { value, offset } = message;
    const plainEnd = value.length <= maxMessageBytes ? copyPlain(value, bytes, at) : -1;
    if (plainEnd >= 0) at = plainEnd;
    else {
      const row = parseTickerRow(value);
      if (typeof row === 'string') {
        dead.push({ message, reason: row });
        continue;
      }
      const line = Buffer.from(`${tabSeparated(row)}\t`);
      if (at + line.length > bytes.length) throw new RangeError('A line is longer than its message.');
      at += line.copy(bytes, at);
    }
    for (let i = 0; i < place.length; i++) bytes[at++] = place[i] as number;
    bytes[at++] = tab;
    for (let i = 0; i < offset.length; i++) bytes[at++] = offset.charCodeAt(i);
    bytes[at++] = newline;
    messages.push(message);
    ends.push(at);
  }
  return { lines: linesOf(bytes, messages, ends, 0), dead };
};

/** @param ends where the lines end in `bytes`; @param begin where the first begins */
const linesOf = (
  bytes: Buffer,
  messages: readonly StoredMessage[],
  ends: readonly number[],
  begin: number,
): TickerLines => ({
  messages,
  bytes: bytes.subarray(begin, ends.at(-1) ?? begin),
  slice: (from, to) =>
    linesOf(bytes, messages.slice(from, to), ends.slice(from, to), from === 0 ? begin : (ends[from - 1] ?? begin)),
});
