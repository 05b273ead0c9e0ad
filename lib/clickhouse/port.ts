/**
 * A value of a row or of a parameter. Decimals and integers above 2^53 as text or bigint, never as a number; times as
 * ClickHouse writes them, UTC.
 */
export type Value = string | number | bigint | boolean | null;
export type Params = Readonly<Record<string, Value | readonly Value[]>>;

export interface StatementOptions {
  /** After this time the statement is given up and ended on the server's side. Default 30 000. */
  readonly timeoutMs?: number;
  /**
   * Gives the statement up at once with `canceled`; whether it takes place is unknown. The server ends it soon after
   * `timeoutMs` at the latest.
   */
  readonly signal?: AbortSignal | undefined;
  /** ClickHouse settings of this statement alone. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface QueryOptions extends StatementOptions {
  /** More rows than this are an error, not a cut result. Default 100 000. */
  readonly maxRows?: number;
}

/**
 * At most this many rows go into one insert: one block, so all of them or none (per month of a table that is split by
 * month).
 */
export const maxInsertRows = 100_000;

/**
 * Rows as lines of TabSeparated, of two fields or more: each as `tabSeparated` makes it, in UTF-8, and an end of line.
 */
export interface Lines {
  readonly bytes: Uint8Array;
  /** How many lines these are. */
  readonly count: number;
}

/**
 * One ClickHouse, a server or the embedded engine. Table names are written out (`database.table`).
 *
 * Errors are AppError with ClickHouse's own words as message and its code on the cause (`clickHouseFault`):
 * `unavailable` (not reached, overloaded, read-only; try again), `deadline_exceeded` (took longer than `timeoutMs`;
 * whether an insert took place is unknown), `resource_exhausted` (more rows or bytes than allowed), `invalid_argument`
 * (in `insert`: a row's value does not fit its column, whoever tries; in `query` and `command`: the statement is
 * wrong), `failed_precondition` (in `insert`: a materialized view on the table cannot take it; the rows may be in the
 * table all the same), `not_found` (no such table or database), `canceled`, `permission_denied`, `unauthenticated`,
 * `internal`.
 */
export interface ClickHouse {
  /**
   * Adds rows, all or none; resolves when they are stored. Safe to repeat where the table makes repeats harmless.
   * @throws RangeError or TypeError for rows that are too many or have holes: a fault of the caller.
   */
  insert(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly Value[])[],
    options?: StatementOptions,
  ): Promise<void>;
  /**
   * The same for rows that are lines already. A line with another number of fields is a fault of the caller that only
   * ClickHouse finds (`invalid_argument`).
   */
  insertLines(table: string, columns: readonly string[], lines: Lines, options?: StatementOptions): Promise<void>;
  /**
   * Reads rows as objects. Parameters stand in the text as `{name:Type}`. Decimals and 64-bit integers come as text
   * that loses nothing, decimals without trailing zeros (`1.50000000` as `1.5`; all of them with the setting
   * `output_format_decimal_trailing_zeros: 1`).
   */
  query<T>(sql: string, params?: Params, options?: QueryOptions): Promise<T[]>;
  /** Runs a statement that answers nothing. */
  command(sql: string, params?: Params, options?: StatementOptions): Promise<void>;
  /** Undefined when it answers queries, else what is wrong. */
  check(): Promise<string | undefined>;
  /** Waits for running statements (bounded, and no longer than until the signal), then closes. Idempotent. */
  close(until?: AbortSignal): Promise<void>;
}
