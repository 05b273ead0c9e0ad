import type { Params, Value } from './port.js';

const special = /[\\\t\n\r\0\b\f]/;
const specials = /[\\\t\n\r\0\b\f]/g;
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
};

const escapeText = (text: string): string =>
  special.test(text) ? text.replace(specials, (found) => escapes[found] as string) : text;

/** A value as a TabSeparated field. @throws TypeError for what is no value. */
const field = (value: Value): string => {
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value === null) return '\\N';
  if (typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  throw new TypeError(`${String(value)} is no value that ClickHouse can store`);
};

/**
 * Values as fields of ClickHouse's TabSeparated format, without the end of a line. @throws TypeError for what is no
 * value.
 */
export const tabSeparated = (values: readonly Value[]): string => values.map(field).join('\t');

/** One line of ClickHouse's TabSeparated format. @throws TypeError when the row does not have `width` values. */
export const tabSeparatedLine = (row: readonly Value[], width: number): string => {
  if (row.length !== width) throw new TypeError(`a row of ${row.length} values does not fit ${width} columns`);
  return `${tabSeparated(row)}\n`;
};

/** One line of ClickHouse's JSONCompactEachRow format, which has no empty lines. */
export const jsonLine = (row: readonly Value[], width: number): string => {
  if (row.length !== width) throw new TypeError(`a row of ${row.length} values does not fit ${width} columns`);
  const values = row.map((value) => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new TypeError(`${value} is no value that ClickHouse can store`);
    return value;
  });
  return `${JSON.stringify(values)}\n`;
};

const quoted = (text: string): string => `'${escapeText(text).replaceAll("'", "\\'")}'`;

const element = (value: Value): string => {
  if (typeof value === 'string') return quoted(value);
  return value === null ? 'NULL' : field(value);
};

/** Parameters as their texts in ClickHouse's `param_<name>`: escaped like a field, arrays as literals. */
export const paramTexts = (params: Params): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? `[${value.map(element).join(',')}]` : field(value),
    ]),
  );

/** SQL's text literal. */
export const sqlText = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
