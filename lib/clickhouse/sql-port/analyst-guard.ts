import type { ChdbEngine, Classification } from '../chdb/engine.js';
import { ClickHouseFault } from '../error.js';
import { sqlText } from '../tab-separated.js';
import { type SqlToken, sqlTokens } from './sql-token.js';

/**
 * Judges a text before the engine runs it as an analyst.
 *
 * The engine itself refuses most: the analyst's role has no rights to files, networks and writes, and the session is
 * read-only. What is left is what the engine would let anybody do in a process of their own. It is judged by the
 * engine's own parser and its own writing of the text, so that no comment, quote or escape of the sender's hides
 * anything.
 */
export interface AnalystGuard {
  /** @returns the text as ClickHouse writes it. @throws ClickHouseFault, as a server would, when it must not run. */
  admit(sql: string, params: Readonly<Record<string, string>>): Promise<string>;
}

const accessDenied = (what: string) =>
  new ClickHouseFault(497, 'ACCESS_DENIED', `default: Not enough privileges. ${what}`);
const readOnly = () => new ClickHouseFault(164, 'READONLY', 'default: Cannot execute query in readonly mode.');

/**
 * Functions that reach out of the engine, by whatever way their name comes in: `arrayMap(file, …)` and `APPLY file`
 * call them too.
 */
const refusedFunctions =
  /^(file|ai[A-Z]\w*|catboostEvaluate|getServerSetting|getMacro|showCertificate|addressTo\w+|eval)$/i;
/** Table functions that make rows out of nothing, or of a query. Of the engine's others none may be named. */
const allowedTableFunctions = new Set(
  [
    'numbers',
    'numbers_mt',
    'zeros',
    'zeros_mt',
    'generateSeries',
    'generate_series',
    'primes',
    'values',
    'null',
    'view',
    'format',
  ].map((name) => name.toLowerCase()),
);
/** What client libraries and Tabix read about the tables, the language and the load. */
const allowedSystemTables = new Set(
  (
    'one numbers numbers_mt zeros zeros_mt columns functions formats data_type_families table_engines table_functions settings ' +
    'merge_tree_settings time_zones contributors keywords collations aggregate_function_combinators clusters dictionaries metrics events ' +
    'asynchronous_metrics mutations'
  ).split(' '),
);
/** Tables of which everything may be read but where the files lie. */
const hiddenColumns: Readonly<Record<string, readonly string[]>> = {
  tables: ['data_paths', 'metadata_path'],
  databases: ['data_path', 'metadata_path'],
  parts: ['path'],
  parts_columns: ['path'],
};

/** @throws what the engine throws while it is asked for its functions */
export const createAnalystGuard = async (engine: Pick<ChdbEngine, 'run' | 'classify'>): Promise<AnalystGuard> => {
  const ask = async (sql: string) =>
    (await engine.run({ sql, format: 'TabSeparatedRaw' }).answer).bytes.toString('utf8');
  const tableFunctions = new Set((await ask('SELECT lower(name) FROM system.table_functions')).trim().split('\n'));
  const isRefusedTableFunction = (name: string) =>
    tableFunctions.has(name.toLowerCase()) && !allowedTableFunctions.has(name.toLowerCase());

  /** The text as ClickHouse writes it, or ClickHouse's complaint about it. */
  const canonical = async (sql: string): Promise<string> => {
    try {
      return (await ask(`SELECT formatQuerySingleLine(${sqlText(sql)})`)).trim();
    } catch (err) {
      if (!(err instanceof ClickHouseFault)) throw err;
      // What follows is about the question that was asked here, not about the sender's text.
      throw new ClickHouseFault(
        err.code,
        err.type,
        err.message.replace(/:? In scope SELECT formatQuerySingleLine\([\s\S]*$/, ''),
      );
    }
  };
  return {
    admit: async (sql, params) => {
      if (sql.includes('\0'))
        throw new ClickHouseFault(62, 'SYNTAX_ERROR', 'Syntax error: the text contains a zero byte.');
      const written = await canonical(sql);
      refuseClass(await engine.classify(sql));
      refuseTokens(sqlTokens(written), params, isRefusedTableFunction);
      return written;
    },
  };
};

const refuseClass = ({ statements, readOnly: harmless }: Classification): void => {
  if (statements !== 1 || !harmless) throw readOnly();
};

const refuseTokens = (
  tokens: readonly SqlToken[],
  params: Readonly<Record<string, string>>,
  isRefusedTableFunction: (name: string) => boolean,
): void => {
  const text = (at: number) => tokens[at]?.text;
  for (const [at, { kind, text: word }] of tokens.entries()) {
    if (kind !== 'name') continue;
    if (refusedFunctions.test(word)) throw accessDenied(`The name \`${word}\` cannot be used here.`);
    if (text(at + 1) === '(' && isRefusedTableFunction(word))
      throw accessDenied(`The table function \`${word}\` cannot be used here.`);
    if (/^(SHOW|DESCRIBE)$/i.test(text(0) ?? '') && /^(PROCESSLIST|FILESYSTEM)$/i.test(word))
      throw accessDenied(`${word} cannot be shown here.`);
    // The engine refuses these at the end of a text, not in a subquery.
    if (/^SETTINGS$/i.test(word) && text(at + 2) === '=') {
      throw new ClickHouseFault(164, 'READONLY', `Cannot modify '${text(at + 1)}' setting in readonly mode.`);
    }
    if (word === 'system' && text(at + 1) === '.') refuseSystemTable(tokens, text(at + 2) ?? '');
    // {name:Identifier} takes the place of a name, so its value is judged like one.
    if (text(at - 1) === '{' && text(at + 1) === ':' && text(at + 2) === 'Identifier') {
      const value = params[word] ?? '';
      if (!/^\w+(\.\w+)?$/.test(value) || /^system\b/i.test(value) || refusedFunctions.test(value)) {
        throw accessDenied(`The value of the parameter \`${word}\` cannot be used here as a name.`);
      }
    }
  }
};

const refuseSystemTable = (tokens: readonly SqlToken[], table: string): void => {
  if (allowedSystemTables.has(table)) return;
  const hidden = hiddenColumns[table];
  if (!hidden) throw accessDenied(`The table system.${table} cannot be read here.`);
  const everything = tokens.some(
    ({ kind, text }, at) =>
      (kind === 'sign' &&
        text === '*' &&
        !(tokens[at - 2]?.text === 'count' && tokens[at - 1]?.text === '(' && tokens[at + 1]?.text === ')')) ||
      (kind === 'name' && /^COLUMNS$/i.test(text)),
  );
  if (everything)
    throw accessDenied(`Name the columns of system.${table} instead of *; all can be read but ${hidden.join(', ')}.`);
  const named = tokens.find(({ kind, text }) => kind === 'name' && Object.values(hiddenColumns).flat().includes(text));
  if (named) throw accessDenied(`The column ${named.text} of system.${table} cannot be read here.`);
};
