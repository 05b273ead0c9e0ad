import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EngineAnswer } from '../chdb/engine.js';
import type { ClickHouseFault } from '../error.js';

const zip = promisify(gzip);
/** Fast: the reader is usually on the same machine. */
const zipLevel = 1;

const statusNames: Readonly<Record<number, RegExp>> = {
  401: /^REQUIRED_PASSWORD$/,
  403: /^(UNKNOWN_USER|WRONG_PASSWORD|AUTHENTICATION_FAILED|SET_NON_GRANTED_ROLE|ACCESS_DENIED|READONLY)$/,
  404: /^(UNKNOWN_(TABLE|FUNCTION|IDENTIFIER|TYPE|STORAGE|DATABASE|SETTING|DIRECTION_OF_SORTING|AGGREGATE_FUNCTION|FORMAT|DATABASE_ENGINE|TYPE_OF_QUERY)|NO_ELEMENTS_IN_CONFIG)$/,
  408: /^TIMEOUT_EXCEEDED$/,
  413: /^QUERY_IS_TOO_LARGE$/,
  501: /^NOT_IMPLEMENTED$/,
  503: /^(SOCKET_TIMEOUT|CANNOT_OPEN_FILE|CANNOT_SCHEDULE_TASK|TOO_MANY_SIMULTANEOUS_QUERIES|ABORTED)$/,
  400: /^(BAD_ARGUMENTS|CANNOT_COMPILE_REGEXP|CANNOT_PARSE_\w+|UNKNOWN_ELEMENT_IN_AST|UNKNOWN_TYPE_OF_AST_NODE|TOO_DEEP_AST|TOO_BIG_AST|UNEXPECTED_AST_STRUCTURE|VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE|SYNTAX_ERROR|INCORRECT_DATA|TYPE_MISMATCH|ILLEGAL_(TYPE_OF_ARGUMENT|COLUMN|DIVISION|FINAL|AGGREGATION)|NO_COMMON_TYPE|NUMBER_OF_ARGUMENTS_DOESNT_MATCH|NOT_AN_AGGREGATE|BAD_QUERY_PARAMETER|UNKNOWN_QUERY_PARAMETER|ZLIB_INFLATE_FAILED|EMPTY_QUERY)$/,
};

/** The HTTP status that a server gives an error. */
export const statusOf = ({ type }: ClickHouseFault): number =>
  Number(Object.entries(statusNames).find(([, names]) => names.test(type))?.[0] ?? 500);

/** As a server writes it into the body. */
const faultText = ({ code, type, message }: ClickHouseFault, version: string): string =>
  `Code: ${code}. DB::Exception: ${message}${/[.!?]$/.test(message) ? '' : '.'} (${type}) (version ${version})\n`;

const contentTypes: readonly (readonly [RegExp, string])[] = [
  [/^JSON\w*EachRow/, 'application/x-ndjson; charset=UTF-8'],
  [/^JSON/, 'application/json; charset=UTF-8'],
  [/^TabSeparated|^TSV/, 'text/tab-separated-values; charset=UTF-8'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^XML$/, 'application/xml; charset=UTF-8'],
  [/^Markdown$/, 'text/markdown; charset=UTF-8'],
  [/^(Native|RowBinary\w*|Parquet|Arrow\w*|ORC|Avro|MsgPack|BSONEachRow|Npy)$/, 'application/octet-stream'],
];

const contentType = (format: string): string => {
  const found = contentTypes.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
  return /^CSVWithNames/.test(format) ? found.replace('absent', 'present') : found;
};

/** The format of the answer: what the text itself names, else the default one. */
export const formatOf = (sql: string, fallback: string): string =>
  /\bFORMAT\s+([A-Za-z]\w*)\s*(?:SETTINGS\b[^;]*)?;?\s*$/i.exec(sql)?.[1] ?? fallback;

export interface AnswerOptions {
  readonly queryId: string;
  readonly format: string;
  readonly gzip: boolean;
  readonly head: boolean;
  /** In which times without a zone of their own are printed. */
  readonly zone: string;
}

/** An answer goes out in pieces, so that it is seen whether its reader gets on. */
const pieceBytes = 64 * 1_024;

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** What a header takes of a text: its bytes, as a server sends them. */
const headerText = (text: string): string => Buffer.from(text).toString('latin1');

/** Sends a result with a server's headers. */
export const sendResult = async (
  response: ServerResponse,
  { bytes, rows, elapsedSeconds }: EngineAnswer,
  options: AnswerOptions,
): Promise<void> => {
  const packed = options.gzip ? await zip(bytes, { level: zipLevel }) : bytes;
  if (response.destroyed) return;
  response.writeHead(200, {
    'Content-Type': contentType(options.format),
    'Content-Length': packed.length,
    ...(options.gzip ? { 'Content-Encoding': 'gzip' } : {}),
    'X-ClickHouse-Query-Id': headerText(options.queryId),
    'X-ClickHouse-Format': options.format,
    'X-ClickHouse-Timezone': options.zone,
    'X-ClickHouse-Summary': JSON.stringify({
      read_rows: '0',
      read_bytes: '0',
      written_rows: '0',
      written_bytes: '0',
      total_rows_to_read: '0',
      result_rows: String(rows),
      result_bytes: String(bytes.length),
      elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
    }),
  });
  if (options.head) response.end();
  // A reader who goes away before the end is no fault of the answer.
  else pipeline(Readable.from(piecesOf(packed)), response, () => undefined);
};

/** Sends ClickHouse's complaint as a server does. */
export const sendFault = (response: ServerResponse, fault: ClickHouseFault, version: string): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = Buffer.from(faultText(fault, version));
  const status = statusOf(fault);
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': text.length,
    'X-ClickHouse-Exception-Code': String(fault.code),
    ...(status === 503 ? { 'Retry-After': '1' } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="ClickHouse"' } : {}),
    // What is left of a refused body is not read.
    ...(status === 413 ? { Connection: 'close' } : {}),
  });
  response.end(text);
};
