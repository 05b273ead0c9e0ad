import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { type Clock, sleep } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { ClickHouseFault, fromFault, readFault } from './error.js';
import { type ClickHouse, maxInsertRows, type Params, type StatementOptions, type Value } from './port.js';
import { jsonLine, tabSeparatedLine } from './tab-separated.js';

const defaultTimeoutMs = 30_000;
const checkTimeoutMs = 2_000;
const defaultMaxRows = 100_000;
/** Times without a zone of their own are read and printed in it, whatever the server's own zone is. */
const zone = 'UTC';
/** The server gives a statement up a little after we did, whoever dies meanwhile. */
const serverGraceSeconds = 5;
/** Rows turned into text before the event loop gets its turn: about 2 ms. */
const rowsPerSlice = 2_000;

/**
 * Our inserts wait until they are stored, whatever the server's default is; no block is taken for a repeat of another;
 * and rows with strange times do not make a block impossible that spans more than a hundred months. What materialized
 * views make of the rows is made side by side, which takes a sixth off an insert into the archive.
 */
const insertSettings: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 0,
  throw_on_max_partitions_per_insert_block: 0,
  parallel_view_processing: 1,
  // ClickHouse reads more than 10 MB in parallel otherwise, and promises "all or none" for a single block only.
  input_format_parallel_parsing: 0,
};
const exactNumbers: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
};

const tableName = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/;
const columnName = /^[A-Za-z_]\w*$/;

/**
 * TabSeparated costs the least on both sides; but a row of one empty text would be an empty line, where chDB takes rows
 * to end.
 */
const formatFor = (width: number) => (width > 1 ? 'TabSeparated' : 'JSONCompactEachRow');

/** One buffer per slice of rows; other work runs between them. */
async function* encode(rows: readonly (readonly Value[])[], width: number): AsyncGenerator<Uint8Array> {
  const line = width > 1 ? tabSeparatedLine : jsonLine;
  for (let at = 0; at < rows.length; at += rowsPerSlice) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    const slice = rows.slice(at, at + rowsPerSlice);
    yield Buffer.from(slice.map((row) => line(row, width)).join(''));
  }
}

const transportFault = (err: unknown): AppError => {
  const words = err instanceof Error ? err.message || String('code' in err ? err.code : err.name) : String(err);
  return new AppError('unavailable', `ClickHouse cannot be reached: ${words}`, { cause: err, retryAfterMs: 1_000 });
};

interface Exchange {
  readonly sql: string;
  readonly values?: Readable;
  readonly params?: Params | undefined;
  readonly settings: ClickHouseSettings;
  readonly signal: AbortSignal;
}

/**
 * Sends one statement and reads the whole answer. The errors are read here, because the client keeps only a part of
 * ClickHouse's words.
 * @throws ClickHouseFault, and what the connection throws
 */
const exchange = async (
  client: ClickHouseClient,
  { sql, values, params, settings, signal }: Exchange,
): Promise<string> => {
  const { stream, http_status_code, response_headers } = await client.exec({
    query: sql,
    ...(values ? { values } : {}),
    ...(params ? { query_params: params as Record<string, unknown> } : {}),
    // The answer comes when it is complete, so a late error is not hidden behind the status of a good one.
    clickhouse_settings: { wait_end_of_query: 1, ...settings },
    abort_signal: signal,
    ignore_error_response: true,
  });
  const text = (await buffer(stream)).toString('utf8');
  if ((http_status_code ?? 200) < 300 && response_headers['x-clickhouse-exception-code'] === undefined) return text;
  throw readFault(text) ?? new Error(`it answered with status ${http_status_code}: ${text.slice(0, 200)}`);
};

export interface ClientPortOptions {
  readonly clock: Clock;
  /** How long `close` waits for running statements. Default 5 000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Closes what lies below the client. */
  shut?(): Promise<void>;
}

/** Both adapters' `ClickHouse`, over a client whose every statement brings its own settings. */
export const createClientPort = (
  client: ClickHouseClient,
  { clock, closeTimeoutMs = 5_000, shut }: ClientPortOptions,
): ClickHouse => {
  let closing: Promise<void> | undefined;
  const running = new Set<Promise<unknown>>();

  /** Runs `work` within the time limit and names its errors. */
  const bounded = async <T>(
    operation: 'insert' | 'statement',
    { timeoutMs = defaultTimeoutMs, signal }: StatementOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (closing) throw new AppError('unavailable', 'The connection to ClickHouse has been closed.');
    const controller = new AbortController();
    let ended: AppError | undefined;
    const end = (err: AppError) => {
      ended ??= err;
      controller.abort(ended);
    };
    const cancel = () => end(new AppError('canceled', 'The statement to ClickHouse was given up.'));
    if (signal?.aborted) cancel();
    if (ended) throw ended;
    signal?.addEventListener('abort', cancel, { once: true });
    const timer = clock.after(timeoutMs, () =>
      end(
        new AppError('deadline_exceeded', `ClickHouse did not answer within ${timeoutMs} ms.`, { retryAfterMs: 1_000 }),
      ),
    );
    const job = work(controller.signal);
    running.add(job);
    try {
      return await job;
    } catch (err) {
      if (ended) throw ended;
      if (err instanceof ClickHouseFault) throw fromFault(err, operation);
      if (err instanceof AppError || err instanceof TypeError || err instanceof RangeError) throw err;
      throw transportFault(err);
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', cancel);
      running.delete(job);
    }
  };
  const common = (options: StatementOptions, timeoutMs: number): ClickHouseSettings => ({
    max_execution_time: Math.ceil(timeoutMs / 1_000) + serverGraceSeconds,
    session_timezone: zone,
    ...options.settings,
  });

  const insertBytes = async (
    into: {
      readonly table: string;
      readonly columns: readonly string[];
      readonly options?: StatementOptions | undefined;
    },
    count: number,
    bytes: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> => {
    const { table, columns, options = {} } = into;
    if (!tableName.test(table)) throw new TypeError(`"${table}" is no table name`);
    for (const column of columns) if (!columnName.test(column)) throw new TypeError(`"${column}" is no column name`);
    if (count > maxInsertRows) throw new RangeError(`${count} rows are too many for one insert (${maxInsertRows})`);
    if (columns.length === 0) throw new TypeError('an insert needs columns');
    if (count === 0) return;
    const { timeoutMs = defaultTimeoutMs } = options;
    await bounded('insert', options, (signal) =>
      exchange(client, {
        sql: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT ${formatFor(columns.length)}`,
        values: Readable.from(bytes(), { objectMode: false }),
        settings: { ...insertSettings, ...common(options, timeoutMs) },
        signal,
      }),
    );
  };

  const port: ClickHouse = {
    insert: async (table, columns, rows, options) => {
      const width = columns.length;
      for (const row of rows) {
        if (row.length !== width) throw new TypeError(`a row of ${row.length} values does not fit ${width} columns`);
      }
      await insertBytes({ table, columns, options }, rows.length, () => encode(rows, width));
    },
    insertLines: async (table, columns, lines, options) => {
      if (columns.length < 2) throw new TypeError('lines have two fields or more');
      await insertBytes({ table, columns, options }, lines.count, () => [lines.bytes]);
    },
    query: <T>(sql: string, params?: Params, options: Parameters<ClickHouse['query']>[2] = {}) => {
      const { timeoutMs = defaultTimeoutMs, maxRows = defaultMaxRows } = options;
      const rowLimit: ClickHouseSettings = { max_result_rows: String(maxRows), result_overflow_mode: 'throw' };
      return bounded('statement', options, async (signal) => {
        const text = await exchange(client, {
          sql: `${sql.replace(/[\s;]+$/, '')}\nFORMAT JSONEachRow`,
          params,
          settings: { ...exactNumbers, ...rowLimit, ...common(options, timeoutMs) },
          signal,
        });
        const lines = text === '' ? [] : text.trimEnd().split('\n');
        // ClickHouse bounds whole blocks, so a little more than the limit can come through.
        if (lines.length > maxRows)
          throw new AppError('resource_exhausted', `The query found more than ${maxRows} rows.`);
        return lines.map((line) => JSON.parse(line) as T);
      });
    },
    command: async (sql, params, options = {}) => {
      const { timeoutMs = defaultTimeoutMs } = options;
      await bounded('statement', options, (signal) =>
        exchange(client, { sql, params, settings: common(options, timeoutMs), signal }),
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
    close: (until) => {
      closing ??= (async () => {
        const done = new AbortController();
        const patience = AbortSignal.any([done.signal, ...(until ? [until] : [])]);
        await Promise.race([Promise.allSettled(running), sleep(clock, closeTimeoutMs, patience)]);
        done.abort();
        await client.close();
        await shut?.();
      })();
      return closing;
    },
  };
  return port;
};
