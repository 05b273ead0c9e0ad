import { credentials } from '@grpc/grpc-js';
import { SocketServiceClient, StreamState } from '@tickfolio/gen/market/v1';
import type { AppError } from '@tickfolio/lib/errors';
import { callUnary, fromGrpcError } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SocketLimits } from './app.js';
import { pauseMs, type Rig, startRig } from './kit/rig.js';
import {
  answerJson,
  listOf,
  type ScriptedExchange,
  startScriptedExchange,
  tickerOf,
  tradeOf,
  wrap,
} from './kit/scripted-exchange.js';

const symbols = ['btcusdt', 'ethusdt', 'bnbusdt', 'solusdt'];
let exchange: ScriptedExchange;
let rig: Rig | undefined;

beforeEach(async () => {
  exchange = await startScriptedExchange(symbols);
});
afterEach(async () => {
  await rig?.close();
  rig = undefined;
  await exchange.close();
});

const start = async (limits: Partial<SocketLimits> = {}, random?: () => number): Promise<Rig> => {
  rig = await startRig({ wsUrl: exchange.wsUrl, restUrl: exchange.restUrl, limits, ...(random ? { random } : {}) });
  await eventually('symbols read', async () =>
    rig ? rig.log.some(({ msg }) => String(msg).startsWith('the symbol list')) : false,
  );
  return rig;
};
const subscribedTo = (name: string) =>
  exchange.connections.filter((connection) => !connection.closed && connection.names.has(name));

describe('the way of a frame', () => {
  it('answers at once with a status for every symbol and then passes on exactly what the exchange sends', async () => {
    const { read } = await start();
    const reader = read('aggTrade', ['btcusdt', 'ethusdt', 'nosuchusdt']);
    await eventually('the first message', () => reader.messages.length > 0);
    expect(reader.messages[0]?.statuses.map(({ symbol, state }) => [symbol, state])).toEqual([
      ['btcusdt', StreamState.STREAM_STATE_PENDING],
      ['ethusdt', StreamState.STREAM_STATE_PENDING],
      ['nosuchusdt', StreamState.STREAM_STATE_UNKNOWN_SYMBOL],
    ]);
    await eventually('the subscription', () => subscribedTo('btcusdt@aggTrade').length === 1);
    const [connection] = exchange.connections;
    const odd = JSON.stringify(tradeOf('btcusdt', 7)).replace('"p":"1.5"', '"p" : "0.10000000"');
    const before = Date.now();
    connection?.send(`{"stream":"btcusdt@aggTrade","data":${odd}}`);
    await eventually('the frame', () => reader.frames.length === 1);
    const frame = reader.messages.flatMap(({ frames }) => frames)[0];
    expect(frame?.payload).toBe(odd);
    expect(frame?.receiveTimeMs).toBeGreaterThanOrEqual(before);
    expect(frame?.receiveTimeMs).toBeLessThanOrEqual(Date.now());
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    expect(reader.stateOf('ethusdt')).toBe(StreamState.STREAM_STATE_PENDING);
    expect(connection?.control.flatMap(({ params }) => params)).toEqual(['btcusdt@aggTrade', 'ethusdt@aggTrade']);
  });

  it('shares one upstream stream among subscribers, and ends it a little after the last one left', async () => {
    const { read } = await start({ lingerMs: 150 });
    const one = read('aggTrade', ['btcusdt']);
    const other = read('aggTrade', ['btcusdt', 'ethusdt']);
    await eventually('both subscribed', () => subscribedTo('ethusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('both got it', () => one.frames.length === 1 && other.frames.length === 1);
    const asked = exchange.connections.flatMap(({ control }) => control).flatMap(({ params }) => params);
    expect(asked.filter((name) => name === 'btcusdt@aggTrade')).toHaveLength(1);
    other.cancel();
    await eventually('ethusdt let go', () => subscribedTo('ethusdt@aggTrade').length === 0);
    expect(subscribedTo('btcusdt@aggTrade')).toHaveLength(1);
    const third = read('aggTrade', ['btcusdt']);
    await eventually('third reads', () => third.messages.length > 0);
    one.cancel();
    await pauseMs(400);
    expect(subscribedTo('btcusdt@aggTrade')).toHaveLength(1);
  });
});

describe('what the exchange may do to us', () => {
  it('loses the connection: broken at once, subscribed again by itself, no trade twice', async () => {
    const { read } = await start({ backoffBaseMs: 1_000 }, () => 0.5);
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    exchange.connections[0]?.terminate();
    await eventually('broken', () => reader.statuses.some(({ state }) => state === StreamState.STREAM_STATE_BROKEN));
    await eventually('subscribed again', () => subscribedTo('btcusdt@aggTrade').length === 1);
    await eventually('acknowledged is not live', () => reader.statuses.at(-1)?.detail === 'subscribed, no data yet');
    for (const id of [1, 2]) exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', id));
    await eventually('live again', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    await eventually('the new trade', () => reader.idsOf('btcusdt').length === 2);
    expect(reader.idsOf('btcusdt')).toEqual([1, 2]);
  });

  it('sends rubbish: counted, logged with a bound, nothing lost around it', async () => {
    const { read, metric } = await start();
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    const [connection] = exchange.connections;
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    for (let round = 0; round < 200; round++)
      for (const text of [
        '',
        '{',
        'null',
        '[]',
        '{"result":null,"id":12345}',
        wrap('btcusdt@aggTrade', { e: 'aggTrade' }),
        wrap('x@y', {}),
      ])
        connection?.send(text);
    connection?.send(wrap('btcusdt@aggTrade', tradeOf('btcusdt', 2, { p: 'NaN' })));
    for (const id of [2, 3]) exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', id));
    await eventually('the trades', () => reader.idsOf('btcusdt').length === 3);
    expect(reader.idsOf('btcusdt')).toEqual([1, 2, 3]);
    expect(await metric('malformed_frames_total')).toBeGreaterThan(0);
    expect(rig?.log.filter(({ msg }) => String(msg).includes('cannot be read')).length).toBeLessThan(10);
  });

  it('sends one mini-ticker with a time an hour ahead: the following ones of its symbol come all the same', async () => {
    const { read, metric } = await start();
    const reader = read('miniTicker', ['btcusdt', 'ethusdt']);
    await eventually('subscribed', () => subscribedTo('ethusdt@miniTicker').length === 1);
    const nowMs = Date.now();
    const publish = (symbol: string, atMs: number) => exchange.publish(`${symbol}@miniTicker`, tickerOf(symbol, atMs));
    for (let at = 0; at < 3; at++) for (const symbol of ['btcusdt', 'ethusdt']) publish(symbol, nowMs + at);
    publish('btcusdt', nowMs + 3_600_000);
    publish('btcusdt', (nowMs + 4) * 1_000);
    for (let at = 5; at < 8; at++) publish('btcusdt', nowMs + at);
    await eventually('all of them', () => reader.frames.length === 9);
    expect(reader.frames.filter(({ s }) => s === 'BTCUSDT').map(({ E }) => Number(E) - nowMs)).toEqual([
      0, 1, 2, 5, 6, 7,
    ]);
    const text = (await rig?.metrics.text()) ?? '';
    expect(text).toContain('implausible_total{kind="miniTicker",why="its time lies ahead of all other frames"} 1');
    expect(text).toContain('implausible_total{kind="miniTicker",why="its time cannot be right"} 1');
    expect(await metric('duplicate_frames_total')).toBeNaN();
    expect(rig?.log.filter(({ msg }) => String(msg).includes('cannot be right'))).toMatchObject([
      { stream: 'btcusdt@miniTicker', times: 1 },
    ]);
  });

  it('writes its stream names with escapes, as relays do: the frames reach those who asked', async () => {
    const { read } = await start();
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    const [connection] = exchange.connections;
    const name = '\\u0062tcusdt@\\u0061ggTrade';
    for (const id of [1, 2]) connection?.send(`{"stream":"${name}","data":${JSON.stringify(tradeOf('btcusdt', id))}}`);
    await eventually('both', () => reader.idsOf('btcusdt').length === 2);
    expect(reader.stateOf('btcusdt')).toBe(StreamState.STREAM_STATE_LIVE);
  });

  it('sends trades that cannot be right: they keep their places, and each kind is counted and told by its name', async () => {
    const { read } = await start();
    const reader = read('aggTrade', ['btcusdt', 'ethusdt']);
    await eventually('subscribed', () => subscribedTo('ethusdt@aggTrade').length === 1);
    const odd = [{ p: '0.00000000' }, { f: -1, l: -1 }, { p: `0.${'0'.repeat(20)}1` }, { q: 7 }];
    odd.forEach((more, at) => {
      exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', at + 2, more));
    });
    await eventually('their places', () => reader.idsOf('btcusdt').length === 4);
    await eventually('what is wrong with the symbol', () =>
      reader.statuses.some(({ detail }) => detail.includes('can be used')),
    );
    expect(reader.stateOf('btcusdt')).toBe(StreamState.STREAM_STATE_PENDING);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 6));
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    expect(reader.idsOf('btcusdt')).toEqual([2, 3, 4, 5, 6]);
    const counted = ((await rig?.metrics.text()) ?? '')
      .split('\n')
      .filter((line) => line.startsWith('tickfolio_socket_implausible_total{'));
    expect(counted).toHaveLength(4);
    expect(rig?.log.filter(({ msg }) => String(msg).includes('cannot be right'))).toMatchObject([
      { stream: 'btcusdt@aggTrade' },
    ]);
  });

  it('sends a frame that is too large: the connection is replaced, the process stays', async () => {
    const { read } = await start({ maxFrameBytes: 10_000, backoffBaseMs: 10 });
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.connections[0]?.send('x'.repeat(20_000));
    await eventually(
      'a new connection',
      () => exchange.connections.length === 2 && subscribedTo('btcusdt@aggTrade').length === 1,
    );
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('data', () => reader.frames.length === 1);
  });

  it.each([
    ['flat', (id: number) => ({ code: 2, msg: 'Invalid request: invalid stream', id })],
    ['nested', (id: number) => ({ error: { code: 2, msg: 'Invalid request: invalid stream' }, id })],
  ])('refuses a stream with an error in the %s shape: that one is broken, the others flow', async (_shape, error) => {
    exchange.answer = ({ params, id }) =>
      JSON.stringify(params.includes('ethusdt@aggTrade') ? error(id) : { result: null, id });
    const { read } = await start({ controlSpacingMs: 20 });
    const reader = read('aggTrade', symbols);
    await eventually('refused', () => reader.stateOf('ethusdt') === StreamState.STREAM_STATE_BROKEN);
    expect(reader.statuses.findLast(({ symbol }) => symbol === 'ethusdt')?.detail).toContain('invalid stream');
    await eventually(
      'the others',
      () => subscribedTo('solusdt@aggTrade').length === 1 && subscribedTo('btcusdt@aggTrade').length === 1,
    );
  });

  it('does not answer and sends data all the same: the data counts', async () => {
    exchange.answer = ({ method, params }, { names }) => {
      for (const name of params) if (method === 'SUBSCRIBE') names.add(name);
      return undefined;
    };
    const { read } = await start({ replyTimeoutMs: 300 });
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('asked', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    const asked = exchange.connections[0]?.control.length;
    await pauseMs(800);
    expect(exchange.connections).toHaveLength(1);
    expect(exchange.connections[0]?.control).toHaveLength(asked ?? 0);
  });

  it('does not answer and sends nothing: asked again, then the connection is given up', async () => {
    exchange.answer = () => undefined;
    const { read } = await start({ replyTimeoutMs: 100, backoffBaseMs: 10 });
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('another connection', () => exchange.connections.length > 1);
    await eventually('broken', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_BROKEN);
    expect(reader.statuses.at(-1)?.detail).toContain('does not answer');
    expect(exchange.connections[0]?.control.map(({ method }) => method)).toEqual(['SUBSCRIBE', 'SUBSCRIBE']);
  });

  it.each([
    ['plain', () => '{"e":"serverShutdown","E":1770123456789}'],
    ['wrapped', () => wrap('!serverShutdown', { e: 'serverShutdown', E: 1_770_123_456_789 })],
  ])('announces its shutdown (%s): a new connection takes over before the old one is closed', async (_form, notice) => {
    const { read } = await start({ rotationSettleMs: 200 });
    const reader = read('aggTrade', ['btcusdt', 'ethusdt']);
    await eventually('subscribed', () => subscribedTo('ethusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    exchange.connections[0]?.send(notice());
    let id = 2;
    await eventually('the old one closed', async () => {
      exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', id++));
      return exchange.connections[0]?.closed ?? false;
    });
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', id));
    await eventually('everything', () => reader.idsOf('btcusdt').at(-1) === id);
    expect(reader.idsOf('btcusdt')).toEqual(Array.from({ length: id }, (_, index) => index + 1));
    expect(exchange.connections).toHaveLength(2);
    expect(reader.statuses.some(({ state }) => state === StreamState.STREAM_STATE_BROKEN)).toBe(false);
  });

  it.each([451, 403])(
    'refuses our address with HTTP %d: said as it is, without a storm, and mended when it lets us in',
    async (status) => {
      exchange.refuse = { status };
      const refusedRetryMs = 1_500;
      const sinceMs = performance.now();
      const { read, log, app } = await start({ refusedRetryMs, backoffBaseMs: 5, streamsPerConnection: 1 });
      const reader = read('aggTrade', symbols);
      await eventually('refused', () =>
        symbols.every((symbol) => reader.stateOf(symbol) === StreamState.STREAM_STATE_REFUSED),
      );
      await pauseMs(300);
      const rounds = 1 + Math.floor((performance.now() - sinceMs) / refusedRetryMs);
      expect(exchange.attempts).toBeLessThanOrEqual(rounds * symbols.length);
      expect(reader.statuses.at(-1)?.detail).toContain(`HTTP ${status}`);
      expect(log.filter((line) => line.level === 50 && line.status === status)).toHaveLength(1);
      const ready = await fetch(`http://127.0.0.1:${app.operationsPort}/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.text()).toContain(`HTTP ${status}`);
      exchange.refuse = undefined;
      await eventually('let in', () => subscribedTo('btcusdt@aggTrade').length === 1);
      exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
      await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    },
  );

  it('says that we connect too often: nobody tries before Retry-After', async () => {
    exchange.refuse = { status: 429, headers: { 'retry-after': '1' } };
    const { read } = await start({ backoffBaseMs: 1, backoffCapMs: 1, streamsPerConnection: 2 });
    const sinceMs = performance.now();
    read('aggTrade', ['btcusdt']);
    await eventually('tried', () => exchange.attempts > 0);
    exchange.refuse = undefined;
    await eventually('tried again', () => exchange.attempts > 1);
    expect(performance.now() - sinceMs).toBeGreaterThan(950);
  });

  it('sends the same mini-ticker twice, and an older one late: each once, in order', async () => {
    const { read } = await start();
    const reader = read('miniTicker', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@miniTicker').length === 1);
    for (const timeMs of [1_000, 1_000, 2_000, 1_500, 3_000])
      exchange.publish('btcusdt@miniTicker', tickerOf('btcusdt', timeMs));
    await eventually('the last', () => reader.frames.at(-1)?.E === 3_000);
    expect(reader.frames.map(({ E }) => E)).toEqual([1_000, 2_000, 3_000]);
  });

  it('leaves one stream silent while the symbol moves: subscribed again, broken until it speaks', async () => {
    const { read, metric } = await start({ evidenceMs: 500, controlSpacingMs: 20 });
    const trades = read('aggTrade', ['btcusdt']);
    read('miniTicker', ['btcusdt']);
    await eventually(
      'both',
      () => subscribedTo('btcusdt@miniTicker').length === 1 && subscribedTo('btcusdt@aggTrade').length === 1,
    );
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    let timeMs = 1_700_000_000_000;
    await eventually('renewed', () => {
      timeMs += 100;
      exchange.publish('btcusdt@miniTicker', tickerOf('btcusdt', timeMs, `${timeMs}`));
      return exchange.connections[0]?.control.some(({ method }) => method === 'UNSUBSCRIBE') ?? false;
    });
    await eventually('broken', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_BROKEN);
    expect(await metric('stream_renewals_total')).toBe(1);
    await eventually('subscribed again', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 2));
    await eventually('live', () => trades.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    expect(exchange.connections).toHaveLength(1);
  });

  it('stays open but silent: replaced', async () => {
    const { read, log } = await start({ connectionSilenceMs: 700, rotationSettleMs: 100 });
    const reader = read('miniTicker', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@miniTicker').length === 1);
    exchange.publish('btcusdt@miniTicker', tickerOf('btcusdt', 1_000));
    exchange.connections[0]?.fallSilent();
    await eventually('noticed', () => log.some(({ msg }) => String(msg).includes('open but silent')));
    await eventually('replaced', () => exchange.connections.length > 1 && (exchange.connections[0]?.closed ?? false));
    let timeMs = 2_000;
    await eventually('live', () => {
      exchange.publish('btcusdt@miniTicker', tickerOf('btcusdt', timeMs++));
      return reader.frames.length > 1 && reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE;
    });
  });

  it('is quiet but answers when it is asked for a sign of life: stays', async () => {
    // What this process does not come to for so long is silence too.
    const { read, log } = await start({ connectionSilenceMs: 3_000, controlSpacingMs: 20 });
    const reader = read('miniTicker', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@miniTicker').length === 1);
    exchange.publish('btcusdt@miniTicker', tickerOf('btcusdt', 1_000));
    const asked = () =>
      exchange.connections[0]?.control.filter(({ method }) => method === 'LIST_SUBSCRIPTIONS').length ?? 0;
    await eventually('asked again and again', () => asked() >= 3);
    expect(exchange.connections).toHaveLength(1);
    expect(reader.stateOf('btcusdt')).toBe(StreamState.STREAM_STATE_LIVE);
    exchange.connections[0]?.fallSilent();
    await eventually('noticed', () => log.some(({ msg }) => String(msg).includes('open but silent')));
    await eventually('replaced', () => exchange.connections[0]?.closed === true);
  });

  it('restarts, and begins to count anew: prices go on', async () => {
    const { read } = await start({ backoffBaseMs: 20, backoffCapMs: 100 });
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 900_000));
    await eventually('the first', () => reader.frames.length === 1);
    const port = Number(new URL(exchange.restUrl).port);
    await exchange.close();
    await eventually('broken', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_BROKEN);
    exchange = await startScriptedExchange(symbols, port);
    await eventually('subscribed again', () => subscribedTo('btcusdt@aggTrade').length === 1);
    for (let id = 1; id <= 20; id++)
      exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', id, { E: 1_700_009_000_000 + id }));
    await eventually('the new count', () => reader.idsOf('btcusdt').at(-1) === 20);
    expect(reader.error).toBeUndefined();
  });
});

describe('symbols', () => {
  it('follows the list: halted, back, listed anew, delisted', async () => {
    let list: unknown = listOf(symbols);
    exchange.rest = (_path, _request, response) => answerJson(response, list);
    const { read, client } = await start({ symbolsRefreshMs: 100, lingerMs: 50 });
    const reader = read('aggTrade', ['btcusdt', 'newusdt']);
    await eventually('unknown', () => reader.stateOf('newusdt') === StreamState.STREAM_STATE_UNKNOWN_SYMBOL);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    list = { symbols: [...listOf(['btcusdt'], 'HALT').symbols, ...listOf(['newusdt']).symbols] };
    await eventually('halted', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_HALTED);
    expect(reader.statuses.findLast(({ symbol }) => symbol === 'btcusdt')?.detail).toContain('HALT');
    await eventually('the new one is asked for', () => subscribedTo('newusdt@aggTrade').length === 1);
    list = listOf(['newusdt', 'btcusdt']);
    await eventually('back', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    list = listOf(['newusdt']);
    await eventually('delisted', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_UNKNOWN_SYMBOL);
    await eventually('let go', () => subscribedTo('btcusdt@aggTrade').length === 0);
    const known = await callUnary(
      client,
      client.listSymbols,
      { knownRevision: '', fresh: false },
      { deadlineMs: 60_000 },
    );
    expect(known.symbols.map(({ symbol }) => symbol)).toEqual(['newusdt']);
    const same = await callUnary(
      client,
      client.listSymbols,
      { knownRevision: known.revision, fresh: false },
      { deadlineMs: 60_000 },
    );
    expect(same).toEqual({ revision: known.revision, symbols: [], simulated: false });
  });

  it('cannot be told before they were read once; streams flow meanwhile', async () => {
    exchange.rest = (_path, _request, response) => answerJson(response, { msg: 'down' }, 503);
    rig = await startRig(exchange);
    const { client, read } = rig;
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('the frame', () => reader.frames.length === 1);
    const failed = await callUnary(
      client,
      client.listSymbols,
      { knownRevision: '', fresh: false },
      { deadlineMs: 60_000 },
    ).catch((err: AppError) => err);
    expect(failed).toMatchObject({ code: 'unavailable', retryAfterMs: 500 });
  });
});

describe('the gRPC face', () => {
  it('serves the others where one name cannot be a symbol, and says so of that one', async () => {
    const { read } = await start();
    const forgottenCommas = 'btcusdtethusdtsolusdtbnbusdtadausdt';
    const reader = read('aggTrade', ['btcusdt', forgottenCommas, 'ETHUSDT', 'ethusdt@trade']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    for (const name of [forgottenCommas, 'ETHUSDT', 'ethusdt@trade'])
      expect(reader.stateOf(name)).toBe(StreamState.STREAM_STATE_UNKNOWN_SYMBOL);
    expect(exchange.connections[0]?.control.flatMap(({ params }) => params)).toEqual(['btcusdt@aggTrade']);
    expect(reader.error).toBeUndefined();
  });

  it.each<[string, string[], string]>([
    ['no symbol', [], 'symbols'],
    ['upper case', ['BTCUSDT'], 'symbols[0]'],
    ['a stream name', ['ethusdt@trade'], 'symbols[0]'],
    ['a quotation mark', ['btc"usdt'], 'symbols[0]'],
    ['an empty name', [''], 'symbols[0]'],
    ['too many', Array.from({ length: 6 }, (_, index) => `s${index}`), 'symbols'],
  ])('refuses %s, naming the field', async (_what, asked, field) => {
    const { read } = await start({ maxSymbolsPerRequest: 5 });
    const reader = read('aggTrade', asked);
    await eventually('refused', () => reader.error !== undefined);
    expect(reader.error).toMatchObject({ code: 'invalid_argument', fields: [expect.objectContaining({ field })] });
    expect(exchange.attempts).toBe(0);
  });

  it('checks what ListAggTrades is asked, and passes the page on', async () => {
    const row = { a: 5, p: '1.10', q: '2', f: 1, l: 2, T: 1_700_000_000_000, m: true, M: true };
    const list = exchange.rest;
    exchange.rest = (path, request, response) =>
      path.includes('aggTrades')
        ? answerJson(response, [row, { ...row, a: 6, f: -1, l: -1 }])
        : list(path, request, response);
    const { client, metric } = await start();
    const ask = (request: { symbol: string; fromId?: number; limit: number }) =>
      callUnary(client, client.listAggTrades, { fromId: undefined, ...request }, { deadlineMs: 60_000 }).catch(
        (err: AppError) => err.code,
      );
    expect(await ask({ symbol: 'BTCUSDT', limit: 1 })).toBe('invalid_argument');
    expect(await ask({ symbol: 'btcusdt', limit: 1_001 })).toBe('invalid_argument');
    expect(await ask({ symbol: 'btcusdt', limit: 1, fromId: -1 })).toBe('invalid_argument');
    expect(await ask({ symbol: 'nosuchusdt', limit: 1 })).toBe('not_found');
    expect(exchange.restCalls.filter((path) => path.includes('aggTrades'))).toEqual([]);
    expect(await ask({ symbol: 'btcusdt', limit: 0, fromId: 5 })).toEqual({
      trades: [
        {
          id: 5,
          price: '1.10',
          quantity: '2',
          firstTradeId: 1,
          lastTradeId: 2,
          tradeTimeMs: 1_700_000_000_000,
          buyerIsMaker: true,
        },
      ],
      // A row that is no trade costs itself, not its page.
      voidIds: [6],
    });
    expect(await metric('implausible_total')).toBe(1);
    expect(exchange.restCalls.at(-1)).toBe('/api/v3/aggTrades?symbol=BTCUSDT&limit=1000&fromId=5');
  });

  it('ends a stream that is read too slowly, by name of the rule, with bounded memory; the others do not notice', async () => {
    const { read, metric, app } = await start({ maxBufferedFrames: 2_000, controlSpacingMs: 20 });
    // A connection of its own, as another process would have: on a shared one the paused stream would eat its window.
    const slowClient = new SocketServiceClient(`127.0.0.1:${app.port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    const slow = slowClient.receiveRawAggTrade({ symbols: ['btcusdt'] });
    let ended: AppError | undefined;
    slow.on('error', (err) => {
      ended = fromGrpcError(err);
    });
    // One message first: a client that never began to read buffers everything by itself.
    slow.once('data', () => slow.pause());
    const fast = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1 && fast.messages.length > 0);
    const total = 30_000;
    for (let id = 1; id <= total; id++) {
      exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', id));
      if (id % 500 === 0) await eventually('the fast reader keeps up', () => fast.frames.length === id);
    }
    expect(fast.idsOf('btcusdt')).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    await eventually('the slow one is ended', async () => (await metric('slow_consumers_total')) === 1);
    let taken = 0;
    slow.on('data', (message: { frames: unknown[] }) => {
      taken += message.frames.length;
    });
    slow.resume();
    await eventually('it is told why', () => ended !== undefined);
    expect(ended?.code).toBe('resource_exhausted');
    expect(ended?.message).toContain('read too slowly: more than 2000 frames');
    expect(taken).toBeLessThan(total / 2);
    slowClient.close();
  });

  it('is heard from every few seconds, also where nobody trades', async () => {
    const { read } = await start({ heartbeatMs: 40 });
    const reader = read('aggTrade', ['btcusdt']);
    const isEmpty = ({ frames, statuses }: (typeof reader.messages)[number]) =>
      frames.length === 0 && statuses.length === 0;
    await eventually('heard', () => reader.messages.filter(isEmpty).length >= 5);
    expect(reader.messages[0]).toMatchObject({ heartbeatMs: 40, statuses: [{ symbol: 'btcusdt' }] });
    expect(reader.messages.slice(1).every(({ heartbeatMs }) => heartbeatMs === undefined)).toBe(true);
  });

  it('sends frames in small batches', async () => {
    const { read } = await start();
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    for (let id = 1; id <= 1_000; id++) exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', id));
    await eventually('all', () => reader.frames.length === 1_000);
    const sizes = reader.messages.map(({ frames }) => frames.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    expect(sizes.length).toBeLessThan(200);
  });

  it('says in /ready which coin the exchange refuses, as long as it does', async () => {
    const usual = exchange.answer;
    exchange.answer = (message, connection) =>
      message.params.includes('ethusdt@aggTrade')
        ? JSON.stringify({ code: 2, msg: 'bad moment', id: message.id })
        : usual(message, connection);
    const { read, app } = await start({ controlSpacingMs: 20, refusalRetryMs: 300, refusedNameRetryMs: 300 });
    const reader = read('aggTrade', ['btcusdt', 'ethusdt']);
    await eventually('refused', () => reader.stateOf('ethusdt') === StreamState.STREAM_STATE_BROKEN);
    const ready = async () => (await fetch(`http://127.0.0.1:${app.operationsPort}/ready`)).json();
    expect(await ready()).toMatchObject({
      status: 'ready',
      streams: { down: 0, wanted: 2, refused: 1 },
      degraded: expect.stringMatching(
        /^1 of 2 streams is refused \(ethusdt@aggTrade\): the exchange refuses the stream: /,
      ),
    });
    exchange.answer = usual;
    await eventually('taken', () => reader.stateOf('ethusdt') !== StreamState.STREAM_STATE_BROKEN);
    expect(await ready()).toMatchObject({ streams: { refused: 0 }, degraded: null });
  });

  it('is ready when the exchange is there, tells health, and moves its streams on when it closes', async () => {
    const { read, app, metric } = await start();
    const reader = read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => subscribedTo('btcusdt@aggTrade').length === 1);
    const ready = await fetch(`http://127.0.0.1:${app.operationsPort}/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      simulated: true,
      streams: { down: 0, wanted: 1 },
      degraded: null,
      dependencies: { 'exchange-streams': { status: 'ok' }, 'exchange-rest': { status: 'ok' } },
    });
    expect(await metric('connections_open')).toBe(1);
    expect(await metric('streams')).toBe(1);
    expect(await metric('streams_down')).toBe(0);
    expect(await metric('connection_newest_frame_age_seconds')).toBeGreaterThan(0);
    await app.close();
    await eventually('told', () => reader.error !== undefined);
    expect(reader.error?.code).toBe('unavailable');
    await eventually('closed', () => exchange.connections.every(({ closed }) => closed));
    await app.close();
  });

  it('names the variable when its port is taken', async () => {
    const { app } = await start();
    const second = startRig({ ...exchange, port: app.port });
    await expect(second).rejects.toThrow(/ADDRESS/);
  });
});
