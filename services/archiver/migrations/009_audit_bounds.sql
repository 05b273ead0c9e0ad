-- How often it was audited when this was found, so that a reader knows when to miss the next result; 0 where an older version wrote it.
ALTER TABLE {database}.{table}_audits ADD COLUMN IF NOT EXISTS interval_ms UInt64 DEFAULT 0 AFTER checked_to;

-- Rows of a time before `rows_since` may be gone: they were to be kept for less long than now, until `noted_at`.
CREATE TABLE IF NOT EXISTS {database}.{table}_retentions
(
    rows_since DateTime64(3, 'UTC'),
    noted_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY noted_at;
