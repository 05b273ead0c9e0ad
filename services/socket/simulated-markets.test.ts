import { type ReceiveAllMiniTickersResponse, StreamState } from '@tickfolio/gen/market/v1';
import { callUnary } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { describe, expect, it } from 'vitest';
import { useSimulatedExchange } from './kit/simulated-exchange.js';

const { start } = useSimulatedExchange();

describe('what the exchange says of all symbols and of the past', () => {
  it('has the last 24 hours of every symbol for all who ask, also after the exchange cut it off, and nothing for nobody', async () => {
    const { client, sim: exchange } = await start({ tradeRate: 20, limits: { connectionLifetimeMs: 60_000 } });
    const read = () => {
      const call = client.receiveAllMiniTickers({});
      const messages: ReceiveAllMiniTickersResponse[] = [];
      call.on('data', (message: ReceiveAllMiniTickersResponse) => messages.push(message));
      call.on('error', () => undefined);
      const states = () => messages.flatMap(({ status }) => status?.state ?? []);
      const symbols = () => new Set(messages.flatMap(({ tickers }) => tickers.map(({ symbol }) => symbol)));
      return { call, messages, states, symbols };
    };
    const streams = () => exchange.connections().flatMap((connection) => connection.streams);
    expect(streams()).toEqual([]);
    const [one, two] = [read(), read()];
    await eventually('every symbol', () => one.symbols().size === 20 && two.symbols().size === 20);
    expect([streams(), one.messages[0]?.simulated]).toEqual([['!miniTicker@arr'], true]);
    exchange.faults.add({ kind: 'close' });
    await eventually('the cut is told', () => one.states().includes(StreamState.STREAM_STATE_BROKEN));
    await eventually('and its end', () => one.states().at(-1) === StreamState.STREAM_STATE_LIVE);
    one.call.cancel();
    two.call.cancel();
    await eventually('nobody asks', () => streams().length === 0);
  });

  it("answers for the exchange's klines as the simulator has them, and in its words where it refuses", async () => {
    const { client, sim: exchange } = await start({ pastDay: true });
    const asked = { symbol: 'btcusdt', interval: '1h', startMs: undefined, endMs: undefined, limit: 3, lane: 0 };
    const { klines, gaps, simulated } = await callUnary(client, client.listKlines, asked, { deadlineMs: 60_000 });
    expect([klines.length, gaps, simulated, klines.at(-1)?.closed]).toEqual([3, [], true, false]);
    const response = await fetch(`${exchange.restUrl}/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=3`);
    const [first] = (await response.json()) as unknown[][];
    expect([klines[0]?.openTimeMs, klines[0]?.open, klines[0]?.quoteVolume]).toEqual([
      first?.[0],
      first?.[1],
      first?.[7],
    ]);
    exchange.faults.add({ kind: 'rest', status: 418, path: 'klines' });
    const refused = callUnary(client, client.listKlines, { ...asked, symbol: 'ethusdt' }, { deadlineMs: 60_000 });
    await expect(refused).rejects.toMatchObject({
      code: 'resource_exhausted',
      message: expect.stringMatching(/banned/),
    });
    const unknown = callUnary(client, client.listKlines, { ...asked, symbol: 'nosuchusdt' }, { deadlineMs: 60_000 });
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
  });
});
