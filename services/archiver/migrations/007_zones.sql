-- Every moment says its zone. A time without one is read and printed in the zone of whichever server or host it meets: written as UTC it was
-- hours off on a server elsewhere, and months began at that server's midnight. Only the tables' definitions change here; what was stored in
-- another zone has been set aside before and is carried over after this (services/archiver/takeover).
ALTER TABLE {database}.{table}_rows
    MODIFY COLUMN event_time DateTime64(3, 'UTC'),
    MODIFY COLUMN receive_time DateTime64(3, 'UTC'),
    MODIFY COLUMN inserted_at DateTime64(3, 'UTC');
ALTER TABLE {database}.{table}_offsets
    MODIFY COLUMN event_time DateTime64(3, 'UTC'),
    MODIFY COLUMN noted_at DateTime64(3, 'UTC');
ALTER TABLE {database}.{table}_1m MODIFY COLUMN start DateTime('UTC');
ALTER TABLE {database}.{table}_1h MODIFY COLUMN start DateTime('UTC');
ALTER TABLE {database}.{table}_audits MODIFY COLUMN audited_at DateTime64(3, 'UTC');

-- A view keeps the types that its columns had when it was made.
CREATE OR REPLACE VIEW {database}.{table} AS
SELECT
    message_id, event_type, event_time, receive_time, symbol,
    close_price, open_price, high_price, low_price, change_price, change_percent, volume, quote_volume,
    kafka_topic, kafka_partition, kafka_offset, inserted_at
FROM {database}.{table}_rows FINAL
-- Equal rows have the same month, so no month need be compared with another.
SETTINGS do_not_merge_across_partitions_select_final = 1;

CREATE OR REPLACE VIEW {database}.{ohlc}_1m AS
SELECT
    symbol, start,
    argMinMerge(t.open) AS open, max(t.high) AS high, min(t.low) AS low, argMaxMerge(t.close) AS close,
    toUInt64(groupBitmapMerge(t.tickers)) AS tickers
FROM {database}.{table}_1m AS t
GROUP BY symbol, start;

CREATE OR REPLACE VIEW {database}.{ohlc}_1h AS
SELECT
    symbol, start,
    argMinMerge(t.open) AS open, max(t.high) AS high, min(t.low) AS low, argMaxMerge(t.close) AS close,
    toUInt64(groupBitmapMerge(t.tickers)) AS tickers
FROM {database}.{table}_1h AS t
GROUP BY symbol, start;

-- The states of the newest tickers hold moments without a zone, which are moments all the same; they get theirs as they are read.
CREATE OR REPLACE VIEW {database}.{table}_latest AS
SELECT
    tupleElement(newest, 'message_id') AS message_id,
    tupleElement(newest, 'event_type') AS event_type,
    toTimeZone(tupleElement(newest, 'event_time'), 'UTC') AS event_time,
    toTimeZone(tupleElement(newest, 'receive_time'), 'UTC') AS receive_time,
    symbol,
    tupleElement(newest, 'close_price') AS close_price,
    tupleElement(newest, 'open_price') AS open_price,
    tupleElement(newest, 'high_price') AS high_price,
    tupleElement(newest, 'low_price') AS low_price,
    tupleElement(newest, 'change_price') AS change_price,
    tupleElement(newest, 'change_percent') AS change_percent
FROM (SELECT symbol, argMaxMerge(ticker) AS newest FROM {database}.{table}_newest GROUP BY symbol);
