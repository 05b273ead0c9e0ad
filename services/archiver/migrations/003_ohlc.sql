-- Open, high, low and close of the price per symbol and minute or hour, kept up to date by every insert. The states are such that
-- the same row once more changes nothing: first and last by time, smallest, largest, and the set of times of which tickers are counted.
CREATE TABLE IF NOT EXISTS {database}.{table}_1m
(
    symbol String CODEC(ZSTD(1)),
    start DateTime CODEC(DoubleDelta, ZSTD(1)),
    open AggregateFunction(argMin, Decimal64(8), DateTime64(3)) CODEC(ZSTD(1)),
    high SimpleAggregateFunction(max, Decimal64(8)) CODEC(ZSTD(1)),
    low SimpleAggregateFunction(min, Decimal64(8)) CODEC(ZSTD(1)),
    close AggregateFunction(argMax, Decimal64(8), DateTime64(3)) CODEC(ZSTD(1)),
    tickers AggregateFunction(groupBitmap, UInt32) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (symbol, start);

CREATE TABLE IF NOT EXISTS {database}.{table}_1h
(
    symbol String CODEC(ZSTD(1)),
    start DateTime CODEC(DoubleDelta, ZSTD(1)),
    open AggregateFunction(argMin, Decimal64(8), DateTime64(3)) CODEC(ZSTD(1)),
    high SimpleAggregateFunction(max, Decimal64(8)) CODEC(ZSTD(1)),
    low SimpleAggregateFunction(min, Decimal64(8)) CODEC(ZSTD(1)),
    close AggregateFunction(argMax, Decimal64(8), DateTime64(3)) CODEC(ZSTD(1)),
    tickers AggregateFunction(groupBitmap, UInt32) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (symbol, start);

-- A ticker is counted by its milliseconds since the start.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.{table}_1m_feed TO {database}.{table}_1m AS
SELECT
    symbol,
    toStartOfMinute(event_time) AS start,
    argMinState(close_price, event_time) AS open,
    max(close_price) AS high,
    min(close_price) AS low,
    argMaxState(close_price, event_time) AS close,
    groupBitmapState(toUInt32(toUnixTimestamp64Milli(event_time) - toInt64(toUnixTimestamp(start)) * 1000)) AS tickers
FROM {database}.{table}_rows
GROUP BY symbol, start;

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.{table}_1h_feed TO {database}.{table}_1h AS
SELECT
    symbol,
    toStartOfHour(event_time) AS start,
    argMinState(close_price, event_time) AS open,
    max(close_price) AS high,
    min(close_price) AS low,
    argMaxState(close_price, event_time) AS close,
    groupBitmapState(toUInt32(toUnixTimestamp64Milli(event_time) - toInt64(toUnixTimestamp(start)) * 1000)) AS tickers
FROM {database}.{table}_rows
GROUP BY symbol, start;

-- For reading: one row per symbol and start.
CREATE VIEW IF NOT EXISTS {database}.{ohlc}_1m AS
SELECT
    symbol, start,
    argMinMerge(t.open) AS open, max(t.high) AS high, min(t.low) AS low, argMaxMerge(t.close) AS close,
    toUInt64(groupBitmapMerge(t.tickers)) AS tickers
FROM {database}.{table}_1m AS t
GROUP BY symbol, start;

CREATE VIEW IF NOT EXISTS {database}.{ohlc}_1h AS
SELECT
    symbol, start,
    argMinMerge(t.open) AS open, max(t.high) AS high, min(t.low) AS low, argMaxMerge(t.close) AS close,
    toUInt64(groupBitmapMerge(t.tickers)) AS tickers
FROM {database}.{table}_1h AS t
GROUP BY symbol, start;
