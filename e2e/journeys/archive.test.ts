import { createClient } from '@clickhouse/client';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AllInOne, startAllInOne } from '../kit/all-in-one.js';
import { savedQueries } from '../kit/saved-queries.js';

describe('the archive of the all-in-one run', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let one: AllInOne;
  let sql = '';
  let dashboard = '';
  /** What was archived before the kill. */
  let [stored, newest] = [0, ''];

  const start = async (more: Record<string, string> = {}) => {
    one = await startAllInOne(folder.path, { AUDIT_INTERVAL: '1s', ...more });
    await one.process.waitFor(/Ctrl-C stops it/, 30_000);
    sql = /SQL +(http:\/\/\S+)/.exec(one.process.output())?.[1] ?? '';
    dashboard = /Dashboard +(http:\/\/\S+)/.exec(one.process.output())?.[1] ?? '';
  };
  const ask = async (query: string) => {
    const response = await fetch(sql, { method: 'POST', body: query });
    return {
      status: response.status,
      text: await response.text(),
      code: response.headers.get('x-clickhouse-exception-code'),
    };
  };
  const number = async (query: string) => Number((await ask(query)).text);
  const rows = () => number('SELECT count() FROM crypto.market_tickers');

  beforeAll(async () => {
    folder = await temporaryFolder();
    await start();
    await eventually('thirty tickers', async () => (await rows()) >= 30, 60_000);
  });
  afterAll(async () => {
    await one?.process.end('SIGTERM');
    await folder?.remove();
  });

  it('fills by itself, before anybody holds anything', async () => {
    expect(
      await number(
        "SELECT uniqExact(symbol) FROM crypto.market_tickers WHERE symbol IN ('BTCUSDT', 'ETHUSDT', 'ETHBTC')",
      ),
    ).toBe(3);
    expect(await number('SELECT count() - uniqExact(message_id) FROM crypto.market_tickers')).toBe(0);
  });

  it.each(savedQueries())('answers as pasted from the documents: %s', async (query) => {
    const { status, text } = await ask(query);
    expect([status, text]).toEqual([200, expect.stringMatching(/\S/)]);
  });

  it('can be asked by a client library', async () => {
    const client = createClient({ url: sql });
    const result = await client.query({
      query: 'SELECT symbol, close_price FROM crypto.market_tickers WHERE symbol = {symbol:String} LIMIT 1',
      query_params: { symbol: 'BTCUSDT' },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ symbol: 'BTCUSDT', close_price: expect.anything() }]);
    await client.close();
  });

  it("answers a wrong query with ClickHouse's own message", async () => {
    const { status, text, code } = await ask('SELECT no_such_column FROM crypto.market_tickers');
    expect([status, code]).toEqual([404, '47']);
    expect(text).toContain('UNKNOWN_IDENTIFIER');
    expect(text).toContain('no_such_column');
  });

  it.each([
    "INSERT INTO crypto.market_tickers_rows (symbol) VALUES ('X')",
    'DROP TABLE crypto.market_tickers_rows',
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
  ])('refuses %s', async (query) => {
    const before = await rows();
    const { status, code } = await ask(query);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(Number(code)).toBeGreaterThan(0);
    expect(await rows()).toBeGreaterThanOrEqual(before);
  });

  it('is shown on the dashboard, marked as simulated, and proven complete', async () => {
    const front = await (await fetch(dashboard)).text();
    expect(front).toContain('BTCUSDT');
    expect(front).toMatch(/simulated/i);
    await eventually(
      'the verdict on the pipeline page',
      async () => /Complete/.test(await (await fetch(`${dashboard}/pipeline`)).text()),
      60_000,
    );
    expect(await number('SELECT sum(missing) + sum(duplicate) FROM crypto.market_tickers_audits')).toBe(0);
  });

  it('never passes simulated tickers for real ones: a run on real prices has an archive of its own', async () => {
    stored = await rows();
    newest = (await ask('SELECT max(event_time) FROM crypto.market_tickers')).text.trim();
    await one.process.end('SIGKILL');
    // An exchange that cannot be reached is real all the same.
    await start({
      PRICE_SOURCE: 'binance',
      BINANCE_WS_URL: 'ws://127.0.0.1:1',
      BINANCE_REST_URL: 'http://127.0.0.1:1',
    });
    expect(await rows()).toBe(0);
    await one.process.end('SIGTERM');
  });

  it('survived the kill -9, and counts on without a row lost or doubled', async () => {
    await start();
    expect(await rows()).toBeGreaterThanOrEqual(stored);
    await eventually(
      'new tickers after the restart',
      async () => (await number(`SELECT count() FROM crypto.market_tickers WHERE event_time > '${newest}'`)) > 10,
      60_000,
    );
    expect(await number('SELECT count() - uniqExact(message_id) FROM crypto.market_tickers')).toBe(0);
    const since = 'audited_at > now64(3) - INTERVAL 10 SECOND';
    await eventually(
      'an audit after the restart',
      async () => (await number(`SELECT max(archived) FROM crypto.market_tickers_audits WHERE ${since}`)) > 0,
      60_000,
    );
    expect(await number(`SELECT sum(missing) + sum(duplicate) FROM crypto.market_tickers_audits WHERE ${since}`)).toBe(
      0,
    );
  });
});
