import { AppError, type ErrorCode } from '../errors/errors.js';

/** ClickHouse's own complaint: its words, the number and the name of its error. */
export class ClickHouseFault extends Error {
  override readonly name = 'ClickHouseFault';
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, message: string) {
    super(message);
    this.code = code;
    this.type = type;
  }
}

const faultPattern = /Code: (\d+)\. (?:DB::\w*Exception: )?([\s\S]*)/;
const typePattern = / \(([A-Z][A-Z0-9_]{2,})\)(?: \(version [^)]*\))?\s*$/;

/** Reads ClickHouse's complaint from an error text; undefined when it is none. */
export const readFault = (text: string): ClickHouseFault | undefined => {
  const found = faultPattern.exec(text);
  if (!found) return undefined;
  const words = (found[2] as string).trim();
  const type = typePattern.exec(words);
  return new ClickHouseFault(
    Number(found[1]),
    type?.[1] ?? 'UNKNOWN_EXCEPTION',
    type ? words.slice(0, type.index) : words,
  );
};

/**
 * What ClickHouse complained about, with its number (`60` for UNKNOWN_TABLE), behind an error of `ClickHouse`;
 * undefined for other errors.
 */
export const clickHouseFault = (err: unknown): ClickHouseFault | undefined => {
  for (let at: unknown = err; at instanceof Error; at = at.cause) if (at instanceof ClickHouseFault) return at;
  return undefined;
};

/** Names of ClickHouse's `ErrorCodes`. What stands nowhere here is `internal`. */
const codesOf: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  unavailable: [
    'TOO_MANY_SIMULTANEOUS_QUERIES',
    'NO_FREE_CONNECTION',
    'SOCKET_TIMEOUT',
    'NETWORK_ERROR',
    'NO_ZOOKEEPER',
    'ABORTED',
    'MEMORY_LIMIT_EXCEEDED',
    'TABLE_IS_READ_ONLY',
    'NOT_ENOUGH_SPACE',
    'TOO_MANY_PARTS',
    'ALL_CONNECTION_TRIES_FAILED',
    'KEEPER_EXCEPTION',
    'UNKNOWN_STATUS_OF_INSERT',
    'TOO_FEW_LIVE_REPLICAS',
    'CANNOT_SCHEDULE_TASK',
    'SERVER_OVERLOADED',
    'QUERY_WAS_CANCELLED',
    'POCO_EXCEPTION',
    'CANNOT_WRITE_TO_FILE_DESCRIPTOR',
    'CANNOT_OPEN_FILE',
    'TABLE_IS_DROPPED',
    'TABLE_UUID_MISMATCH',
    'DEADLOCK_AVOIDED',
    'DDL_ENTRY_IN_PROCESS',
    'DATABASE_REPLICATION_FAILED',
    'CANNOT_ASSIGN_ALTER',
  ],
  deadline_exceeded: ['TIMEOUT_EXCEEDED', 'TOO_SLOW'],
  resource_exhausted: ['TOO_MANY_ROWS', 'TOO_MANY_BYTES', 'TOO_MANY_ROWS_OR_BYTES', 'QUOTA_EXCEEDED'],
  unauthenticated: [
    'AUTHENTICATION_FAILED',
    'UNKNOWN_USER',
    'WRONG_PASSWORD',
    'REQUIRED_PASSWORD',
    'IP_ADDRESS_NOT_ALLOWED',
  ],
  permission_denied: ['ACCESS_DENIED', 'READONLY', 'QUERY_IS_PROHIBITED'],
  not_found: ['UNKNOWN_TABLE', 'UNKNOWN_DATABASE'],
  already_exists: ['TABLE_ALREADY_EXISTS', 'DATABASE_ALREADY_EXISTS'],
};

/**
 * A value that its column cannot hold. Only these blame the rows of an insert, so that nothing else is ever taken for a
 * bad row.
 */
const wrongValue = [
  'CANNOT_PARSE_TEXT',
  'CANNOT_PARSE_ESCAPE_SEQUENCE',
  'CANNOT_PARSE_QUOTED_STRING',
  'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
  'CANNOT_PARSE_DATE',
  'CANNOT_PARSE_DATETIME',
  'CANNOT_PARSE_NUMBER',
  'CANNOT_PARSE_BOOL',
  'CANNOT_PARSE_UUID',
  'CANNOT_PARSE_IPV4',
  'CANNOT_PARSE_IPV6',
  'CANNOT_READ_ARRAY_FROM_TEXT',
  'ARGUMENT_OUT_OF_BOUND',
  'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE',
  'DECIMAL_OVERFLOW',
  'INCORRECT_DATA',
  'TYPE_MISMATCH',
  'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN',
  'UNKNOWN_ELEMENT_OF_ENUM',
  'TOO_LARGE_STRING_SIZE',
  'VIOLATED_CONSTRAINT',
];

/** A statement that no repeat makes right. */
const wrongStatement = [
  'SYNTAX_ERROR',
  'UNKNOWN_IDENTIFIER',
  'UNKNOWN_FUNCTION',
  'UNKNOWN_TYPE',
  'UNKNOWN_FORMAT',
  'UNKNOWN_SETTING',
  'UNKNOWN_QUERY_PARAMETER',
  'BAD_QUERY_PARAMETER',
  'BAD_ARGUMENTS',
  'ILLEGAL_TYPE_OF_ARGUMENT',
  'ILLEGAL_COLUMN',
  'NUMBER_OF_ARGUMENTS_DOESNT_MATCH',
  'NOT_AN_AGGREGATE',
  'ILLEGAL_AGGREGATION',
  'NO_SUCH_COLUMN_IN_TABLE',
  'NO_COMMON_TYPE',
  'AMBIGUOUS_IDENTIFIER',
  'ILLEGAL_DIVISION',
  'EMPTY_QUERY',
  'NOT_IMPLEMENTED',
  'QUERY_IS_TOO_LARGE',
  'ILLEGAL_FINAL',
  'MULTIPLE_EXPRESSIONS_FOR_ALIAS',
  'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO',
];

const errorCodes = new Map<string, ErrorCode>(
  Object.entries(codesOf).flatMap(([code, names]) => names.map((name) => [name, code as ErrorCode] as const)),
);
const wrongValues = new Set(wrongValue);
const wrongStatements = new Set([...wrongStatement, ...wrongValue]);
const retryAfterMs = 1_000;

/**
 * What ClickHouse adds to the words of an error that a view had with rows which the table itself has taken; no code
 * tells it.
 */
const byView = /while pushing to view/i;

const codeOf = ({ type, message }: ClickHouseFault, operation: 'insert' | 'statement'): ErrorCode => {
  const blamed = (operation === 'insert' ? wrongValues : wrongStatements).has(type);
  if (!blamed) return errorCodes.get(type) ?? 'internal';
  return operation === 'insert' && byView.test(message) ? 'failed_precondition' : 'invalid_argument';
};

/** The product's error for ClickHouse's complaint. */
export const fromFault = (fault: ClickHouseFault, operation: 'insert' | 'statement'): AppError => {
  const code = codeOf(fault, operation);
  const retry = code === 'unavailable' ? { retryAfterMs } : {};
  return new AppError(code, `ClickHouse: ${fault.message} (${fault.type})`, { cause: fault, ...retry });
};
