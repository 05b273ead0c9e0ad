-- What was traded in the ticker's 24 hours, in the base asset and in the quote asset; NULL where the message did not say.
-- Of a coin worth little there are more units than Decimal64(8) counts.
ALTER TABLE {database}.{table}_rows ADD COLUMN IF NOT EXISTS volume Nullable(Decimal(38, 8)) CODEC(ZSTD(1)) AFTER change_percent;
ALTER TABLE {database}.{table}_rows ADD COLUMN IF NOT EXISTS quote_volume Nullable(Decimal(38, 8)) CODEC(ZSTD(1)) AFTER volume;

CREATE OR REPLACE VIEW {database}.{table} AS
SELECT
    message_id, event_type, event_time, receive_time, symbol,
    close_price, open_price, high_price, low_price, change_price, change_percent, volume, quote_volume,
    kafka_topic, kafka_partition, kafka_offset, inserted_at
FROM {database}.{table}_rows FINAL
-- Equal rows have the same month, so no month need be compared with another.
SETTINGS do_not_merge_across_partitions_select_final = 1;
