import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage } from './frame.js';

const trade =
  '{"e":"aggTrade","E":1700000000010,"s":"BTCUSDT","a":77,"p":"0.00000031","q":"8000000000.00000000","f":100,"l":101,"T":1700000000000,"m":true,"M":true}';
const ticker = '{"e":"24hrMiniTicker","E":1700000000999,"s":"BTCUSDT","c":"1.10","o":"1","h":"2","l":"1","v":"10.0","q":"11"}';

describe('readMessage', () => {
  it('cuts the payload out of the wrapper exactly as it came', () => {
    const odd = trade.replace('"E":1700000000010', '"E" : 1700000000010');
    expect(readMessage(`{"stream":"btcusdt@aggTrade","data":${odd}}`)).toEqual({
      type: 'frame',
      frame: { stream: 'btcusdt@aggTrade', kind: 'aggTrade', payload: odd, order: 77, eventTimeMs: 1_700_000_000_010, close: '' },
    });
    expect(readMessage(`{"stream":"btcusdt@miniTicker","data":${ticker}}`)).toMatchObject({
      type: 'frame',
      frame: { kind: 'miniTicker', payload: ticker, order: 1_700_000_000_999, close: '1.10' },
    });
  });

  it('reads another layout of the wrapper too', () => {
    const read = readMessage(`{ "data": ${trade}, "stream": "btcusdt@aggTrade" }`);
    expect(read.type === 'frame' && JSON.parse(read.frame.payload)).toEqual(JSON.parse(trade));
  });

  it('knows both forms of the shutdown notice', () => {
    expect(readMessage('{"e":"serverShutdown","E":1770123456789}')).toEqual({ type: 'shutdown' });
    expect(readMessage('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}')).toEqual({ type: 'shutdown' });
  });

  it('knows a success and both shapes of an error', () => {
    expect(readMessage('{"result":null,"id":3}')).toEqual({ type: 'reply', id: 3, error: undefined });
    expect(readMessage('{"result":null,"id":"3"}')).toEqual({ type: 'reply', id: 3, error: undefined });
    const error = 'Invalid request: invalid stream (code 2)';
    expect(readMessage('{"code":2,"msg":"Invalid request: invalid stream","id":4}')).toEqual({ type: 'reply', id: 4, error });
    expect(readMessage('{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":4}')).toEqual({ type: 'reply', id: 4, error });
  });

  it.each([
    ['half a message', '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade"'],
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['an array', '[1,2]'],
    ['a number as price', `{"stream":"btcusdt@aggTrade","data":${trade.replace('"0.00000031"', '0.00000031')}}`],
    ['an exponent as price', `{"stream":"btcusdt@aggTrade","data":${trade.replace('0.00000031', '3.1e-7')}}`],
    ['an id beyond exact integers', `{"stream":"btcusdt@aggTrade","data":${trade.replace('"a":77', '"a":99999999999999999')}}`],
    ['another symbol than the stream', `{"stream":"ethusdt@aggTrade","data":${trade}}`],
    ['another kind than the stream', `{"stream":"btcusdt@miniTicker","data":${trade}}`],
    ['a payload that is no object', '{"stream":"btcusdt@aggTrade","data":7}'],
    ['an unasked kind', `{"stream":"btcusdt@trade","data":${trade}}`],
  ])('calls %s malformed', (_what, text) => {
    expect(readMessage(text).type).toBe('malformed');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((j) => `{"stream":"a@aggTrade","data":${j}}`),
        ),
        (text) => void readMessage(text),
      ),
    );
  });
});
