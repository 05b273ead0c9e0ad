-- What became of every offset of the topic: a row, or a dead letter (written by the archiver). Repeats replace themselves.
CREATE TABLE IF NOT EXISTS {database}.{table}_offsets
(
    topic LowCardinality(String),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta, ZSTD(1)),
    symbol LowCardinality(String),
    event_time DateTime64(3) CODEC(Delta, ZSTD(1)),
    dead_letter Bool CODEC(ZSTD(1)),
    noted_at DateTime64(3) DEFAULT now64(3) CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, kafka_partition, kafka_offset);

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.{table}_offsets_feed TO {database}.{table}_offsets AS
SELECT kafka_topic AS topic, kafka_partition, kafka_offset, symbol, event_time, false AS dead_letter
FROM {database}.{table}_rows;
