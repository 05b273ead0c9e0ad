import { tickerColumns } from '@tickfolio/lib/events/mini-ticker';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
const read = (fields: object) => parseTickerRow(Buffer.from(JSON.stringify({ ...good, ...fields })));
const column = (fields: object, name: (typeof tickerColumns)[number]) => {
  const row = read(fields);
  return typeof row === 'string' ? row : row[tickerColumns.indexOf(name)];
};

describe('a message of the topic', () => {
  it('becomes a row with every text as it came', () => {
    expect(parseTickerRow(Buffer.from(JSON.stringify(good)))).toEqual(tickerColumns.map((name) => good[name]));
  });

  it('may carry more than the columns', () => expect(column({ later: [1] }, 'symbol')).toBe('BTCUSDT'));

  it.each([
    ['2026-01-27T10:00:00.123Z', '2026-01-27 10:00:00.123'],
    ['2026-01-27 10:00:00', '2026-01-27 10:00:00.000'],
    ['2026-01-27 10:00:00.5', '2026-01-27 10:00:00.500'],
    [1_769_508_000_123, '2026-01-27 10:00:00.123'],
    ['2024-02-29 23:59:59.999', '2024-02-29 23:59:59.999'],
  ])('reads the time %s', (given, text) => expect(column({ event_time: given }, 'event_time')).toBe(text));

  it.each([
    '2026-02-30 10:00:00',
    '2026-13-01 10:00:00',
    '2026-01-27 24:00:00',
    // They would be candles of 2106 and of 1970.
    '1969-12-31 23:59:59',
    '2106-02-07 06:28:16',
    -1,
    4_294_967_296_000,
    '',
    'now',
    1.5,
    -1e15,
    null,
  ])('takes %s for no time', (given) => expect(read({ event_time: given })).toContain('event_time must be a time'));

  it('keeps every decimal that fits Decimal64(8), to the last digit', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n), fc.nat(6), (units, zeros) => {
        const digits = (units < 0n ? -units : units).toString().padStart(9, '0');
        const text = `${units < 0n ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`;
        expect(column({ close_price: text }, 'close_price')).toBe(text);
        // Further zeros change nothing, wherever they stand.
        const sign = text.startsWith('-') ? '-' : '';
        const kept = column(
          { close_price: `${sign}${'0'.repeat(zeros)}${text.slice(sign.length)}${'0'.repeat(zeros)}` },
          'close_price',
        ) as string;
        expect(new Decimal(kept).toFixed(8)).toBe(new Decimal(text).toFixed(8));
        const whole = `${'0'.repeat(12)}${digits.slice(0, -8)}`;
        expect(new Decimal(column({ close_price: whole }, 'close_price') as string).toFixed()).toBe(
          new Decimal(whole).toFixed(),
        );
      }),
    );
  });

  it.each([
    ['10000000000', 'does not fit'],
    ['0.000000001', 'does not fit'],
    ['1e3', 'must be a decimal text'],
    ['+1', 'must be a decimal text'],
    ['.5', 'must be a decimal text'],
    ['', 'must be a decimal text'],
    [68123.45, 'must be a decimal text, not a JSON number'],
    [null, 'must be a decimal text'],
  ])('refuses the price %s', (given, why) => expect(read({ high_price: given })).toContain(`high_price ${why}`));

  it('has the volumes where the message has them', () => {
    expect(
      [undefined, null, '0', '007.10', `${'9'.repeat(30)}.00000001`].map((given) =>
        column({ volume: given }, 'volume'),
      ),
    ).toEqual([null, null, '0', '007.10', `${'9'.repeat(30)}.00000001`]);
    expect(column({ quote_volume: '1.0000000000' }, 'quote_volume')).toBe('1');
    for (const given of [1, '-1', '', '1e3', '1.000000001', '1'.repeat(31)]) {
      expect(read({ quote_volume: given })).toBe(
        'quote_volume must be a decimal text of at most 30 digits before the point and 8 after it',
      );
    }
  });

  it.each(tickerColumns.slice(0, 11))('must have %s', (name) =>
    expect(read({ [name]: undefined })).toBe(`${name} is missing`),
  );

  it.each([
    ['', 'empty'],
    ['{', 'not JSON'],
    ['[1]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['"x"', 'not a JSON object'],
    [`"${'x'.repeat(70_000)}"`, 'longer than'],
    [`{"symbol":"${'x'.repeat(300)}"}`, 'message_id is missing'],
  ])('says what is wrong with %.20s', (text, why) => expect(parseTickerRow(Buffer.from(text))).toContain(why));

  it('is no text when its bytes are not UTF-8', () => {
    expect(parseTickerRow(Buffer.from([0x7b, 0xff, 0x7d]))).toBe('the message is not UTF-8 text');
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof parseTickerRow(bytes) === 'string'));
    fc.assert(fc.property(fc.json(), (text) => typeof parseTickerRow(Buffer.from(text)) === 'string'));
  });
});
