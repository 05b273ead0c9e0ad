import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { archiveNames, rowColumns, usualArchive } from './archive.js';
import { miniTickers, type TickerMessage, tickerColumns } from './mini-ticker.js';
import { deadLettersOf, messageOf } from './topic.js';

const ticker: TickerMessage = {
  message_id: 'BTCUSDT-1769508000123',
  event_type: '24hrMiniTicker',
  event_time: '2026-01-27 10:00:00.123',
  receive_time: '2026-01-27 10:00:00.163',
  symbol: 'BTCUSDT',
  close_price: '68123.45000000',
  open_price: '68000.00000000',
  high_price: '69000.00000000',
  low_price: '67000.00000000',
  change_price: '123.45',
  change_percent: '0.18154412',
  volume: '1234.5',
  quote_volume: null,
};

describe('a mini-ticker', () => {
  it('has the topic, the key and the fields that others read, in the order of the columns of the archive', () => {
    const { key, value } = messageOf(miniTickers, ticker);
    expect([miniTickers.name, miniTickers.partitions, deadLettersOf(miniTickers.name).name, key]).toEqual([
      'binance.miniticker',
      3,
      'binance.miniticker.dlq',
      'BTCUSDT',
    ]);
    const written = JSON.parse(String(value)) as object;
    expect([Object.keys(written), Object.keys(miniTickers.schema.properties)]).toEqual([tickerColumns, tickerColumns]);
    expect(rowColumns).toEqual([...tickerColumns, 'kafka_topic', 'kafka_partition', 'kafka_offset']);
  });

  it('is one as well in the form of before, without volumes, or of later, with more', () => {
    const { volume: _, quote_volume: __, ...before } = ticker;
    expect([ticker, before, { ...ticker, later: 1 }].map((one) => Check(miniTickers.schema, one))).toEqual([
      true,
      true,
      true,
    ]);
    const { symbol: ___, ...nobodys } = ticker;
    expect([nobodys, { ...ticker, close_price: 1.5 }].map((one) => Check(miniTickers.schema, one))).toEqual([
      false,
      false,
    ]);
  });
});

describe('the archive', () => {
  it('has the names that saved queries have', () => {
    expect(archiveNames(usualArchive.database, usualArchive.table)).toMatchObject({
      view: 'crypto.market_tickers',
      latest: 'crypto.market_tickers_latest',
      minutes: 'crypto.market_ohlc_1m',
      hours: 'crypto.market_ohlc_1h',
      audits: 'crypto.market_tickers_audits',
    });
  });
  it('has no name that would have to be quoted', () => {
    expect(() => archiveNames('crypto', 'x; DROP TABLE y')).toThrow('no plain name');
  });
});
