import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors/errors.js';
import type { Logger } from '../telemetry/telemetry.js';
import type { ClickHouse } from './port.js';

export interface MigrationOptions {
  /**
   * Files `001_what.sql`, run in the order of their names. Every statement may run again without harm (`IF NOT EXISTS`,
   * `OR REPLACE`).
   */
  readonly folder: string;
  /** What the files call `{database}`, and made when it is not there. */
  readonly database: string;
  /** Whatever else the files write in braces: plain identifiers. */
  readonly names: Readonly<Record<string, string>>;
  /** Table of the applied files' names, in the same database. */
  readonly journal: string;
}

export interface MigrationDeps {
  readonly clickhouse: ClickHouse;
  readonly log: Logger;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const fileName = /^\d{3}_[a-z0-9_]+\.sql$/;
const statementTimeoutMs = 60_000;

interface Creation {
  readonly name: string;
  /** As ClickHouse calls it in system.tables. */
  readonly engine: string;
  /** Tables that a view reads. */
  readonly sources: readonly string[];
}

interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
  readonly creations: readonly Creation[];
}

/**
 * Brings a database's tables up to date. ClickHouse has no locks, so several starters may do the same at the same time:
 * every step can be repeated. What was removed by hand is made again, and every later file runs once more after it: a
 * table is made as its first version, and what it became since stands in those.
 * @throws AppError failed_precondition when one of the names belongs to a table that these files did not make, and what
 * `ClickHouse` throws.
 */
export const runClickHouseMigrations = async (
  { clickhouse, log }: MigrationDeps,
  options: MigrationOptions,
): Promise<void> => {
  const { folder, database, names, journal } = options;
  for (const name of [database, journal, ...Object.values(names)]) {
    if (!identifier.test(name))
      throw new AppError(
        'failed_precondition',
        `"${name}" is no name for a database or table: letters, digits and _, at most 64.`,
      );
  }
  const migrations = readMigrations(folder, { ...names, database });
  if (migrations.length === 0) throw new Error(`${folder} has no migrations`);
  const run = (sql: string) => clickhouse.command(sql, {}, { timeoutMs: statementTimeoutMs });

  const [known] = await clickhouse.query('SELECT 1 FROM system.databases WHERE name = {database:String}', { database });
  // Where it is there, the right to make databases is not needed.
  if (!known) await run(`CREATE DATABASE IF NOT EXISTS ${database}`);
  const existing = await readTables(clickhouse, database);
  for (const { creations } of migrations)
    for (const creation of creations) refuseStranger(database, creation, existing.get(creation.name));

  await run(
    `CREATE TABLE IF NOT EXISTS ${database}.${journal} (name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = ReplacingMergeTree ORDER BY name`,
  );
  const journalBefore = existing.get(journal);
  if (journalBefore && !journalBefore.definition.includes("'UTC'"))
    await run(`ALTER TABLE ${database}.${journal} MODIFY COLUMN applied_at DateTime64(3, 'UTC')`);
  const applied = await readApplied(clickhouse, `${database}.${journal}`);
  // Read anew, after the journal: whatever another starter has noted there by now is there.
  const present = await readTables(clickhouse, database);
  const isDone = ({ name, creations }: Migration) =>
    applied.has(name) && creations.every((creation) => present.has(creation.name));
  const begin = migrations.findIndex((migration) => !isDone(migration));
  if (begin < 0) return;
  const due = migrations.slice(begin);
  // Noted as done they would not run again after a kill in between.
  if (due.slice(1).some(({ name }) => applied.has(name)))
    await run(`ALTER TABLE ${database}.${journal} DELETE WHERE name > '${due[0]?.name}' SETTINGS mutations_sync = 1`);
  for (const { name, statements, creations } of due) {
    for (const statement of statements) await run(statement);
    await clickhouse.insert(`${database}.${journal}`, ['name'], [[name]]);
    const isMissing = creations.some((creation) => !present.has(creation.name));
    const again = isMissing
      ? 'a table was missing and has been made again'
      : 'ran a migration again, after one before it';
    log.info({ migration: name, database }, applied.has(name) ? again : 'applied a migration');
  }
};

const readApplied = async (clickhouse: ClickHouse, journal: string): Promise<ReadonlySet<string>> =>
  new Set((await clickhouse.query<{ name: string }>(`SELECT DISTINCT name FROM ${journal}`)).map(({ name }) => name));

interface ExistingTable {
  readonly engine: string;
  readonly definition: string;
}

const readTables = async (clickhouse: ClickHouse, database: string): Promise<Map<string, ExistingTable>> => {
  const tables = await clickhouse.query<{ name: string; engine: string; definition: string }>(
    'SELECT name, engine, create_table_query AS definition FROM system.tables WHERE database = {database:String}',
    { database },
  );
  return new Map(tables.map((table) => [table.name, table]));
};

const refuseStranger = (
  database: string,
  { name, engine, sources }: Creation,
  found: ExistingTable | undefined,
): void => {
  if (!found) return;
  // Replicated and cloud servers put a word before the engine's name.
  const ours = found.engine.endsWith(engine) && sources.every((source) => found.definition.includes(source));
  if (ours) return;
  throw new AppError(
    'failed_precondition',
    `${database}.${name} is there already and is not ours (engine ${found.engine}, expected ${engine}${sources.length > 0 ? ` over ${sources.join(', ')}` : ''}). ` +
      `Rename it (RENAME TABLE ${database}.${name} TO ${database}.${name}_before), or set another table name.`,
  );
};

const readMigrations = (folder: string, names: Readonly<Record<string, string>>): Migration[] =>
  readdirSync(folder)
    .filter((file) => fileName.test(file))
    .sort()
    .map((file) => {
      const statements = splitStatements(fill(readFileSync(join(folder, file), 'utf8'), names, file));
      return { name: file.replace(/\.sql$/, ''), statements, creations: statements.flatMap(readCreation) };
    });

/** Only words in braces that stand alone; ClickHouse's own parameters have a colon. */
const fill = (sql: string, names: Readonly<Record<string, string>>, file: string): string =>
  sql.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = names[name];
    if (value === undefined) throw new Error(`${file} uses {${name}}, which nobody gave`);
    return value;
  });

/** A statement ends with a semicolon at the end of a line; a comment is a line of its own. */
const splitStatements = (sql: string): string[] =>
  sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter(Boolean);

const creationPattern = /^CREATE (?:OR REPLACE )?(TABLE|VIEW|MATERIALIZED VIEW) (?:IF NOT EXISTS )?(\w+)\.(\w+)/;

const readCreation = (statement: string): Creation[] => {
  const [, kind, , name = ''] = creationPattern.exec(statement) ?? [];
  if (kind === undefined) return [];
  if (kind === 'TABLE') return [{ name, engine: /\bENGINE = (\w+)/.exec(statement)?.[1] ?? '', sources: [] }];
  const sources = [...statement.matchAll(/\b(?:FROM|JOIN) (\w+\.\w+)/g)].map(([, source]) => source as string);
  return [{ name, engine: kind === 'VIEW' ? 'View' : 'MaterializedView', sources }];
};
