import { tabSeparated } from '@tickfolio/lib/clickhouse';
import type { StoredMessage } from '@tickfolio/lib/event-log';
import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import { membersOf, writeObject } from '@tickfolio/lib/kit/json-writing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTickers } from './kit/tickers.js';
import { readTickerLines } from './ticker-lines.js';
import { parseTickerRow } from './ticker-row.js';

const good = {
  message_id: 'BTCUSDT-1769508000123',
  event_type: '24hrMiniTicker',
  event_time: '2026-01-27 10:00:00.123',
  receive_time: '2026-01-27 10:00:00.200',
  symbol: 'BTCUSDT',
  close_price: '68123.45000000',
  open_price: '68000',
  high_price: '69000.5',
  low_price: '0.00000001',
  change_price: '-123.45',
  change_percent: '0.18154411',
  volume: '12345678901234.5',
  quote_volume: '0.00000000',
};

const topic = 'binance.miniticker';
const messagesOf = (values: readonly Uint8Array[]): StoredMessage[] =>
  values.map((value, at) => ({
    offset: String(9_007_199_254_740_993n + BigInt(at)),
    key: 'K',
    value: Buffer.from(value),
    headers: {},
    timestampMs: 1,
  }));
const linesOf = (values: readonly Uint8Array[]) =>
  readTickerLines({ topic, partition: 2, messages: messagesOf(values), heartbeat: async () => undefined });
/** The same by the way that takes every message apart: a line, or why there is none. */
const slowly = (value: Uint8Array, at = 0) => {
  const row = parseTickerRow(value);
  return typeof row === 'string'
    ? { reason: row }
    : { line: tabSeparated([...row, topic, 2, 9_007_199_254_740_993n + BigInt(at)]) };
};
const read = (value: Uint8Array) => {
  const { lines, dead } = linesOf([value]);
  return dead[0] ? { reason: dead[0].reason } : { line: lines.bytes.toString().slice(0, -1) };
};

describe('a line', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', 'A\tB', '\\N', '"', '\u007f', 'é', 'x'.repeat(257)),
  );
  const decimal = fc.oneof(
    fc.constantFrom('1', '-0', '00.10', '1.', '.5', '1e3', '99999999990', '1.123456789', '1.1234567800', '+1'),
    fc.float().map(String),
  );
  const time = fc.constantFrom(
    '2026-02-30 10:00:00.000',
    '2026-01-27T10:00:00.123Z',
    '2026-01-27 24:00:00.000',
    '2026-01-27 10:00:00',
    '1899-12-31 23:59:59.000',
  );
  const madeFor = (name: string) =>
    name.endsWith('_time') ? time : /_(price|percent)$|volume$/.test(name) ? decimal : text;

  it('is the row, for tickers as the aggregator writes them', () => {
    const next = createTickers('lines', Date.UTC(2026, 0, 31, 23, 59));
    for (let i = 0; i < 1_000; i++) {
      const { value, row } = next();
      expect(read(Buffer.from(value))).toEqual({ line: [...row, topic, 2, '9007199254740993'].join('\t') });
    }
  });

  it('is the row, or the same refusal, also where some of a message is unusual', () => {
    const fields = fc.record(
      Object.fromEntries(tickerColumns.map((name) => [name, fc.option(madeFor(name), { nil: undefined, freq: 2 })])),
    );
    fc.assert(
      fc.property(fields, fc.boolean(), (unusual, more) => {
        const given = Object.fromEntries(Object.entries(unusual).filter(([, value]) => value !== undefined));
        const bytes = Buffer.from(JSON.stringify({ ...good, ...given, ...(more ? { later: 1 } : {}) }));
        expect(read(bytes)).toEqual(slowly(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the row, or the same refusal, in whatever way the message is written', () => {
    const odd = [
      '1',
      '-1',
      '"1"',
      '"x"',
      'null',
      '1e400',
      '12345678901234567890',
      '{}',
      '"0.123456789"',
      '"2026-01-27 10:00:00.123"',
    ];
    let plain = 0;
    const property = fc.property(fc.gen(), (g) => {
      const fields = g(fc.boolean) ? good : { ...good, symbol: '币安人生USDT', message_id: 'a"b\\c' };
      const bytes = Buffer.from(g(fc.boolean) ? JSON.stringify(fields) : writeObject(g, membersOf(g, fields, odd)));
      const found = read(bytes);
      if ('line' in found) plain += 1;
      expect(found).toEqual(slowly(bytes));
    });
    fc.assert(property, { numRuns: 500 });
    expect(plain).toBeGreaterThan(50);
  });

  it('is the row, or the same refusal, for a message that was damaged anywhere', () => {
    const whole = Buffer.from(JSON.stringify(good));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.constantFrom('change', 'insert', 'cut'),
        (at, byte, how) => {
          const rest = whole.subarray(how === 'insert' ? at : at + 1);
          const bytes = Buffer.concat([whole.subarray(0, at), Buffer.from(how === 'cut' ? [] : [byte]), rest]);
          expect(read(bytes)).toEqual(slowly(bytes));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('knows every hour, minute and second there is, and no other', () => {
    const pair = fc.integer({ min: 0, max: 99 }).map((value) => String(value).padStart(2, '0'));
    fc.assert(
      fc.property(pair, pair, pair, (hours, minutes, seconds) => {
        const bytes = Buffer.from(
          JSON.stringify({ ...good, receive_time: `2026-01-27 ${hours}:${minutes}:${seconds}.999` }),
        );
        expect(read(bytes)).toEqual(slowly(bytes));
        expect('line' in read(bytes)).toBe(hours < '24' && minutes < '60' && seconds < '60');
      }),
    );
  });
});

describe('the lines of a batch', () => {
  const value = (fields: object) => Buffer.from(JSON.stringify({ ...good, ...fields }));
  const mixed = [
    value({}),
    Buffer.from('poison'),
    value({ symbol: 'Ä\t' }),
    value({ later: 1 }),
    value({ close_price: '1e3' }),
    value({}),
  ];

  it('follow each other in their order, and leave out with a reason what is no ticker', () => {
    const { lines, dead } = linesOf(mixed);
    const kept = [0, 2, 3, 5];
    expect(lines.bytes.toString()).toBe(kept.map((at) => `${slowly(mixed[at] as Buffer, at).line}\n`).join(''));
    expect(lines.messages.map((message) => message.value)).toEqual(kept.map((at) => mixed[at]));
    expect(dead.map(({ message, reason }) => [message.value.toString(), reason])).toEqual([
      ['poison', 'the message is not JSON'],
      [String(mixed[4]), 'close_price must be a decimal text such as "1.5"'],
    ]);
  });

  it('can be halved until one is left, each time with the messages they were made of', () => {
    const { lines } = linesOf(mixed);
    const found: [string, unknown][] = [];
    const halve = (part: typeof lines): void => {
      const [first, second] = part.messages;
      if (first && !second) found.push([part.bytes.toString(), first]);
      if (!second) return;
      const half = part.messages.length >> 1;
      halve(part.slice(0, half));
      halve(part.slice(half));
    };
    halve(lines);
    expect(found.map(([text]) => text).join('')).toBe(lines.bytes.toString());
    expect(found.map(([, message]) => message)).toEqual(lines.messages);
    expect(lines.slice(2, 2).bytes.length).toBe(0);
  });
});
