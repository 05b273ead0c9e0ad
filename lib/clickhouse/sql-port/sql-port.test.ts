import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock, systemClock } from '../../clock/clock.js';
import { StartError } from '../../errors/errors.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { openServerClickHouse } from '../server.js';
import { startTestHttp } from './kit/sql-port.js';
import { startClickHouseHttp } from './sql-port.js';

let served: Awaited<ReturnType<typeof startTestHttp>>;
beforeAll(async () => {
  served = await startTestHttp({
    corsOrigins: ['https://tabix.example'],
    limits: { maxSeconds: 3, maxMemoryBytes: 100_000_000, maxResultBytes: 5_000_000, maxResultRows: 200_000 },
    maxConcurrent: 2,
    maxWaiting: 2,
  });
});
afterAll(() => served?.close());
const post: typeof served.post = (...args) => served.post(...args);
const saved = "SELECT event_time, close_price FROM crypto.tickers WHERE symbol = 'BTCUSDT' ORDER BY event_time";
const savedText = '2026-01-27 10:00:00.000\t68123.45\n2026-01-27 10:00:01.000\t68123.50000001\n';
/** Node's own client, for headers that fetch does not let through. */
const raw = (path: string, headers: Record<string, string>, method = 'GET') =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sent = request(`${served.url}${path}`, { method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sent.on('error', reject).end();
  });

/** Says so where it is not; in CI that is an error. */
const curlIsInstalled = async (): Promise<boolean> => {
  try {
    await promisify(execFile)('curl', ['--version']);
    return true;
  } catch (err) {
    if (process.env.CI) throw err;
    process.stderr.write('NOT COVERED: curl is not installed, so the ClickHouse port was not tried with it.\n');
    return false;
  }
};

describe('the clickhouse port, for programs that exist', () => {
  it('answers curl, with TabSeparated when no format is named', async () => {
    if (!(await curlIsInstalled())) return;
    const curl = (...args: string[]) =>
      promisify(execFile)('curl', ['--silent', '--show-error', ...args]).then(({ stdout }) => stdout);
    expect(await curl(`${served.url}/ping`)).toBe('Ok.\n');
    expect(await curl(served.url)).toBe('Ok.\n');
    expect(await curl(served.url, '--data-binary', saved)).toBe(savedText);
    expect(await curl(`${served.url}/?query=SELECT%201%2B1`)).toBe('2\n');
    expect(await curl('-G', served.url, '--data-urlencode', `query=${saved} FORMAT CSV`)).toBe(
      '"2026-01-27 10:00:00.000",68123.45\n"2026-01-27 10:00:01.000",68123.50000001\n',
    );
    expect(
      await curl(
        `${served.url}/?database=crypto&param_s=ETHUSDT`,
        '-d',
        'SELECT id FROM tickers WHERE symbol = {s:String};',
      ),
    ).toBe('9007199254740993\n');
    expect(await curl('--compressed', `${served.url}/?enable_http_compression=1`, '-d', saved)).toBe(savedText);
    expect(await curl('-d', 'SELECT nope', served.url)).toMatch(
      /^Code: 47\. DB::Exception: .+\(UNKNOWN_IDENTIFIER\) \(version [\d.]+\)\n$/,
    );
    expect(await curl('-I', `${served.url}/?query=SELECT%201`)).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it('answers @clickhouse/client: ping, parameters, formats, streams, errors', async () => {
    const client = createClient({
      url: served.url,
      database: 'crypto',
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: { output_format_json_quote_decimals: 1, output_format_json_quote_64bit_integers: 1 },
    });
    try {
      expect(await client.ping()).toEqual({ success: true });
      expect(await client.ping({ select: true })).toEqual({ success: true });
      const query =
        'SELECT symbol, close_price, id FROM tickers WHERE symbol = {symbol:String} AND close_price > {low:Decimal64(8)} AND id IN {ids:Array(UInt64)}';
      const query_params = { symbol: 'ETHUSDT', low: '0.00000001', ids: [9_007_199_254_740_993n, 7n] };
      const rows = await client.query({ query, query_params, format: 'JSONEachRow' });
      expect(await rows.json()).toEqual([
        { symbol: 'ETHUSDT', close_price: '9999999999.99999999', id: '9007199254740993' },
      ]);
      const compact = await client.query({ query, query_params, format: 'JSONCompactEachRow' });
      expect(await compact.json()).toEqual([['ETHUSDT', '9999999999.99999999', '9007199254740993']]);
      const whole = await client.query({ query: 'SELECT 1 AS one', format: 'JSON' });
      expect(await whole.json()).toMatchObject({ data: [{ one: 1 }], rows: 1, meta: [{ name: 'one', type: 'UInt8' }] });

      const many = await client.query({ query: 'SELECT number FROM numbers(150000)', format: 'JSONEachRow' });
      let seen = 0;
      for await (const part of many.stream<{ number: string }>()) seen += part.length;
      expect(seen).toBe(150_000);

      const wrong = await client.query({ query: 'SELECT nope FROM tickers' }).catch((err: unknown) => err);
      expect(wrong).toBeInstanceOf(ClickHouseError);
      expect(wrong).toMatchObject({ code: '47', type: 'UNKNOWN_IDENTIFIER' });
      const refused = await client
        .insert({ table: 'tickers_rows', values: [{ symbol: 'X' }], format: 'JSONEachRow' })
        .catch((err: unknown) => err);
      expect(refused).toMatchObject({ code: '164', type: 'READONLY' });
    } finally {
      await client.close();
    }
  });

  it('answers our own server adapter, which may read and not write', async () => {
    const clickhouse = openServerClickHouse({
      address: { host: '127.0.0.1', port: served.http.port },
      user: 'default',
      password: '',
      clock: systemClock,
      log: silentLogger(),
    });
    expect(await clickhouse.check()).toBeUndefined();
    expect(await clickhouse.query('SELECT id FROM crypto.tickers WHERE symbol = {s:String}', { s: 'ETHUSDT' })).toEqual(
      [{ id: '9007199254740993' }],
    );
    await expect(clickhouse.insert('crypto.tickers_rows', ['symbol'], [['X']])).rejects.toMatchObject({
      code: 'permission_denied',
    });
    await expect(clickhouse.command('DROP TABLE crypto.tickers_rows')).rejects.toMatchObject({
      code: 'permission_denied',
    });
    await clickhouse.close();
  });

  it('answers what Tabix sends', async () => {
    const search =
      '?add_http_cors_header=1&log_queries=1&output_format_json_quote_64bit_integers=1&output_format_json_quote_denormals=1&user=default&password=';
    const tabix = async (sql: string, more = '') => {
      const answer = await post(`${sql} FORMAT JSON`, search + more, {
        headers: {
          Origin: 'http://localhost:8082',
          'Content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          'Accept-Encoding': 'gzip',
        },
      });
      expect({ sql, status: answer.status, text: answer.status === 200 ? '' : answer.text }).toEqual({
        sql,
        status: 200,
        text: '',
      });
      expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:8082');
      return JSON.parse(answer.text) as { data: Record<string, unknown>[]; rows: number };
    };
    expect((await tabix('SELECT version() as version')).data).toEqual([
      { version: expect.stringMatching(/^\d+\.\d+/) },
    ]);
    expect((await tabix('SELECT name FROM system.databases LIMIT 100')).data).toContainEqual({ name: 'crypto' });
    expect(
      (
        await tabix(
          'SELECT t.database, t.name, t.engine, pa.size FROM system.tables as t ANY LEFT JOIN (SELECT database, table as name, formatReadableSize(sum(bytes)) as size FROM system.parts GROUP BY database, name) as pa USING (database, name) LIMIT 500',
        )
      ).data,
    ).toContainEqual(expect.objectContaining({ database: 'crypto', name: 'tickers', engine: 'View' }));
    expect(
      (await tabix("SELECT * FROM system.columns WHERE database = 'crypto' AND table = 'tickers' LIMIT 500")).rows,
    ).toBe(4);
    expect((await tabix('SELECT name, is_aggregate from system.functions')).rows).toBeGreaterThan(1_000);
    expect(
      (await tabix(saved, '&database=crypto&max_result_rows=500&max_execution_time=1&result_overflow_mode=break')).rows,
    ).toBe(2);
    expect((await post('SHOW CREATE TABLE crypto.tickers_rows', search)).text).toContain('ReplacingMergeTree');
    const got = await raw(`/${search}&default_format=JSON&query=${encodeURIComponent(saved)}`, {
      Origin: 'http://127.0.0.1:8082',
    });
    expect(JSON.parse(got.text)).toMatchObject({ rows: 2 });
  });

  it('runs the statements by which people look around', async () => {
    for (const [sql, found] of [
      ['SHOW DATABASES', /^crypto$/m],
      ['SHOW TABLES FROM crypto', /^tickers$/m],
      ['DESCRIBE TABLE crypto.tickers', /close_price\tDecimal\(18, 8\)/],
      ['EXISTS TABLE crypto.tickers', /^1$/],
      ["EXPLAIN indexes = 1 SELECT * FROM crypto.tickers WHERE symbol = 'BTCUSDT'", /PrimaryKey/],
      ['WITH 2 AS two SELECT count(*) * two FROM crypto.tickers', /^6$/],
      ['-- a comment\n/* another */ (SELECT 1) UNION DISTINCT (SELECT 1);', /^1$/],
      ['SELECT * FROM numbers(3)', /^0\n1\n2$/],
      ["SELECT table_name FROM information_schema.tables WHERE table_schema = 'crypto' ORDER BY 1", /^tickers$/m],
      ["SELECT 'file; DROP', 'SYSTEM', 'system.disks'", /^file; DROP\tSYSTEM\tsystem.disks$/],
      ["SELECT count(*) FROM system.tables WHERE database = 'crypto'", /^2$/],
    ] as const) {
      const { status, text } = await post(sql);
      expect({ sql, status, text: text.trim() }).toEqual({ sql, status: 200, text: expect.stringMatching(found) });
    }
  });

  it('says which format an answer has, and packs it when asked', async () => {
    const json = await post(`${saved} FORMAT JSON`);
    expect(json.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(json.headers.get('x-clickhouse-format')).toBe('JSON');
    expect(json.headers.get('x-clickhouse-query-id')).toMatch(/^[0-9a-f-]{36}$/);
    const named = await post(saved, '?query_id=mine&default_format=CSVWithNames');
    expect(named.headers.get('x-clickhouse-query-id')).toBe('mine');
    expect(named.headers.get('content-type')).toBe('text/csv; charset=UTF-8; header=present');
    expect(named.text.split('\n')[0]).toBe('"event_time","close_price"');
    const packed = await raw(`/?enable_http_compression=1&query=${encodeURIComponent(saved)}`, {
      'Accept-Encoding': 'gzip',
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    const plain = await raw(`/?query=${encodeURIComponent(saved)}`, { 'Accept-Encoding': 'gzip' });
    expect(plain.text).toBe(savedText);
    const native = await post('SELECT 1 AS x FORMAT Native');
    expect(native.headers.get('content-type')).toBe('application/octet-stream');
  });
});

describe('the clickhouse port, when something is wrong', () => {
  it('answers with ClickHouse’s own words, number and status', async () => {
    for (const [sql, code, status, words] of [
      [
        'SELEC 1',
        62,
        400,
        /^Code: 62\. DB::Exception: Syntax error: failed at position 1 \(SELEC\).*Expected one of.*\(SYNTAX_ERROR\) \(version/s,
      ],
      ['SELECT nope FROM crypto.tickers', 47, 404, /Unknown expression identifier `nope`/],
      ['SELECT nope(1)', 46, 404, /nope.*\(UNKNOWN_FUNCTION\)/],
      ['SELECT 1 FROM crypto.tickrs', 60, 404, /Maybe you meant crypto\.tickers/],
      ['SELECT 1 FROM crypt.tickers', 81, 404, /UNKNOWN_DATABASE/],
      ['SELECT 1 FORMAT Nope', 73, 404, /UNKNOWN_FORMAT/],
      ['SELECT {x:UInt8}', 456, 400, /Substitution `x` is not set/],
      ["SELECT toDate('x')", 38, 400, /Cannot parse/],
      ['SELECT throwIf(1)', 395, 500, /FUNCTION_THROW_IF_VALUE_IS_NON_ZERO/],
      ['', 62, 400, /Empty query/],
      [';', 62, 400, /Empty query/],
      ['-- nothing', 62, 400, /Empty query|Syntax error/],
    ] as const) {
      const answer = await post(sql);
      expect({ sql, code: answer.code, status: answer.status, text: answer.text }).toEqual({
        sql,
        code,
        status,
        text: expect.stringMatching(words),
      });
      expect(answer.text).not.toMatch(/formatQuery/);
    }
    expect(await post('SELECT {x:UInt8}', '?param_x=abc')).toMatchObject({ code: 457, status: 400 });
    expect((await fetch(`${served.url}/nope`)).status).toBe(404);
    expect((await fetch(served.url, { method: 'DELETE' })).status).toBe(405);
  });

  it('bounds the query, the rows, the bytes, the memory and the time', async () => {
    const long = await post(`SELECT 1 -- ${'x'.repeat(70_000)}`);
    expect(long).toMatchObject({ status: 413, code: 223 });
    expect(await post('SELECT number FROM numbers(10000000)')).toMatchObject({ code: 396 });
    expect(await post("SELECT repeat('x', 100) FROM numbers(100000)")).toMatchObject({ code: 396 });
    // Small in the engine, large as text.
    expect(await post(`SELECT number AS ${'a'.repeat(200)} FROM numbers(100000) FORMAT JSONEachRow`)).toMatchObject({
      code: 396,
    });
    expect(await post(`SELECT number AS ${'a'.repeat(30_000)} FROM numbers(100000) FORMAT JSONEachRow`)).toMatchObject({
      code: 241,
    });
    expect(await post('SELECT groupArray(number) FROM numbers(100000000)')).toMatchObject({ code: 241 });
    // Asleep, so that the limit is the engine's own and costs no work.
    expect(await post('SELECT sleepEachRow(1) FROM numbers(1000)', '?max_block_size=1')).toMatchObject({
      code: 159,
      status: 408,
    });
    // Limits can be asked for lower, not higher.
    const busy = 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1';
    expect(await post(busy, '?max_execution_time=1')).toMatchObject({ code: 159, status: 408 });
    expect(await post(`SELECT (${busy})`, '?max_execution_time=1')).toMatchObject({ code: 159 });
    expect(await post('SELECT number FROM numbers(100)', '?max_result_rows=10')).toMatchObject({ code: 396 });
    expect(await post('SELECT number FROM numbers(300000)', '?max_result_rows=0')).toMatchObject({ code: 396 });
    expect(await post('SELECT number FROM numbers(300000)', '?max_result_rows=999999999')).toMatchObject({ code: 396 });
  });

  it('lets a few queries run, a few wait, and turns the others away', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('SELECT sleep(1)')));
    const codes = answers.map(({ code }) => code).sort((a, b) => a - b);
    expect(codes.filter((code) => code === 202)).toHaveLength(2);
    expect(answers.find(({ code }) => code === 202)).toMatchObject({
      status: 503,
      text: expect.stringContaining('TOO_MANY_SIMULTANEOUS_QUERIES'),
    });
    expect(await post('SELECT 1')).toMatchObject({ status: 200 });
  });

  it('does not keep a quick query waiting for the end of heavy ones', async () => {
    const deps = { engine: served.clickhouse.engine, clock: systemClock, log: silentLogger() };
    const other = await startClickHouseHttp(deps, { port: 0, maxConcurrent: 2, maxWaitMs: 200 });
    const controller = new AbortController();
    const ask = (sql: string) =>
      fetch(`http://127.0.0.1:${other.port}/?max_block_size=1`, {
        method: 'POST',
        body: sql,
        signal: controller.signal,
      });
    try {
      const heavy = [1, 2].map(() => ask('SELECT sleepEachRow(1) AS heavy FROM numbers(20)').catch(() => 'aborted'));
      const running =
        "SELECT count() AS n FROM system.processes WHERE query LIKE '%AS heavy%' AND query NOT LIKE '%processes%'";
      await expect.poll(() => served.clickhouse.query<{ n: string }>(running)).toEqual([{ n: '2' }]);
      const answer = await ask('SELECT 1');
      expect([answer.status, await answer.text()]).toEqual([
        503,
        expect.stringMatching(/Too many queries run.*TOO_MANY_SIMULTANEOUS/),
      ]);
      controller.abort();
      expect(await Promise.all(heavy)).toEqual(['aborted', 'aborted']);
    } finally {
      controller.abort();
      await other.close();
    }
  });

  it('ends the query of a client that goes away', async () => {
    const marker = 'gone_away';
    const running = () =>
      served.clickhouse.query<{ n: string }>(
        `SELECT count() AS n FROM system.processes WHERE query LIKE '%${marker}%' AND query NOT LIKE '%processes%'`,
      );
    const other = await startClickHouseHttp(
      { engine: served.clickhouse.engine, clock: systemClock, log: silentLogger() },
      { port: 0, limits: { maxSeconds: 60 }, maxConcurrent: 1 },
    );
    try {
      const controller = new AbortController();
      const asked = fetch(`http://127.0.0.1:${other.port}`, {
        method: 'POST',
        body: `SELECT count() AS ${marker} FROM numbers(1000000000000) WHERE sipHash64(number) = 1`,
        signal: controller.signal,
      }).catch(() => 'aborted');
      await expect.poll(running).toEqual([{ n: '1' }]);
      controller.abort();
      expect(await asked).toBe('aborted');
      await expect.poll(running).toEqual([{ n: '0' }]);
      expect(await (await fetch(`http://127.0.0.1:${other.port}/?query=SELECT%201`)).text()).toBe('1\n');
    } finally {
      await other.close();
    }
  });

  it('answers an address that cannot be read, instead of hanging up', async () => {
    const answer = await raw('//', {});
    expect([answer.status, answer.text]).toEqual([400, '"//" is no address that can be read.\n']);
  });

  it('gives back an id in whatever letters, and refuses one that no header takes before the query runs', async () => {
    const id = 'täglich € 日報';
    const inHeader = (text: string) => Buffer.from(text).toString('latin1');
    for (const answer of [
      await raw(`/?query=SELECT%201&query_id=${encodeURIComponent(id)}`, {}),
      await raw('/?query=SELECT%201', { 'x-clickhouse-query-id': inHeader(id) }),
    ])
      expect([answer.status, answer.text, answer.headers['x-clickhouse-query-id']]).toEqual([200, '1\n', inHeader(id)]);
    expect(await post('SELECT 1', '?query_id=a%0Ab')).toMatchObject({ status: 400, code: 36 });
    expect(await post('SELECT 1', '?default_format=%E2%82%AC')).toMatchObject({ status: 404, code: 73 });
    expect(await post('SELECT 1', '?session_timezone=%E2%82%AC')).toMatchObject({ status: 400, code: 36 });
  });

  it('does not pack an answer for a reader who refuses it packed', async () => {
    const encodingFor = async (accepted: string) =>
      (await raw('/?query=SELECT%201&enable_http_compression=1', { 'accept-encoding': accepted })).headers[
        'content-encoding'
      ];
    expect(await encodingFor('br, gzip;q=0')).toBeUndefined();
    expect(await encodingFor('gzip;q=0.5, br')).toBe('gzip');
  });

  it('keeps no answer in memory for a reader who stopped reading it', async () => {
    const clock = createManualClock();
    const limits = { maxResultBytes: 50_000_000 };
    const http = await startClickHouseHttp(
      { engine: served.clickhouse.engine, clock, log: silentLogger() },
      { port: 0, limits },
    );
    const socket = connect(http.port, '127.0.0.1');
    let cut = false;
    socket.on('close', () => {
      cut = true;
    });
    socket.on('error', () => undefined);
    const query = encodeURIComponent("SELECT repeat('x', 100000) FROM numbers(300)");
    socket.write(`GET /?query=${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, 'readable');
    const look = () => {
      clock.advance(30_000);
      // What is there already has to be read before the end is seen.
      if (clock.now() > 1_700_000_600_000) socket.resume();
      return cut;
    };
    await expect.poll(look, { interval: 20 }).toBe(true);
    expect(socket.bytesRead).toBeLessThan(30_000_000);
    await http.close();
  });

  it('names the port that is taken', async () => {
    const deps = { engine: served.clickhouse.engine, clock: systemClock, log: silentLogger() };
    const refused = await startClickHouseHttp(deps, {
      port: served.http.port,
      portVariable: 'CLICKHOUSE_HTTP_ADDR',
    }).catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(StartError);
    expect((refused as StartError).message).toMatch(/is in use\. Set CLICKHOUSE_HTTP_ADDR/);
  });
});

describe('the clickhouse port, for web pages', () => {
  it('lets pages of this machine and known ones read, and nobody else send', async () => {
    const ask = (headers: Record<string, string>, method = 'GET') => raw('/?query=SELECT%201', headers, method);
    for (const origin of ['http://localhost:8082', 'http://127.0.0.1', 'http://[::1]:3000', 'https://tabix.example']) {
      const answer = await ask({ Origin: origin });
      expect({ origin, status: answer.status, allowed: answer.headers['access-control-allow-origin'] }).toEqual({
        origin,
        status: 200,
        allowed: origin,
      });
      const preflight = await ask({ Origin: origin, 'Access-Control-Request-Method': 'POST' }, 'OPTIONS');
      expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin } });
    }
    for (const origin of [
      'https://evil.example',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
      'null',
      'https://tabix.example.evil.example',
    ]) {
      const answer = await ask({ Origin: origin });
      expect({ origin, status: answer.status, allowed: answer.headers['access-control-allow-origin'] }).toEqual({
        origin,
        status: 403,
        allowed: undefined,
      });
    }
    expect((await ask({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    // A page whose name was bent to this machine's address.
    expect((await ask({ Host: `rebound.example:${served.http.port}` })).status).toBe(403);
  });
});
