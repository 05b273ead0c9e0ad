import { isShifted } from './evidence.js';
import { dropFeeds } from './feeds.js';
import {
  namesOf,
  type Part,
  parts,
  readColumns,
  readTables,
  type TakeoverDeps,
  zoneComment,
  zonedColumns,
  zoneOf,
} from './zoneless.js';

const alterTimeoutMs = 60_000;

/** Whether the rows' times have no zone; false where there are no rows yet. */
const isZoneless = async (deps: TakeoverDeps): Promise<boolean> => {
  const type = (await readColumns(deps, namesOf(deps, 'rows').own)).get('event_time');
  return type !== undefined && !type.includes("'UTC'");
};

const setPartAside = async (deps: TakeoverDeps, part: Part, zone: string): Promise<void> => {
  const { own, zoneless, twin, full } = namesOf(deps, part);
  const run = (sql: string) => deps.clickhouse.command(sql, {}, { timeoutMs: alterTimeoutMs });
  const tables = await readTables(deps);
  // Killed between the two names of the RENAME below.
  if (tables.has(twin) && !tables.has(own)) return run(`RENAME TABLE ${full(twin)} TO ${full(own)}`);
  if (tables.has(zoneless) || !tables.has(own) || !(await isZoneless(deps))) return;
  await run(`ALTER TABLE ${full(own)} MODIFY COMMENT '${zoneComment(zone)}'`);
  await run(`CREATE TABLE IF NOT EXISTS ${full(twin)} AS ${full(own)}`);
  await run(`ALTER TABLE ${full(twin)} MODIFY COMMENT ''`);
  const columns = Object.entries(zonedColumns[part]).map(([name, type]) => `MODIFY COLUMN ${name} ${type}`);
  if (columns.length > 0) await run(`ALTER TABLE ${full(twin)} ${columns.join(', ')}`);
  await run(`RENAME TABLE ${full(own)} TO ${full(zoneless)}, ${full(twin)} TO ${full(own)}`);
};

/** Removes what is left of a starter that was slower than another one. */
const dropTwins = async (deps: TakeoverDeps): Promise<void> => {
  const tables = await readTables(deps);
  for (const part of parts) {
    const { own, twin, full } = namesOf(deps, part);
    if (tables.has(twin) && tables.has(own)) await deps.clickhouse.command(`DROP TABLE IF EXISTS ${full(twin)}`);
  }
};

/**
 * Before the tables get their zones: sets them aside where times in them are wrong, and puts empty ones in their place,
 * so that right times never meet wrong ones. Every step can be repeated and interrupted. Whoever writes meanwhile
 * writes what is right.
 * @param zone what older versions wrote in, as far as is known
 * @returns where the feeds were taken away: SQL of the moment since when rows may have fed nothing
 */
export const setAside = async (deps: TakeoverDeps, zone: string): Promise<string | undefined> => {
  const rows = namesOf(deps, 'rows');
  const tables = await readTables(deps);
  if (tables.has(rows.own) && !(await isZoneless(deps))) {
    await dropTwins(deps);
    return undefined;
  }
  // What was decided once holds, also when the process starts again in another zone.
  const decided = zoneOf(tables.get(rows.own)) ?? zoneOf(tables.get(rows.zoneless));
  if (decided === undefined) {
    if (!tables.has(rows.own) || !(await isShifted(deps, zone))) return undefined;
    await deps.clickhouse.command(`ALTER TABLE ${rows.full(rows.own)} MODIFY COMMENT '${zoneComment(zone)}'`);
    deps.log.warn(
      { table: rows.full(rows.own), zone },
      'times of the archive are off by a time zone; they are being set right',
    );
  }
  const [now] = await deps.clickhouse.query<{ ms: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS ms');
  await dropFeeds(deps);
  for (const part of parts) await setPartAside(deps, part, decided ?? zone);
  await dropTwins(deps);
  return `fromUnixTimestamp64Milli(toInt64(${now?.ms}))`;
};
