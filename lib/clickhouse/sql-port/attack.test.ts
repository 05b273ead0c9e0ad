import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHttp } from './kit/sql-port.js';

let served: Awaited<ReturnType<typeof startTestHttp>>;
let secretFile: string;
const secret = 'the-secret-word';
/** Whoever knocks here was sent by a query. */
const knocks: string[] = [];
const bait = createServer((socket) => {
  knocks.push('knock');
  socket.on('error', () => undefined);
  socket.destroy();
});
let baitAddress: string;

beforeAll(async () => {
  served = await startTestHttp({ limits: { maxSeconds: 3, maxMemoryBytes: 200_000_000, maxResultRows: 10_000 } });
  secretFile = join(served.folder, 'secret.csv');
  writeFileSync(secretFile, `a,b\n${secret},1\n`);
  await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve));
  const bound = bait.address();
  baitAddress = `127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
});
afterAll(async () => {
  bait.close();
  await served?.close();
});

/** Refused means: an error of ClickHouse's kind, and nothing of what was wanted in it. */
const expectRefused = async (sql: string, search = '', init: RequestInit = {}) => {
  const { status, code, text } = await served.post(sql, search, init);
  expect({ sql, search, refused: status >= 400 && code > 0, text }).toMatchObject({ sql, search, refused: true });
  expect({ sql, text }).toEqual({ sql, text: expect.not.stringContaining(secret) });
  return { code, text };
};
const tables = async () =>
  served.clickhouse.query(
    "SELECT database, name FROM system.tables WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') ORDER BY 1, 2",
  );

describe('the read-only clickhouse port', () => {
  it('changes nothing', async () => {
    const before = await tables();
    const rows = await served.clickhouse.query('SELECT * FROM crypto.tickers_rows ORDER BY ALL');
    const out = join(served.folder, 'out.txt');
    const disguises = (sql: string) => [
      sql,
      sql.toLowerCase(),
      `/* SELECT */ ${sql}`,
      `-- SELECT 1\n${sql}`,
      `# SELECT 1\n${sql}`,
      `${sql};`,
      `SELECT 1; ${sql}`,
      `SELECT 1;;${sql};`,
      `(${sql})`,
      `WITH 1 AS one ${sql}`,
      `EXPLAIN SELECT 1; ${sql}`,
      `${sql} PARALLEL WITH ${sql}`,
    ];
    const statements = [
      "INSERT INTO crypto.tickers_rows VALUES ('X', now64(3), 1, 1)",
      'INSERT INTO crypto.tickers_rows SELECT * FROM crypto.tickers_rows',
      `INSERT INTO FUNCTION file('${out}', 'CSV', 'a Int') SELECT 1`,
      'CREATE TABLE crypto.evil (a Int) ENGINE = Memory',
      'CREATE TEMPORARY TABLE evil (a Int)',
      'CREATE DATABASE evil',
      'CREATE VIEW crypto.evil AS SELECT 1',
      'CREATE MATERIALIZED VIEW crypto.evil ENGINE = Memory AS SELECT 1 AS a',
      "CREATE DICTIONARY crypto.evil (a UInt64) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)",
      'CREATE FUNCTION evil AS (x) -> x',
      'CREATE USER evil',
      'CREATE ROLE evil',
      `CREATE TABLE crypto.evil (a String) ENGINE = File(CSV, '${secretFile}')`,
      'DROP TABLE crypto.tickers_rows',
      'DROP DATABASE crypto',
      'TRUNCATE TABLE crypto.tickers_rows',
      'ALTER TABLE crypto.tickers_rows DELETE WHERE 1',
      'DELETE FROM crypto.tickers_rows WHERE 1',
      'UPDATE crypto.tickers_rows SET id = 0 WHERE 1',
      'OPTIMIZE TABLE crypto.tickers_rows FINAL',
      'RENAME TABLE crypto.tickers_rows TO crypto.evil',
      'EXCHANGE TABLES crypto.tickers_rows AND crypto.tickers',
      'DETACH TABLE crypto.tickers_rows',
      'ATTACH TABLE crypto.evil',
      'UNDROP TABLE crypto.evil',
      'KILL QUERY WHERE 1',
      'SYSTEM SHUTDOWN',
      'SYSTEM DROP MARK CACHE',
      'SYSTEM FLUSH LOGS',
      'SYSTEM STOP MERGES',
      'SET readonly = 0',
      'SET ROLE ALL',
      'SET ROLE owner',
      'SET DEFAULT ROLE NONE TO default',
      'SET max_memory_usage = 0',
      'USE system',
      'GRANT ALL ON *.* TO default',
      'EXECUTE AS default SELECT 1',
      `BACKUP DATABASE crypto TO File('${out}')`,
      "RESTORE DATABASE crypto FROM File('x')",
      'BEGIN TRANSACTION',
      'COMMIT',
      `SELECT 1 INTO OUTFILE '${out}'`,
      `SELECT 1 INTO OUTFILE '${out}' TRUNCATE FORMAT CSV`,
      `SELECT 1 INTO OUTFILE '${out}' AND STDOUT`,
      `SELECT 1 /* */ InTo /* */ OuTfIlE '${out}'`,
      `EXPLAIN SELECT 1 INTO OUTFILE '${out}'`,
      `SHOW TABLES INTO OUTFILE '${out}'`,
      `(SELECT 1) UNION ALL (SELECT 2) INTO OUTFILE '${out}'`,
      'CHECK TABLE crypto.tickers_rows',
    ];
    for (const sql of statements) {
      await expectRefused(sql);
      await expectRefused(`SELECT 1; ${sql}`);
    }
    for (const sql of ['DROP TABLE crypto.tickers_rows', 'SET readonly = 0', `SELECT 1 INTO OUTFILE '${out}'`]) {
      for (const text of disguises(sql)) await expectRefused(text);
      for (const method of ['GET', 'POST'])
        await expectRefused('', `?query=${encodeURIComponent(sql)}`, {
          method,
          ...(method === 'GET' ? { body: null } : {}),
        });
    }
    await expectRefused(
      'X\t2026-01-27 10:00:00\t1\t1\n',
      `?query=${encodeURIComponent('INSERT INTO crypto.tickers_rows FORMAT TSV')}`,
    );
    await expectRefused(gzipSync('DROP TABLE crypto.tickers_rows') as unknown as string, '', {
      headers: { 'Content-Encoding': 'gzip' },
    });
    expect(await tables()).toEqual(before);
    expect(await served.clickhouse.query('SELECT * FROM crypto.tickers_rows ORDER BY ALL')).toEqual(rows);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(served.folder).sort()).toEqual(['engine', 'secret.csv']);
  });

  it('rests on rights of the engine itself, without anybody reading the text first', async () => {
    const { engine } = served.clickhouse;
    for (const sql of [
      'CREATE TABLE crypto.evil (a Int) ENGINE = Memory',
      'CREATE TEMPORARY TABLE evil (a Int)',
      'DROP TABLE crypto.tickers_rows',
      "INSERT INTO crypto.tickers_rows VALUES ('X', now64(3), 1, 1)",
      'SET readonly = 0',
      'SYSTEM SHUTDOWN',
      `SELECT * FROM file('${secretFile}')`,
      `DESCRIBE file('${secretFile}')`,
      `SELECT * FROM '${secretFile}'`,
      `SELECT * FROM url('http://${baitAddress}/', 'LineAsString', 'a String')`,
      `SELECT * FROM remote('${baitAddress}', 'system', 'one')`,
      "SELECT * FROM executable('id', 'LineAsString', 'a String')",
      'SELECT 1 SETTINGS max_memory_usage = 1000000000000',
    ]) {
      const fault = await engine.run({ sql, asAnalyst: true }).answer.then(
        () => 'ran',
        (err: { type: string }) => err.type,
      );
      expect({ sql, fault }).toEqual({ sql, fault: expect.stringMatching(/^(READONLY|ACCESS_DENIED)$/) });
    }
    expect(knocks).toEqual([]);
  });

  it('reads no file and calls no network', async () => {
    const sources = [
      `SELECT * FROM file('${secretFile}')`,
      `SELECT * FROM file('${secretFile}', 'LineAsString')`,
      `SELECT * FROM FILE('${secretFile}', 'LineAsString')`,
      `SELECT * FROM \`file\`('${secretFile}', 'LineAsString')`,
      `SELECT * FROM "file"('${secretFile}', 'LineAsString')`,
      `SELECT * FROM \`fi\\x6ce\`('${secretFile}', 'LineAsString')`,
      `SELECT * FROM/**/file/**/('${secretFile}', 'LineAsString')`,
      `SELECT * FROM '${secretFile}'`,
      `SELECT * FROM \`${secretFile}\``,
      `SELECT * FROM default.\`${secretFile}\``,
      `SELECT * FROM fileCluster('default', '${secretFile}')`,
      `SELECT file('${secretFile}')`,
      `SELECT FILE('${secretFile}')`,
      `SELECT \`file\`('${secretFile}')`,
      `SELECT "fi\\x6ce"('${secretFile}')`,
      `SELECT f\u0131le('${secretFile}')`,
      `SELECT concat(file('${secretFile}'), '')`,
      `WITH file('${secretFile}') AS f SELECT f`,
      `WITH x -> file(x) AS f SELECT f('${secretFile}')`,
      `SELECT arrayMap(file, ['${secretFile}'])`,
      `SELECT arrayMap(x -> file(x), ['${secretFile}'])`,
      `SELECT * APPLY file FROM (SELECT '${secretFile}' AS a)`,
      `SELECT * APPLY(file) FROM (SELECT '${secretFile}' AS a)`,
      `SELECT * APPLY(x -> file(x)) FROM (SELECT '${secretFile}' AS a)`,
      `SELECT 1 WHERE file('${secretFile}') LIKE '%'`,
      `SELECT 1 ORDER BY file('${secretFile}')`,
      `SELECT * FROM (SELECT * FROM file('${secretFile}', 'LineAsString'))`,
      `WITH t AS (SELECT * FROM file('${secretFile}', 'LineAsString')) SELECT * FROM t`,
      `SELECT 1 IN (SELECT 1 FROM file('${secretFile}', 'LineAsString'))`,
      `SELECT (SELECT any(a) FROM file('${secretFile}'))`,
      `SELECT * FROM numbers(1) JOIN file('${secretFile}') AS f ON 1`,
      `SELECT * FROM crypto.tickers UNION ALL SELECT * FROM file('${secretFile}')`,
      `SELECT * FROM view(SELECT * FROM file('${secretFile}'))`,
      `SELECT * FROM viewIfPermitted(SELECT * FROM file('${secretFile}') ELSE null('a String'))`,
      `SELECT * FROM eval('SELECT file(''${secretFile}'')')`,
      `DESCRIBE file('${secretFile}')`,
      `DESCRIBE TABLE file('${secretFile}', 'CSVWithNames')`,
      `DESCRIBE (SELECT file('${secretFile}'))`,
      `EXPLAIN QUERY TREE SELECT file('${secretFile}')`,
      `EXPLAIN SYNTAX run_query_tree_passes = 1 SELECT file('${secretFile}')`,
      `EXPLAIN PLAN actions = 1 SELECT * FROM file('${secretFile}')`,
      `EXPLAIN ESTIMATE SELECT * FROM file('${secretFile}')`,
      "SELECT * FROM filesystem('/etc')",
      `SELECT * FROM sqlite('${secretFile}', 't')`,
      `SELECT * FROM icebergLocal('${served.folder}')`,
      `SELECT * FROM deltaLakeLocal('${served.folder}')`,
      "SELECT * FROM executable('id', 'LineAsString', 'a String')",
      "SELECT * FROM executable('cat /etc/passwd', 'LineAsString', 'a String', (SELECT 1))",
      "SELECT * FROM python('x')",
      'SELECT * FROM Python(x)',
      `SELECT * FROM url('http://${baitAddress}/', 'LineAsString')`,
      `SELECT * FROM URL('http://${baitAddress}/', 'LineAsString', 'a String')`,
      `SELECT * FROM url('file://${secretFile}', 'LineAsString')`,
      `SELECT * FROM urlCluster('default', 'http://${baitAddress}/', 'LineAsString')`,
      `SELECT * FROM s3('http://${baitAddress}/bucket/key', 'LineAsString')`,
      `SELECT * FROM s3('http://${baitAddress}/bucket/key', 'LineAsString', 'a String')`,
      `SELECT * FROM gcs('http://${baitAddress}/bucket/key', 'LineAsString', 'a String')`,
      `SELECT * FROM azureBlobStorage('http://${baitAddress}/', 'c', 'b', 'n', 'aGV5', 'CSV', 'auto', 'a String')`,
      `SELECT * FROM hdfs('hdfs://${baitAddress}/x', 'LineAsString', 'a String')`,
      `SELECT * FROM remote('${baitAddress}', 'system', 'one')`,
      `SELECT * FROM remoteSecure('${baitAddress}', system.one)`,
      `SELECT * FROM cluster('default', system.one)`,
      `SELECT * FROM clusterAllReplicas('default', system, one)`,
      `SELECT * FROM mysql('${baitAddress}', 'd', 't', 'u', 'p')`,
      `SELECT * FROM postgresql('${baitAddress}', 'd', 't', 'u', 'p')`,
      `SELECT * FROM mongodb('${baitAddress}', 'd', 't', 'u', 'p', 'a String')`,
      `SELECT * FROM redis('${baitAddress}', 'k', 'k String, v String')`,
      `SELECT * FROM odbc('DSN=x', 'd', 't')`,
      `SELECT * FROM jdbc('jdbc:x://${baitAddress}', 'd', 't')`,
      `SELECT * FROM ytsaurus('http://${baitAddress}', '//t', 'x', 'a String')`,
      "SELECT * FROM dictionary('d')",
      "SELECT dictGet('d', 'a', 1)",
      "SELECT * FROM input('a Int')",
      'SELECT * FROM loop(crypto.tickers_rows)',
      "SELECT * FROM merge('system', '^disks$')",
      "SELECT * FROM merge(REGEXP('sys'), 'tables')",
      'SELECT * FROM mergeTreeIndex(crypto, tickers_rows)',
      "SELECT * FROM fuzzJSON('{}')",
      "SELECT aiGenerate('x')",
      "SELECT catboostEvaluate('/etc/passwd', 1)",
      `SELECT 1 FORMAT Template SETTINGS format_template_resultset = '${secretFile}'`,
      `SELECT 1 AS a FORMAT Protobuf SETTINGS format_schema = '${secretFile}:x'`,
    ];
    for (const sql of sources) await expectRefused(sql);
    for (const search of [
      `?format_template_resultset=${encodeURIComponent(secretFile)}`,
      `?format_schema=${encodeURIComponent(`${secretFile}:x`)}`,
      `?output_format_schema=${encodeURIComponent(join(served.folder, 'schema.out'))}`,
      '?allow_experimental_ai_functions=1',
      '?allow_introspection_functions=1',
      '?user_files_path=/',
      '?profile=default',
    ]) {
      await expectRefused('SELECT 1', search);
    }
    expect(knocks).toEqual([]);
    expect(readFileSync(secretFile, 'utf8')).toContain(secret);
    expect(readdirSync(served.folder).sort()).toEqual(['engine', 'secret.csv']);
  });

  it('tells nothing of where it lies', async () => {
    for (const sql of [
      'SELECT * FROM system.disks',
      'SELECT path FROM system.disks',
      'SELECT path FROM `system`.`disks`',
      'SELECT path FROM "system"."disks"',
      'SELECT path FROM `sys\\x74em`.disks',
      'SELECT path FROM system /**/ . /**/ disks',
      'SELECT * FROM system.server_settings',
      'SELECT * FROM system.users',
      'SELECT * FROM system.processes',
      'SELECT * FROM system.detached_parts',
      'SELECT * FROM system.build_options',
      'SELECT * FROM system.tables',
      'SELECT t.* FROM system.tables AS t',
      'SELECT tables.* FROM system.tables',
      'SELECT data_paths FROM system.tables',
      'SELECT `data_paths` FROM system.tables',
      'SELECT t.metadata_path FROM system.tables AS t',
      'SELECT system.tables.data_paths FROM system.tables',
      "SELECT COLUMNS('path') FROM system.tables",
      "SELECT columns('path') FROM system.tables",
      'SELECT * EXCEPT (name) FROM system.databases',
      'SELECT toString(*) FROM system.databases',
      'SELECT tuple(*) FROM system.databases',
      'SELECT count(*), max(data_path) FROM system.databases',
      'SELECT path FROM system.parts',
      'SELECT * FROM (SELECT * FROM system.parts)',
      'WITH p AS (SELECT * FROM system.tables) SELECT name FROM p',
      "SELECT getServerSetting('path')",
      "SELECT getMacro('x')",
      'SHOW PROCESSLIST',
      'SHOW FILESYSTEM CACHES',
      "DESCRIBE FILESYSTEM CACHE 'x'",
    ]) {
      const { text } = await expectRefused(sql);
      expect({ sql, text }).toEqual({ sql, text: expect.not.stringContaining(served.folder) });
    }
    await expectRefused('SELECT path FROM disks', '?database=system');
    await expectRefused('SELECT path FROM {d:Identifier}.disks', '?param_d=system');
    await expectRefused('SELECT path FROM {t:Identifier}', `?param_t=${encodeURIComponent('system.disks')}`);
    await expectRefused('SELECT path FROM {t:Identifier}', `?param_t=${encodeURIComponent('`system`.disks')}`);
    expect((await served.post('SELECT count() FROM {t:Identifier}', '?param_t=tickers&database=crypto')).text).toBe(
      '3\n',
    );
    for (const sql of [
      'SHOW DATABASES',
      'SHOW CREATE TABLE crypto.tickers_rows',
      'SELECT name, engine FROM system.tables',
      'SELECT * FROM system.settings',
      'SHOW CREATE DATABASE crypto',
      'SELECT * FROM system.columns LIMIT 100',
    ]) {
      const { status, text } = await served.post(sql);
      expect({ sql, status }).toEqual({ sql, status: 200 });
      expect(text).not.toContain(served.folder);
    }
  });

  it('leaves no setting behind, and takes none that loosens it', async () => {
    for (const settings of [
      'readonly = 0',
      'readonly = 2',
      'max_memory_usage = 0',
      "profile = 'default', max_memory_usage = 0",
      'max_execution_time = 0',
      'max_threads = 64',
      'allow_ddl = 1',
    ]) {
      await expectRefused(`SELECT 1 SETTINGS ${settings}`);
      await expectRefused(`SELECT * FROM (SELECT 1 SETTINGS ${settings})`);
      await expectRefused(`SELECT 1 settings ${settings} UNION ALL SELECT 2`);
      await expectRefused(`WITH t AS (SELECT 1 /**/ SETTINGS /**/ ${settings}) SELECT * FROM t FORMAT JSON`);
    }
    await expectRefused('CREATE TABLE crypto.evil (a Int) ENGINE = Memory', '?readonly=0');
    await expectRefused('CREATE TABLE crypto.evil (a Int) ENGINE = Memory', '?readonly=0&role=owner');
    expect(
      (
        await served.post(
          "SELECT getSetting('readonly'), getSetting('max_memory_usage'), currentRoles()",
          '?max_memory_usage=999999999999',
        )
      ).text,
    ).toBe("1\t200000000\t['analyst']\n");
    expect((await served.post('SELECT {x:String}', '?param_x=a')).text).toBe('a\n');
    await expectRefused('SELECT {x:String}');
    expect((await served.post("SELECT toString(getSetting('join_use_nulls'))", '?join_use_nulls=1')).text).toBe(
      'true\n',
    );
    expect((await served.post("SELECT toString(getSetting('join_use_nulls'))")).text).toBe('false\n');
    for (const value of ['1; DROP TABLE crypto.tickers_rows', "'", "\\'; DROP TABLE crypto.tickers_rows; --"]) {
      await served.post('SELECT 1', `?date_time_output_format=${encodeURIComponent(value)}`);
      await served.post('SELECT {x:String}', `?param_x=${encodeURIComponent(value)}`);
      await served.post('SELECT 1', `?param_${encodeURIComponent(value)}=1`);
      await served.post('SELECT 1', `?database=${encodeURIComponent(value)}`);
      await served.post('SELECT 1', `?default_format=${encodeURIComponent(value)}`);
    }
    expect(await served.clickhouse.query('SELECT count() AS n FROM crypto.tickers_rows')).toEqual([{ n: '3' }]);
  });
});
