import { StreamState } from '@tickfolio/gen/market/v1';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import type { AggregatorOptions } from './app.js';
import { marketDefaults } from './feed/market.js';
import { type AggregatorRig, startRig } from './kit/aggregator.js';
import type { ReferenceTrade } from './kit/reference-second-stats.js';
import { type FakeSocket, startFakeSocket, tradePayload } from './kit/socket.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close();
});

const socketAt = async (port = 0): Promise<FakeSocket> => {
  const fake = await startFakeSocket(port);
  closing.push(() => fake.close());
  return fake;
};
const start = async (options: Partial<AggregatorOptions> = {}): Promise<{ fake: FakeSocket; rig: AggregatorRig }> => {
  const fake = await socketAt();
  const rig = await startRig(fake.port, options);
  closing.push(() => rig.close());
  await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
  return { fake, rig };
};
const streamsOf = (fake: FakeSocket, kind: string) => fake.streams.filter((stream) => stream.kind === kind);
const followed = async (fake: FakeSocket, rig: AggregatorRig, symbols: readonly string[]) => {
  await rig.call('PUT', '/subscriptions/bff', { symbols });
  const isSo = (kind: string) => {
    const open = streamsOf(fake, kind);
    return open.length === 1 && [...(open[0]?.symbols ?? [])].sort().join() === [...symbols].sort().join();
  };
  await eventually('both streams', () => isSo('aggTrade') && isSo('miniTicker'));
};
const trade = (id: number, timeMs: number, price = '10.00000000'): ReferenceTrade => ({
  id,
  price,
  quantity: '2.00000000',
  timeMs,
});
/** Start of the second in which the test runs. */
const thisSecond = () => Math.floor(systemClock.now() / 1000) * 1000;

describe('a followed symbol that the exchange does not list', () => {
  it('is named in the log and in /ready until it is listed', async () => {
    const fake = await socketAt();
    const lines: string[] = [];
    const log = createLogger('aggregator', 'warn', (line) => lines.push(JSON.parse(line).msg));
    const alwaysFollow = ['btcusdt', 'a', 'b'];
    const rig = await startRig(fake.port, { alwaysFollow, symbolList: { refreshMs: 20 } }, systemClock, { log });
    closing.push(() => rig.close());
    const degraded = async () => (await rig.call('GET', '/ready')).body.degraded;
    await eventually(
      'named',
      async () => (await degraded()) === 'FOLLOW_SYMBOLS names symbols that the exchange does not list: a, b',
    );
    const told = () => lines.filter((line) => line.includes('FOLLOW_SYMBOLS'));
    expect(told()).toEqual(['FOLLOW_SYMBOLS names symbols that the exchange does not list: a, b']);
    fake.listed = [...fake.listed, 'a', 'b'];
    await eventually('listed', async () => (await degraded()) === null);
    expect(told().slice(1)).toEqual(['the exchange lists every symbol of FOLLOW_SYMBOLS now']);
  });
});

it('can be closed more than once', async () => {
  const { rig } = await start();
  await Promise.all([rig.app.close(), rig.app.close()]);
  await rig.app.close();
});

describe('the way of a price', () => {
  it('goes from the stream to the price bus, and the last price to whoever asks', async () => {
    const { fake, rig } = await start();
    const t0 = thisSecond();
    fake.history.set('btcusdt', [trade(7, t0 - 5_000, '9.50000000')]);
    await followed(fake, rig, ['btcusdt']);
    await eventually('the first last price', () => rig.told.length > 0);
    expect(rig.told[0]).toEqual({ symbol: 'btcusdt', price: '9.5', timeMs: t0 - 5_000, tradeId: 7, simulated: true });
    fake.trades('btcusdt', trade(8, t0 + 10), trade(9, t0 + 20, '11.00000000'), trade(10, t0 + 1_000));
    await eventually('a second', () => rig.published.length > 0);
    expect(rig.published[0]).toEqual({
      symbol: 'btcusdt',
      second: t0,
      open: '10',
      high: '11',
      low: '10',
      close: '11',
      volume: '4',
      quoteVolume: '42',
      trades: 2,
      firstTradeId: 8,
      lastTradeId: 9,
      lastTradeTime: t0 + 20,
      complete: true,
      revision: 0,
    });
    const { body } = await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt', 'nosuch'] });
    expect(body).toMatchObject({
      symbolsRevision: fake.listed.join(),
      simulated: true,
      feeds: { btcusdt: { state: 'live', detail: '', sinceMs: 1 }, nosuch: { state: 'unknown' } },
      lastPrices: { btcusdt: { price: '10', timeMs: t0 + 1_000, tradeId: 10 } },
    });
  });

  it('fills a hole from history', async () => {
    const { fake, rig } = await start();
    await followed(fake, rig, ['btcusdt']);
    const t0 = thisSecond();
    const record = [1, 2, 3, 4, 5, 6].map((id) => trade(id, t0 + 150 * (id - 1)));
    fake.trades('btcusdt', trade(0, t0 - 2_000));
    fake.history.set('btcusdt', record);
    for (const stream of streamsOf(fake, 'aggTrade')) {
      const sent = [...record.filter(({ id }) => id === 1 || id === 6), trade(7, t0 + 1_000)];
      stream.send({ frames: sent.map((one) => ({ payload: tradePayload('btcusdt', one), receiveTimeMs: t0 })) });
    }
    await eventually('the repaired second', () => rig.published.some(({ trades }) => trades === 6));
    expect(rig.published.filter(({ second }) => second === t0)).toHaveLength(1);
    expect(fake.pages.at(-1)).toMatchObject({ symbol: 'btcusdt', fromId: 2, limit: 4 });
    expect(await rig.metric('gaps_found_total')).toBe(1);
    expect(await rig.metric('gaps_filled_total')).toBe(1);
    expect(await rig.metric('trades_lost_total')).toBe(0);
  });

  it('survives frames that are no trades', async () => {
    const { fake, rig } = await start();
    await followed(fake, rig, ['btcusdt']);
    const t0 = thisSecond();
    const good = tradePayload('btcusdt', trade(2, t0));
    const bad = [
      '',
      'null',
      '[]',
      '{"e":"aggTrade"}',
      '{"e":"serverShutdown","E":1}',
      good.replace('"a":2', '"a":2.5'),
      good.replace('"a":2', '"a":99999999999999999999'),
      good.slice(0, -5),
    ];
    // These say which id they are of; nothing is known yet that it could be missing in.
    const odd = [
      good.replace('"p":"10.00000000"', '"p":"1e5"'),
      good.replace('"p":"10.00000000"', '"p":10'),
      good.replace('"q":"2.00000000"', '"q":"-2.00000000"'),
    ];
    for (const stream of fake.streams)
      stream.send({ frames: [...bad, ...odd].map((payload) => ({ payload, receiveTimeMs: t0 })) });
    fake.trades('btcusdt', trade(1, t0 - 1_000), trade(2, t0), trade(3, t0 + 1_000));
    await eventually('a second', () => rig.published.length > 0);
    expect(rig.published[0]).toMatchObject({ second: t0, trades: 1, complete: true });
    await eventually(
      'the count',
      async () => (await rig.metric('payloads_malformed_total')) === 2 * bad.length + odd.length,
    );
  });

  it('hands each mini-ticker to the event log once', async () => {
    const { fake, rig } = await start();
    await followed(fake, rig, ['btcusdt']);
    const payload = JSON.stringify({
      e: '24hrMiniTicker',
      E: 1_700_000_000_123,
      s: 'BTCUSDT',
      c: '68123.45000000',
      o: '68000.00000000',
      h: '69000.10000000',
      l: '67000.00000000',
      v: '1',
      q: '2',
    });
    const [stream] = streamsOf(fake, 'miniTicker');
    const frame = { payload, receiveTimeMs: 1_700_000_000_130 };
    stream?.send({ frames: [frame, frame] });
    stream?.send({ frames: [frame, { payload: payload.replace('BTC', 'ETH'), receiveTimeMs: 1 }] });
    // Too large for the archive's columns, which is not for the aggregator to judge.
    const large = { ...frame, payload: payload.replace('000123', '000124').replace('68123.45', '99999999999') };
    stream?.send({ frames: [large] });
    await eventually('the tickers', () => rig.events.length > 1);
    await eventually('the count', async () => (await rig.metric('tickers_duplicate_total')) === 2);
    expect(rig.events.map(({ message }) => JSON.parse(String(message.value)).close_price)).toEqual([
      '68123.45000000',
      '99999999999000000',
    ]);
    expect(rig.events[0]?.topic).toBe('binance.miniticker');
    expect(rig.events[0]?.message.key).toBe('BTCUSDT');
    expect(JSON.parse(String(rig.events[0]?.message.value))).toEqual({
      message_id: 'BTCUSDT-1700000000123',
      event_type: 'simulated 24hrMiniTicker',
      event_time: '2023-11-14 22:13:20.123',
      receive_time: '2023-11-14 22:13:20.130',
      symbol: 'BTCUSDT',
      close_price: '68123.45000000',
      open_price: '68000.00000000',
      high_price: '69000.10000000',
      low_price: '67000.00000000',
      change_price: '123.45',
      change_percent: '0.18154412',
      volume: '1',
      quote_volume: '2',
    });
  });
});

describe('the streams', () => {
  it('a new set makes a new stream, and the old one ends only after the new one began', async () => {
    const { fake, rig } = await start();
    await followed(fake, rig, ['btcusdt']);
    fake.mute = true;
    await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt', 'ethusdt'] });
    await eventually('the new stream', () => streamsOf(fake, 'aggTrade').length === 2);
    const t0 = thisSecond();
    fake.trades('btcusdt', trade(1, t0 - 1_000));
    // A trade's frame is a first message too, so send the rest by the old stream only.
    fake.mute = false;
    await eventually('the old stream to end', () => streamsOf(fake, 'aggTrade').length === 1);
    expect(streamsOf(fake, 'aggTrade')[0]?.symbols).toEqual(['btcusdt', 'ethusdt']);
    expect(await rig.metric('streams_broken_total')).toBe(0);
  });

  it('keeps the old stream while the new one stays silent', async () => {
    const { fake, rig } = await start({
      market: { stream: { ...marketDefaults.stream, firstMessageMs: 200, overlapMs: 20 } },
    });
    await followed(fake, rig, ['btcusdt']);
    const [old] = streamsOf(fake, 'aggTrade');
    fake.mute = true;
    await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt', 'ethusdt'] });
    await eventually('several attempts', () => fake.opened.filter(({ kind }) => kind === 'aggTrade').length >= 4);
    expect(streamsOf(fake, 'aggTrade')).toContain(old);
    const { body } = await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt', 'ethusdt'] });
    expect(body).toMatchObject({ feeds: { btcusdt: { state: 'live' }, ethusdt: { state: 'pending' } } });
    fake.mute = false;
    await eventually(
      'the switch',
      () => streamsOf(fake, 'aggTrade').length === 1 && streamsOf(fake, 'aggTrade')[0] !== old,
    );
  });

  it('one that was ended for reading too slowly is opened again at once, and what was missed is filled', async () => {
    const { fake, rig } = await start();
    await followed(fake, rig, ['btcusdt']);
    const t0 = thisSecond();
    fake.trades('btcusdt', trade(1, t0 - 1_000));
    await eventually('the trade', async () => (await rig.metric('trades_total')) === 1);
    streamsOf(fake, 'aggTrade')[0]?.end(new AppError('resource_exhausted', 'too slow'));
    fake.history.set(
      'btcusdt',
      [1, 2, 3, 4].map((id) => trade(id, t0 + id)),
    );
    await eventually('another stream', () => fake.opened.filter(({ kind }) => kind === 'aggTrade').length === 2);
    await eventually('that it is open', () => streamsOf(fake, 'aggTrade').length === 1);
    fake.trades('btcusdt', trade(5, t0 + 5));
    await eventually('every trade', async () => (await rig.metric('trades_total')) === 5);
  });

  it('come back by themselves after a restart of the socket service, and a quiet symbol is asked about once', async () => {
    const { fake, rig } = await start();
    await followed(fake, rig, ['btcusdt']);
    const t0 = thisSecond();
    fake.trades('btcusdt', trade(1, t0 - 1_500), trade(2, t0 - 500));
    await eventually('the trades', async () => (await rig.metric('trades_total')) === 2);
    await fake.close();
    await eventually('the break', async () => {
      const { body } = await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt'] });
      return (body as { feeds: { btcusdt: { state: string } } }).feeds.btcusdt.state === 'broken';
    });
    const ready = await rig.call('GET', '/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ dependencies: { socket: { status: 'down', required: true } } });

    const again = await socketAt(fake.port);
    again.history.set('btcusdt', [trade(1, t0 - 1_500), trade(2, t0 - 500), trade(3, t0 - 400)]);
    await eventually('a new stream', () => streamsOf(again, 'aggTrade').length === 1);
    await eventually('the missed trade', async () => (await rig.metric('trades_total')) === 3);
    expect(again.pages).toHaveLength(1);
    expect(again.pages[0]).toMatchObject({ symbol: 'btcusdt', fromId: 2 });
    await eventually('readiness', async () => (await rig.call('GET', '/ready')).status === 200);
  });

  it('say in /ready when only the mini-tickers for the archive do not come, while prices go on', async () => {
    const { fake, rig } = await start();
    await followed(fake, rig, ['btcusdt']);
    fake.mute = true;
    streamsOf(fake, 'miniTicker')[0]?.end(new AppError('unavailable', 'gone'));
    const tickers = async () => {
      const { status, body } = await rig.call('GET', '/ready');
      return {
        status,
        ...(body as { dependencies: Record<string, { status: string; reason?: string }> }).dependencies.tickers,
      };
    };
    await eventually('the word of it', async () => (await tickers()).reason === 'gone');
    expect(await tickers()).toEqual({ status: 'down', required: false, reason: 'gone' });
    expect((await rig.call('GET', '/ready')).status).toBe(200);
    fake.mute = false;
    await eventually('the next stream', async () => (await tickers()).reason === undefined);
  });

  it('are opened whatever starts first', async () => {
    const reserved = await startFakeSocket();
    await reserved.close();
    const rig = await startRig(reserved.port);
    closing.push(() => rig.close());
    expect((await rig.call('GET', '/symbols')).status).toBe(503);
    expect((await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt'] })).status).toBe(200);
    const fake = await socketAt(reserved.port);
    await eventually('the stream', () => streamsOf(fake, 'aggTrade').length === 1);
  });

  it('are opened for what is always followed, whoever lets go of it', async () => {
    const { fake, rig } = await start({ alwaysFollow: ['btcusdt'], registry: { lingerMs: 1 } });
    const symbolsOf = (kind: string) => streamsOf(fake, kind).map(({ symbols }) => [...symbols].sort());
    await eventually('its streams', () =>
      ['aggTrade', 'miniTicker'].every((kind) => JSON.stringify(symbolsOf(kind)) === '[["btcusdt"]]'),
    );
    await followed(fake, rig, ['btcusdt', 'ethusdt']);
    await rig.call('PUT', '/subscriptions/bff', { symbols: [] });
    await eventually('the rest let go', () => JSON.stringify(symbolsOf('miniTicker')) === '[["btcusdt"]]');
  });

  it('tell how each symbol fares', async () => {
    const { fake, rig } = await start();
    for (const symbol of ['btcusdt', 'ethusdt', 'bnbusdt']) fake.history.set(symbol, [trade(1, thisSecond())]);
    await followed(fake, rig, ['btcusdt', 'ethusdt', 'bnbusdt']);
    const [stream] = streamsOf(fake, 'aggTrade');
    stream?.send({
      statuses: [
        { symbol: 'btcusdt', state: StreamState.STREAM_STATE_BROKEN, detail: 'silent', sinceMs: 5 },
        { symbol: 'ethusdt', state: StreamState.STREAM_STATE_HALTED, detail: 'BREAK', sinceMs: 6 },
        { symbol: 'bnbusdt', state: StreamState.STREAM_STATE_REFUSED, detail: 'HTTP 451', sinceMs: 7 },
      ],
    });
    const feeds = {
      btcusdt: { state: 'broken', detail: 'silent', sinceMs: 5 },
      ethusdt: { state: 'halted', detail: 'BREAK', sinceMs: 6 },
      bnbusdt: { state: 'refused', detail: 'HTTP 451', sinceMs: 7 },
    };
    await eventually('the states', async () => {
      const { body } = await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt', 'ethusdt', 'bnbusdt'] });
      if (Object.keys(body.lastPrices ?? {}).length < 3) return false;
      return JSON.stringify(body.feeds) === JSON.stringify(feeds);
    });
  });
});
