import { ClickHouseFault } from '../error.js';

/** What a query may take at most; also what it gets when it asks for nothing. */
export interface AnalystLimits {
  readonly maxSeconds: number;
  readonly maxMemoryBytes: number;
  readonly maxResultRows: number;
  readonly maxResultBytes: number;
  readonly maxThreads: number;
}

/** URL parameters that belong to the HTTP interface, or mean nothing to an embedded engine. */
const notForTheEngine =
  /^(query|query_id|database|default_format|user|password|session_id|session_timeout|session_check|compress|decompress|role|quota_key|stacktrace|wait_end_of_query|buffer_size|add_http_cors_header|log_queries|client_protocol_version|cancel_http_readonly_queries_on_client_close|readonly|send_progress_in_http_headers|(http|enable_http)_\w+|param_\w+)$/;

/** Settings that change how a result looks, or which rows of it come, and nothing else. */
const harmless =
  /^(output_format_(json|csv|tsv|pretty|decimal|markdown|parquet|arrow|orc|avro|msgpack|xml|float|values|sql_insert|write_statistics|trim_fixed_string)\w*|format_csv_delimiter|date_time_output_format|session_timezone|bool_(true|false)_representation|join_use_nulls|final|extremes|limit|offset|max_block_size|union_default_mode|prefer_column_name_to_alias|cast_keep_nullable|aggregate_functions_null_for_empty|(result|timeout|read)_overflow_mode|implicit_select)$/;

const numeric = /^-?\d+(\.\d+)?$/;
const numberOrText = (text: string): string | number => (numeric.test(text) && text.length < 16 ? Number(text) : text);

/** The settings among URL parameters. */
export const urlSettings = (params: URLSearchParams): Record<string, string | number> =>
  Object.fromEntries(
    [...params].filter(([name]) => !notForTheEngine.test(name)).map(([name, value]) => [name, numberOrText(value)]),
  );

/**
 * An analyst's settings: of the given ones those that are harmless, and the limits, which can be asked for lower but
 * not higher.
 * @throws ClickHouseFault, as a server says it of a user without the right to change a setting
 */
export const analystSettings = (
  given: Readonly<Record<string, string | number>>,
  limits: AnalystLimits,
): Record<string, string | number> => {
  const bounds: Readonly<Record<string, number>> = {
    max_execution_time: limits.maxSeconds,
    max_memory_usage: limits.maxMemoryBytes,
    max_result_rows: limits.maxResultRows,
    max_result_bytes: limits.maxResultBytes,
    max_threads: limits.maxThreads,
  };
  const settings: Record<string, string | number> = {
    ...bounds,
    result_overflow_mode: 'throw',
    allow_introspection_functions: 0,
    // Nothing is put down on the disk that the archive needs.
    max_bytes_before_external_group_by: 0,
    max_bytes_before_external_sort: 0,
    max_bytes_ratio_before_external_group_by: 0,
    max_bytes_ratio_before_external_sort: 0,
  };
  for (const [name, value] of Object.entries(given)) {
    const bound = bounds[name];
    if (bound !== undefined) {
      const asked = Number(value);
      if (Number.isFinite(asked) && asked > 0) settings[name] = Math.min(bound, asked);
    } else if (harmless.test(name)) settings[name] = value;
    else throw new ClickHouseFault(164, 'READONLY', `Cannot modify '${name}' setting in readonly mode.`);
  }
  return settings;
};
