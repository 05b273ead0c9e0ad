-- The newest ticker of every symbol, kept up to date by every insert, so that nobody scans rows to see where prices stand.
-- The state does not change when the same row comes once more; of two tickers of one moment the larger id counts.
CREATE TABLE IF NOT EXISTS {database}.{table}_newest
(
    symbol String CODEC(ZSTD(1)),
    ticker AggregateFunction(
        argMax,
        Tuple(
            message_id String, event_type String, event_time DateTime64(3), receive_time DateTime64(3),
            close_price Decimal64(8), open_price Decimal64(8), high_price Decimal64(8), low_price Decimal64(8),
            change_price Decimal64(8), change_percent Decimal64(8)
        ),
        Tuple(DateTime64(3), String)
    ) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY symbol;

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.{table}_newest_feed TO {database}.{table}_newest AS
SELECT
    symbol,
    argMaxState(
        CAST(
            (message_id, event_type, event_time, receive_time, close_price, open_price, high_price, low_price, change_price, change_percent),
            'Tuple(message_id String, event_type String, event_time DateTime64(3), receive_time DateTime64(3), close_price Decimal64(8), open_price Decimal64(8), high_price Decimal64(8), low_price Decimal64(8), change_price Decimal64(8), change_percent Decimal64(8))'
        ),
        (event_time, message_id)
    ) AS ticker
FROM {database}.{table}_rows
GROUP BY symbol;

-- For reading: the columns of the archive, one row per symbol.
CREATE VIEW IF NOT EXISTS {database}.{table}_latest AS
SELECT
    tupleElement(newest, 'message_id') AS message_id,
    tupleElement(newest, 'event_type') AS event_type,
    tupleElement(newest, 'event_time') AS event_time,
    tupleElement(newest, 'receive_time') AS receive_time,
    symbol,
    tupleElement(newest, 'close_price') AS close_price,
    tupleElement(newest, 'open_price') AS open_price,
    tupleElement(newest, 'high_price') AS high_price,
    tupleElement(newest, 'low_price') AS low_price,
    tupleElement(newest, 'change_price') AS change_price,
    tupleElement(newest, 'change_percent') AS change_percent
FROM (SELECT symbol, argMaxMerge(ticker) AS newest FROM {database}.{table}_newest GROUP BY symbol);
