import { StreamState } from '@tickfolio/gen/market/v1';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SocketLimits } from './app.js';
import { type ScriptedExchange, startScriptedExchange, tradeOf } from './scripted-exchange.js';
import { eventually, pauseMs, type Rig, startRig } from './test-rig.js';

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
  await eventually('symbols read', async () => (rig ? rig.log.some(({ msg }) => String(msg).startsWith('the symbol list')) : false));
  return rig;
};
const subscribedTo = (name: string) => exchange.connections.filter((connection) => !connection.closed && connection.names.has(name));

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
