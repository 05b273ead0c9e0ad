-- Rows are written at least once. A row that is written again replaces itself: it has the same sorting key, in the same month.
-- Queries read the view below, which holds every ticker once at any moment, merged or not.
CREATE TABLE IF NOT EXISTS {database}.{table}_rows
(
    message_id String CODEC(ZSTD(1)),
    event_type String CODEC(ZSTD(1)),
    event_time DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
    receive_time DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
    symbol String CODEC(ZSTD(1)),
    close_price Decimal64(8) CODEC(Delta, ZSTD(1)),
    open_price Decimal64(8) CODEC(Delta, ZSTD(1)),
    high_price Decimal64(8) CODEC(Delta, ZSTD(1)),
    low_price Decimal64(8) CODEC(Delta, ZSTD(1)),
    change_price Decimal64(8) CODEC(Delta, ZSTD(1)),
    change_percent Decimal64(8) CODEC(Delta, ZSTD(1)),
    kafka_topic LowCardinality(String),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    inserted_at DateTime64(3) DEFAULT now64(3) CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
ORDER BY (symbol, event_time, message_id);

-- What analysts' saved queries read. The last four columns say where a row came from.
CREATE VIEW IF NOT EXISTS {database}.{table} AS
SELECT
    message_id, event_type, event_time, receive_time, symbol,
    close_price, open_price, high_price, low_price, change_price, change_percent,
    kafka_topic, kafka_partition, kafka_offset, inserted_at
FROM {database}.{table}_rows FINAL
-- Equal rows have the same month, so no month need be compared with another.
SETTINGS do_not_merge_across_partitions_select_final = 1;
