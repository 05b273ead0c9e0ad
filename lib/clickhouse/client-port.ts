import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { type Clock, sleep } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import type { ClickHouse, Params, StatementOptions, Value } from './clickhouse.js';
import { maxInsertRows } from './clickhouse.js';
import { fromFault, readFault } from './error.js';
import { jsonLine, tabSeparatedLine } from './tab-separated.js';

const defaultTimeoutMs = 30_000;
const checkTimeoutMs = 2_000;
const defaultMaxRows = 100_000;
/** The server gives a statement up a little after we did, whoever dies meanwhile. */
const serverGraceSeconds = 5;
/** Rows turned into text before the event loop gets its turn: about 2 ms. */
const rowsPerSlice = 2_000;

/**
 * Our inserts wait until they are stored, whatever the server's default is; no block is taken for a repeat of another; and rows with
 * strange times do not make a block impossible that spans more than a hundred months.
 */
const insertSettings: ClickHouseSettings = { async_insert: 0, insert_deduplicate: 0, throw_on_max_partitions_per_insert_block: 0 };
const exactNumbers: ClickHouseSettings = { output_format_json_quote_64bit_integers: 1, output_format_json_quote_decimals: 1 };

const tableName = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/;
const columnName = /^[A-Za-z_]\w*$/;

/** TabSeparated costs the least on both sides; but a row of one empty text would be an empty line, where chDB takes rows to end. */
const formatFor = (width: number) => (width > 1 ? 'TabSeparated' : 'JSONCompactEachRow');

/** One buffer per slice of rows; other work runs between them. */
async function* encode(rows: readonly (readonly Value[])[], width: number): AsyncGenerator<Buffer> {
  const line = width > 1 ? tabSeparatedLine : jsonLine;
  for (let at = 0; at < rows.length; at += rowsPerSlice) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    let text = '';
    for (const row of rows.slice(at, at + rowsPerSlice)) text += line(row, width);
    yield Buffer.from(text);
  }
}

const transportFault = (err: unknown): AppError => {
  const words = err instanceof Error ? err.message || String('code' in err ? err.code : err.name) : String(err);
  return new AppError('unavailable', `ClickHouse cannot be reached: ${words}`, { cause: err, retryAfterMs: 1_000 });
};

export interface ClientPortOptions {
  readonly clock: Clock;
  /** How long `close` waits for running statements. Default 5 000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Closes what lies below the client. */
  shut?(): Promise<void>;
}

/** Both adapters' `ClickHouse`, over a client whose every statement brings its own settings. */
export const createClientPort = (client: ClickHouseClient, { clock, closeTimeoutMs = 5_000, shut }: ClientPortOptions): ClickHouse => {
  let closing: Promise<void> | undefined;
  const running = new Set<Promise<unknown>>();

  /** Runs `work` within the time limit and names its errors. */
  const bounded = async <T>(
    operation: 'insert' | 'statement',
    timeoutMs: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (closing) throw new AppError('unavailable', 'The connection to ClickHouse has been closed.');
    const controller = new AbortController();
    let timedOut: AppError | undefined;
    const timer = clock.after(timeoutMs, () => {
      timedOut = new AppError('deadline_exceeded', `ClickHouse did not answer within ${timeoutMs} ms.`, { retryAfterMs: 1_000 });
      controller.abort(timedOut);
    });
    const job = work(controller.signal);
    running.add(job);
    try {
      return await job;
    } catch (err) {
      if (timedOut) throw timedOut;
      if (err instanceof AppError || err instanceof TypeError || err instanceof RangeError) throw err;
      // The client took ClickHouse's words apart; put together they are read like everybody else's.
      const parts = err as { message?: string; code?: string; type?: string };
      const text = parts.type ? `Code: ${parts.code}. ${parts.message} (${parts.type})` : String(parts.message ?? err);
      const fault = readFault(text);
      throw fault ? fromFault(fault, operation) : transportFault(err);
    } finally {
      timer.cancel();
      running.delete(job);
    }
  };
  const common = (options: StatementOptions, timeoutMs: number): ClickHouseSettings => ({
    max_execution_time: Math.ceil(timeoutMs / 1_000) + serverGraceSeconds,
    ...options.settings,
  });
  const queryParams = (params: Params | undefined) => (params ? { query_params: params as Record<string, unknown> } : {});

  const port: ClickHouse = {
    insert: async (table, columns, rows, options = {}) => {
      if (!tableName.test(table)) throw new TypeError(`"${table}" is no table name`);
      for (const column of columns) if (!columnName.test(column)) throw new TypeError(`"${column}" is no column name`);
      if (rows.length > maxInsertRows) throw new RangeError(`${rows.length} rows are too many for one insert (${maxInsertRows})`);
      if (columns.length === 0) throw new TypeError('an insert needs columns');
      if (rows.length === 0) return;
      for (const row of rows) {
        if (row.length !== columns.length) throw new TypeError(`a row of ${row.length} values does not fit ${columns.length} columns`);
      }
      const { timeoutMs = defaultTimeoutMs } = options;
      await bounded('insert', timeoutMs, async (signal) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT ${formatFor(columns.length)}`,
          values: Readable.from(encode(rows, columns.length), { objectMode: false }),
          clickhouse_settings: { ...insertSettings, ...common(options, timeoutMs) },
          abort_signal: signal,
        });
        await buffer(stream); // Empty; read to its end it frees the connection.
      });
    },
    query: <T>(sql: string, params?: Params, options: Parameters<ClickHouse['query']>[2] = {}) => {
      const { timeoutMs = defaultTimeoutMs, maxRows = defaultMaxRows } = options;
      const rowLimit: ClickHouseSettings = { max_result_rows: String(maxRows), result_overflow_mode: 'throw' };
      return bounded('statement', timeoutMs, async (signal) => {
        const result = await client.query({
          query: sql,
          ...queryParams(params),
          format: 'JSONEachRow',
          clickhouse_settings: { ...exactNumbers, ...rowLimit, ...common(options, timeoutMs) },
          abort_signal: signal,
        });
        const rows = await result.json<T>();
        // ClickHouse bounds whole blocks, so a little more than the limit can come through.
        if (rows.length > maxRows) throw new AppError('resource_exhausted', `The query found more than ${maxRows} rows.`);
        return rows;
      });
    },
    command: async (sql, params, options = {}) => {
      const { timeoutMs = defaultTimeoutMs } = options;
      await bounded('statement', timeoutMs, (signal) =>
        client.command({ query: sql, ...queryParams(params), clickhouse_settings: common(options, timeoutMs), abort_signal: signal }),
      );
    },
    check: async () => {
      try {
        await port.query('SELECT 1', undefined, { timeoutMs: checkTimeoutMs });
        return undefined;
      } catch (err) {
        return err instanceof Error ? err.message : String(err);
      }
    },
    close: () => {
      closing ??= (async () => {
        await Promise.race([Promise.allSettled(running), sleep(clock, closeTimeoutMs)]);
        await client.close();
        await shut?.();
      })();
      return closing;
    },
  };
  return port;
};
