import type { Params } from '@tickfolio/lib/clickhouse';
import type { TakeoverDeps } from './zoneless.js';

/** One statement of the takeover. */
export interface Piece {
  readonly sql: string;
  readonly params?: Params;
}

const pieceTimeoutMs = 600_000;
/** Blocks of some 50 MB, and half of a small machine: prices flow beside it. */
const settings = {
  max_threads: 1,
  max_block_size: 65_536,
  min_insert_block_size_rows: 250_000,
  min_insert_block_size_bytes: 64_000_000,
  async_insert: 0,
  insert_deduplicate: 0,
  throw_on_max_partitions_per_insert_block: 0,
  max_partition_size_to_drop: 0,
  max_table_size_to_drop: 0,
} as const;

/**
 * The work's result, unless the takeover is told to end: then nobody waits for a long statement, which ends with its
 * connection. What it has done by then is done once more at the next start.
 * @throws what the work throws, and the signal's reason
 */
export const unlessEnded = <T>({ signal }: Pick<TakeoverDeps, 'signal'>, work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', onAbort));
  });

/** Runs a piece. @throws what `ClickHouse` throws, and the signal's reason */
export const carry = (deps: TakeoverDeps, { sql, params }: Piece): Promise<void> =>
  unlessEnded(deps, () => deps.clickhouse.command(sql, params, { timeoutMs: pieceTimeoutMs, settings }));

/** Lets go of a month that has been carried over. @param partition as `readPartitions` names it */
export const dropMonth = (deps: TakeoverDeps, table: string, partition: string): Promise<void> =>
  carry(deps, { sql: `ALTER TABLE ${table} DROP PARTITION ID '${partition}'` });

/** Symbols from one to another, both included. */
export interface SymbolRange {
  readonly from: string;
  readonly to: string;
}

/** Neighbouring symbols together, as long as they have few rows; more only where one symbol alone has more. */
export const symbolRanges = (
  found: readonly { readonly symbol: string; readonly rows: number }[],
  maxRows: number,
): readonly SymbolRange[] => {
  const ranges: { from: string; to: string; rows: number }[] = [];
  for (const { symbol, rows } of found) {
    const last = ranges.at(-1);
    if (last && last.rows + rows <= maxRows) {
      last.to = symbol;
      last.rows += rows;
    } else ranges.push({ from: symbol, to: symbol, rows });
  }
  return ranges;
};
