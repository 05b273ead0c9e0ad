import { createManualClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, startExchangeSim } from '../app.js';
import { connect, getJson, type TestClient } from '../kit/client.js';
import { type Alteration, alterText, escapedText } from './alteration.js';

let sim: ExchangeSim | undefined;
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});
const start = async () => {
  const clock = createManualClock();
  sim = await startExchangeSim({ clock, log: silentLogger() }, { symbols: 4, tradeRate: 5, pastDay: false });
  return { sim, clock };
};
const btc = 'btcusdt@aggTrade';
const settle = async (client: TestClient) =>
  void (await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: client.frames.length + 1 }));
const rows = async (sim: ExchangeSim, fromId: number, limit = 1) =>
  (await getJson(`${sim.restUrl}/api/v3/aggTrades?symbol=BTCUSDT&fromId=${fromId}&limit=${limit}`)).body;

const trade =
  '{"e":"aggTrade","E":1700000000010,"s":"BTCUSDT","a":7,"p":"1.50000000","q":"2.00000000","f":1,"l":2,"T":1700000000000,"m":true,"M":true}';
const ticker = '{"e":"24hrMiniTicker","E":1700000000010,"s":"BTCUSDT","c":"1","o":"1","h":"1","l":"1","v":"1","q":"1"}';

describe('what the exchange may send that cannot be right', () => {
  it.each<[Alteration, string, object]>([
    ['zero-price', trade, { p: '0.00000000', a: 7 }],
    ['zero-price', ticker, { c: '0.00000000', l: '0.00000000', v: '1' }],
    ['bad-ids', trade, { f: -1, l: -1, p: '1.50000000' }],
    ['hour-ahead', trade, { E: 1_700_003_600_010, T: 1_700_003_600_000 }],
    ['hour-ahead', ticker, { E: 1_700_003_600_010 }],
    ['microseconds', trade, { E: 1_700_000_000_010_000, T: 1_700_000_000_000_000 }],
    ['id-leap', trade, { a: 99_999_999_999_999 }],
    ['twelve-decimals', trade, { p: '0.000000000012' }],
    ['never-traded', ticker, { c: '0.00000000', o: '0.00000000', v: '0.00000000', q: '0.00000000' }],
  ])('%s changes %s to %j and nothing else', (as, text, changed) => {
    const altered = JSON.parse(alterText(text, as));
    expect(altered).toMatchObject(changed);
    expect(Object.keys(altered)).toEqual(Object.keys(JSON.parse(text)));
  });

  it('leaves alone what has nothing of the sort, and takes each of a list', () => {
    expect(alterText(ticker, 'bad-ids')).toBe(ticker);
    expect(alterText(trade, 'never-traded')).toBe(trade);
    expect(JSON.parse(alterText(`[${ticker},${ticker}]`, 'hour-ahead'))).toHaveLength(2);
    expect(JSON.parse(escapedText('币安usdt@aggTrade'))).toBe('币安usdt@aggTrade');
  });

  it('comes on command for the next trades of a stream, and the history shows the same until the faults are cleared', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=${btc}`);
    sim.faults.add({ kind: 'alter', as: 'bad-ids', stream: btc, count: 2 });
    const from = sim.listings.get('BTCUSDT')?.trades.endId ?? 0;
    clock.advance(5_000);
    await settle(client);
    const sent = client.frames.filter(({ stream }) => stream === btc).map(({ data }) => [data.a, data.f]);
    expect(sent.slice(0, 3)).toEqual([
      [from, -1],
      [from + 1, -1],
      [from + 2, expect.any(Number)],
    ]);
    expect(sent[2]?.[1]).toBeGreaterThan(0);
    expect(await rows(sim, from, 2)).toMatchObject([
      { a: from, f: -1, l: -1 },
      { a: from + 1, f: -1 },
    ]);
    expect(sim.faults.list()).toEqual([]);
    sim.faults.clear();
    expect((await rows(sim, from))[0].f).toBeGreaterThan(0);
  });

  it('shows trades of the past in another way, in the history only, or on the stream only', async () => {
    const { sim, clock } = await start();
    const newest = sim.trades('btcusdt').at(-1)?.id ?? 0;
    sim.faults.add({ kind: 'alter', as: 'zero-price', stream: btc, ids: [newest], where: 'history' });
    sim.faults.add({ kind: 'alter', as: 'bad-ids', stream: btc, ids: [newest], where: 'history' });
    expect((await getJson(`${sim.restUrl}/api/v3/aggTrades?symbol=BTCUSDT&limit=1`)).body).toMatchObject([
      { a: newest, p: '0.00000000', f: -1 },
    ]);
    const client = await connect(`${sim.url}/stream?streams=${btc}`);
    sim.faults.add({ kind: 'alter', as: 'hour-ahead', stream: btc, ids: [newest + 2], where: 'stream' });
    clock.advance(5_000);
    await settle(client);
    const odd = client.frames.find(({ data }) => data?.a === newest + 2);
    const [row] = await rows(sim, newest + 2);
    expect(odd?.data.T).toBe(row.T + 3_600_000);
  });

  it('writes the names of streams with escapes', async () => {
    const { sim, clock } = await start();
    const client = await connect(`${sim.url}/stream?streams=${btc}`);
    const raw: string[] = [];
    client.ws.on('message', (data) => raw.push(data.toString()));
    sim.faults.add({ kind: 'alter', as: 'escaped-name', stream: btc });
    clock.advance(3_000);
    await settle(client);
    expect(raw[0]).toMatch(/^\{"stream":"\\u0062\\u0074\\u0063/);
    expect(client.frames.filter(({ stream }) => stream === btc).length).toBeGreaterThan(3);
  });

  it('is refused with words where it does not say which trades', async () => {
    const { sim } = await start();
    const post = async (fault: object) => {
      const { status, body } = await getJson(`${sim.restUrl}/sim/faults`, {
        method: 'POST',
        body: JSON.stringify(fault),
      });
      return [status, body.error];
    };
    expect(await post({ kind: 'alter', as: 'nonsense' })).toEqual([400, expect.stringContaining('as: ')]);
    expect(await post({ kind: 'alter', as: 'bad-ids', ids: [1] })).toEqual([
      400,
      'Not a fault: ids: need the "stream" they are of.',
    ]);
    expect(await post({ kind: 'alter', as: 'bad-ids', stream: btc, ids: [1], count: 1 })).toEqual([
      400,
      expect.stringContaining('"count"'),
    ]);
  });
});
