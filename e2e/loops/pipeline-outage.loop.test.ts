import { openServerClickHouse } from '@tickfolio/lib/clickhouse/server';
import { systemClock } from '@tickfolio/lib/clock';
import { startTestClickHouse } from '@tickfolio/lib/kit/clickhouse';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AllInOne, startAllInOne } from '../kit/all-in-one.js';
import { callJson, signUp } from '../kit/client.js';
import { savedQueries } from '../kit/saved-queries.js';

// `make long` makes it the full minute.
const outageMs = Number(process.env.OUTAGE_SECONDS ?? 8) * 1_000;
/** Prices that have come meanwhile, in any case. */
const pricesMeanwhile = 6;

const kafka = await startTestKafka();

describe.runIf(kafka)('with Kafka and ClickHouse both away', () => {
  if (!kafka) return; // NOT COVERED was said.
  let server: Awaited<ReturnType<typeof startTestClickHouse>>;
  let clickhouse: ReturnType<typeof openServerClickHouse>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let one: AllInOne;

  beforeAll(async () => {
    [server, folder] = await Promise.all([startTestClickHouse(), temporaryFolder()]);
    clickhouse = openServerClickHouse({
      address: server.address,
      user: 'default',
      password: '',
      log: silentLogger(),
      clock: systemClock,
    });
    one = await startAllInOne(folder.path, {
      BROKERS: kafka.brokers.join(','),
      CLICKHOUSE_ADDR: `${server.address.host}:${server.address.port}`,
      AUDIT_INTERVAL: '1s',
      LOG_LEVEL: 'info',
    });
  });
  afterAll(async () => {
    await one?.process.end('SIGTERM');
    await clickhouse?.close();
    await Promise.all([server?.close(), kafka.close(), folder?.remove()]);
  });

  const number = async (query: string): Promise<number> => {
    const [row] = await clickhouse.query<{ n: string }>(query).catch(() => []);
    return Number(row?.n ?? -1);
  };
  const rows = () => number('SELECT count() AS n FROM crypto.market_tickers');
  const metric = async (name: string) => {
    const text = String((await callJson(one.base, 'GET', '/metrics')).body.text);
    return Number(new RegExp(`^tickfolio_aggregator_${name}\\{[^}]*\\} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  };

  it('prices flow on, and every ticker of that time is in ClickHouse afterwards', {
    timeout: outageMs + 240_000,
  }, async () => {
    const person = await signUp(one.base);
    expect((await person.addCoin('btcusdt', '1.5')).status).toBe(200);
    expect((await person.addCoin('ethusdt', '10')).status).toBe(200);
    const socket = await person.connect();
    await socket.frame(({ Coins }) => Coins.every(({ Price }) => Price !== null), 30_000, 0);
    await eventually('the first rows', async () => (await rows()) > 30, 30_000).catch((err: unknown) => {
      throw new Error(`${err}\n${one.process.output()}`);
    });

    await Promise.all([kafka.kill(), server.kill()]);
    const downSince = Date.now();
    const from = socket.frames.length;
    await new Promise((resolve) => setTimeout(resolve, outageMs));
    const told = () => new Set(socket.frames.slice(from).map(({ Coins }) => Coins[0]?.Price)).size;
    await eventually(`${pricesMeanwhile} prices without Kafka`, () => told() >= pricesMeanwhile, 60_000);
    expect((await callJson(one.base, 'GET', '/ready')).status).toBe(200);

    const downUntil = Date.now();
    await Promise.all([kafka.restart(), server.restart()]);
    const published = await metric('events_published_total');
    await eventually(`${published} rows`, async () => (await rows()) >= published, 90_000);
    expect(await metric('events_dropped_total')).toBe(0);
    expect(await number('SELECT count() - uniqExact(message_id) AS n FROM crypto.market_tickers')).toBe(0);
    await eventually(
      'the audit has caught up',
      async () =>
        (await number(
          'SELECT sum(lag) + sum(missing) + sum(duplicate) AS n FROM crypto.market_tickers_audits WHERE audited_at > now64(3) - INTERVAL 2 SECOND',
        )) < 100
          ? true
          : undefined,
      30_000,
    );
    expect(
      await number(
        'SELECT sum(missing) + sum(duplicate) AS n FROM (SELECT * FROM crypto.market_tickers_audits ORDER BY audited_at DESC LIMIT 3)',
      ),
    ).toBe(0);
    // This symbol ticks about as often as its price comes.
    const ticked = await number(
      `SELECT uniqExact(toStartOfSecond(event_time)) AS n FROM crypto.market_tickers WHERE symbol = 'BTCUSDT'
         AND event_time BETWEEN fromUnixTimestamp64Milli(${downSince}) AND fromUnixTimestamp64Milli(${downUntil})`,
    );
    expect(ticked).toBeGreaterThanOrEqual(pricesMeanwhile / 2);
    socket.close();
  });

  it.each(savedQueries())("ClickHouse's own port answers as pasted from the documents: %s", async (query) => {
    const response = await fetch(`http://${server.address.host}:${server.address.port}/`, {
      method: 'POST',
      body: query,
    });
    expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/\S/)]);
  });
});
