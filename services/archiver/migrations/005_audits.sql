-- What the standing audit found, each time it ran: one row per partition.
CREATE TABLE IF NOT EXISTS {database}.{table}_audits
(
    audited_at DateTime64(3) CODEC(Delta, ZSTD(1)),
    topic LowCardinality(String),
    kafka_partition UInt16,
    messages UInt64,
    archived UInt64,
    repeated UInt64,
    dead_letters UInt64,
    missing Int64,
    duplicate Int64,
    lag UInt64,
    checked_from UInt64,
    checked_to UInt64
)
ENGINE = MergeTree
ORDER BY (audited_at, kafka_partition)
TTL toDateTime(audited_at) + INTERVAL 30 DAY;
