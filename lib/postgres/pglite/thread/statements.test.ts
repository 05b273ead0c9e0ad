import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../clock/clock.js';
import { temporaryFolder } from '../../../kit/temporary-folder.js';
import { unpackEmptyDatabase } from '../empty.js';
import { createStatements, type Statements } from './statements.js';

let database: PGlite;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const clock = createManualClock();
const [max, maxAgeMs] = [3, 1_000];
beforeAll(async () => {
  folder = await temporaryFolder();
  const path = join(folder.path, 'data');
  unpackEmptyDatabase(path);
  database = new PGlite(path);
  await database.waitReady;
}, 60_000);
afterAll(async () => {
  await database.close();
  await folder.remove();
});

let statements: Statements;
const ask = async (text: string, params: readonly unknown[] = [], schema = 'public') =>
  (await statements.query(schema, text, params, 'array')).rows;
/** As PostgreSQL itself has them, by their names. */
const kept = async () =>
  (await database.query<{ statement: string }>('select statement from pg_prepared_statements order by name')).rows.map(
    ({ statement }) => statement,
  );
beforeEach(async () => {
  await database.exec('deallocate all; drop schema public cascade; create schema public; set search_path to public');
  await database.exec('create table things (id int primary key, name text)');
  statements = createStatements(database, { max, maxLength: 200, maxAgeMs, clock });
});

describe('statements', () => {
  it('are understood once, and say the same as without that', async () => {
    const insert = 'insert into things values ($1, $2) returning name';
    expect(await ask(insert, [1, 'one'])).toEqual([['one']]);
    expect(await ask(insert, [2, null])).toEqual([[null]]);
    const select = 'select id, name from things order by id';
    const first = await statements.query('public', select, [], 'object');
    const { rows, fields, affectedRows } = await database.query(select);
    expect(first).toMatchObject({ rows, fields, affectedRows });
    expect(await statements.query('public', select, [], 'object')).toEqual(first);
    expect(await statements.query('public', `update things set name = 'both'`, [], 'array')).toMatchObject({
      rows: [],
      affectedRows: 2,
    });
    expect(await kept()).toEqual([insert, select, `update things set name = 'both'`]);
  });

  it('are kept up to a bound; the one that was asked for longest ago goes', async () => {
    for (const one of ['select 1', 'select 2', 'select 3', 'select 1', 'select 4']) await ask(one);
    await ask('select 1');
    expect((await kept()).sort()).toEqual(['select 1', 'select 3', 'select 4']);
  });

  it('are planned anew after a while, because tables grow', async () => {
    await ask('select 1');
    const before = await database.query('select name from pg_prepared_statements');
    clock.advance(maxAgeMs - 1);
    await ask('select 1');
    expect((await database.query('select name from pg_prepared_statements')).rows).toEqual(before.rows);
    clock.advance(1);
    await ask('select 1');
    expect(await kept()).toEqual(['select 1']);
    expect((await database.query('select name from pg_prepared_statements')).rows).not.toEqual(before.rows);
  });

  it('are not kept where they are long, or of another kind', async () => {
    await ask(`select '${'x'.repeat(200)}'`);
    await ask('set application_name to one');
    expect(await kept()).toEqual([]);
  });

  it('mean the tables of the schema in which they are asked', async () => {
    await ask('create schema other');
    await ask('create table other.things (id int, name text)');
    await ask('insert into things values (1, $1)', ['here']);
    await ask('insert into other.things values (1, $1)', ['there']);
    const names = 'select name from things';
    expect(await ask(names)).toEqual([['here']]);
    await ask('set search_path to other');
    expect(await ask(names, [], 'other')).toEqual([['there']]);
    await ask('set search_path to public');
    expect(await ask(names)).toEqual([['here']]);
  });

  it('say what tables are when they were changed, by them or by others', async () => {
    await ask('insert into things values (1, $1)', ['7']);
    const names = 'select name from things';
    expect(await ask(names)).toEqual([['7']]);
    await ask('alter table things alter column name type int using name::int');
    expect(await ask(names)).toEqual([[7]]);
    await database.exec('alter table things alter column name type text');
    await expect(ask(names)).rejects.toMatchObject({ code: '0A000' });
    expect(await ask(names)).toEqual([['7']]);
  });

  it('go on after one that failed, also in a transaction', async () => {
    const insert = 'insert into things values ($1, $2)';
    await ask('begin');
    await ask(insert, [1, 'one']);
    await expect(ask(insert, [1, 'again'])).rejects.toMatchObject({ code: '23505', constraint: 'things_pkey' });
    await expect(ask('select 1')).rejects.toMatchObject({ code: '25P02' });
    await ask('rollback');
    await expect(ask('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
    await expect(ask(insert, ['no number', 'x'])).rejects.toMatchObject({ code: '22P02' });
    await ask(insert, [1, 'one']);
    expect(await ask('select name from things')).toEqual([['one']]);
    expect((await kept()).length).toBeLessThanOrEqual(max);
  });
});
