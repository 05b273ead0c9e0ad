-- Beside the ticker with the newest time of its own, the one that was received last: a ticker whose own time lies ahead would stand as the
-- newest until that time comes. Filled from now on; a symbol without tickers since then has the first alone.
ALTER TABLE {database}.{table}_newest ADD COLUMN IF NOT EXISTS received AggregateFunction(
    argMax,
    Tuple(
        message_id String, event_type String, event_time DateTime64(3), receive_time DateTime64(3),
        close_price Decimal64(8), open_price Decimal64(8), high_price Decimal64(8), low_price Decimal64(8),
        change_price Decimal64(8), change_percent Decimal64(8)
    ),
    Tuple(DateTime64(3), DateTime64(3), String)
) CODEC(ZSTD(1));

CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.{table}_received_feed TO {database}.{table}_newest AS
SELECT
    symbol,
    argMaxState(
        CAST(
            (message_id, event_type, event_time, receive_time, close_price, open_price, high_price, low_price, change_price, change_percent),
            'Tuple(message_id String, event_type String, event_time DateTime64(3), receive_time DateTime64(3), close_price Decimal64(8), open_price Decimal64(8), high_price Decimal64(8), low_price Decimal64(8), change_price Decimal64(8), change_percent Decimal64(8))'
        ),
        CAST((receive_time, event_time, message_id), 'Tuple(DateTime64(3), DateTime64(3), String)')
    ) AS received
FROM {database}.{table}_rows
GROUP BY symbol;

-- Of the two the one that was received last where the other one was ahead of its receipt by a minute more. Not so where that receipt lies
-- in the future: then it is the clock of this computer that was set back, and the tickers' own times go on.
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
FROM (
    SELECT
        symbol,
        toUnixTimestamp64Milli(tupleElement(furthest, 'event_time')) - toUnixTimestamp64Milli(tupleElement(furthest, 'receive_time')) AS furthest_ahead_ms,
        toUnixTimestamp64Milli(tupleElement(last, 'event_time')) - toUnixTimestamp64Milli(tupleElement(last, 'receive_time')) AS last_ahead_ms,
        if(
            tupleElement(last, 'message_id') != ''
                AND furthest_ahead_ms > 60000
                AND furthest_ahead_ms > abs(last_ahead_ms) + 60000
                AND tupleElement(last, 'receive_time') <= now64(3) + INTERVAL 1 MINUTE,
            last,
            furthest
        ) AS newest
    FROM (SELECT symbol, argMaxMerge(ticker) AS furthest, argMaxMerge(received) AS last FROM {database}.{table}_newest GROUP BY symbol)
);
