import { type Member, membersOf, shuffled, writeObject, writeText } from '@tickfolio/lib/kit/json-writing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Incoming, readAnyMessage, readMessage } from './frame.js';

const trade =
  '{"e":"aggTrade","E":1700000000010,"s":"BTCUSDT","a":77,"p":"0.00000031","q":"8000000000.00000000","f":100,"l":101,"T":1700000000000,"m":true,"M":true}';
const ticker =
  '{"e":"24hrMiniTicker","E":1700000000999,"s":"BTCUSDT","c":"1.10","o":"1","h":"2","l":"1","v":"10.0","q":"11"}';

describe('readMessage', () => {
  it('cuts the payload out of the wrapper exactly as it came', () => {
    const odd = trade.replace('"E":1700000000010', '"E" : 1700000000010');
    expect(readMessage(`{"stream":"btcusdt@aggTrade","data":${odd}}`)).toEqual({
      type: 'frame',
      frame: {
        stream: 'btcusdt@aggTrade',
        kind: 'aggTrade',
        payload: odd,
        order: 77,
        eventTimeMs: 1_700_000_000_010,
        close: '',
      },
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
    expect(readMessage('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}')).toEqual({
      type: 'shutdown',
    });
  });

  it('knows a success and both shapes of an error', () => {
    expect(readMessage('{"result":null,"id":3}')).toEqual({ type: 'reply', id: 3, error: undefined, result: null });
    expect(readMessage('{"result":null,"id":"3"}')).toEqual({ type: 'reply', id: 3, error: undefined, result: null });
    const list = { type: 'reply', id: 3, error: undefined, result: ['btcusdt@aggTrade'] };
    expect(readMessage('{"result":["btcusdt@aggTrade"],"id":3}')).toEqual(list);
    const error = 'Invalid request: invalid stream (code 2)';
    expect(readMessage('{"code":2,"msg":"Invalid request: invalid stream","id":4}')).toEqual({
      type: 'reply',
      id: 4,
      error,
      code: 2,
    });
    expect(readMessage('{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":4}')).toEqual({
      type: 'reply',
      id: 4,
      error,
      code: 2,
    });
  });

  it.each([
    ['half a message', '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade"'],
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['an array', '[1,2]'],
    [
      'an id beyond exact integers',
      `{"stream":"btcusdt@aggTrade","data":${trade.replace('"a":77', '"a":99999999999999999')}}`,
    ],
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

  it.each([
    ['a number as price', '"0.00000031"', '0.00000031', 'its price, quantity or side cannot be read'],
    ['an exponent as price', '0.00000031', '3.1e-7', 'its price, quantity or side cannot be read'],
    ['a price of 0', '0.00000031', '0.00000000', 'its price is not above 0'],
    [
      'a price of 20 decimals',
      '0.00000031',
      '0.00000000000000000031',
      'its price or quantity has more digits than are taken',
    ],
    ['trade ids of -1', '"f":100,"l":101', '"f":-1,"l":-1', 'the ids of its first and last trade cannot be right'],
    ['a last trade before its first', '"l":101', '"l":99', 'the ids of its first and last trade cannot be right'],
    ['a time in microseconds', '"T":1700000000000', '"T":1700000000000000', 'its time cannot be right'],
    ['no time', '"T":1700000000000', '"T":null', 'its time cannot be right'],
  ])('keeps the place of a trade with %s, which says nothing else that can be used', (_what, good, bad, fault) => {
    const read = readMessage(`{"stream":"btcusdt@aggTrade","data":${trade.replace(good, bad)}}`);
    expect(read).toMatchObject({ type: 'frame', frame: { order: 77, fault } });
  });

  it.each([
    ['a quantity of 0, which the exchange has in its history', '8000000000.00000000', '0.00000000'],
    ['a price of twelve decimals', '0.00000031', '0.000000000012'],
  ])('takes a trade with %s', (_what, usual, given) => {
    const read = readMessage(`{"stream":"btcusdt@aggTrade","data":${trade.replace(usual, given)}}`);
    expect(read).toMatchObject({ type: 'frame', frame: { order: 77 } });
    expect(read.type === 'frame' && read.frame.fault).toBeUndefined();
  });

  it.each([
    ['"1.10"', '"x"', 'its figures cannot be read'],
    ['"1.10"', '"0.0000000000000000001"', 'its figures have more digits than are taken'],
    ['"E":1700000000999', '"E":1700000000999000', 'its time cannot be right'],
  ])('a mini-ticker with %s as %s says nothing that can be used', (good, bad, fault) => {
    expect(readMessage(`{"stream":"btcusdt@miniTicker","data":${ticker.replace(good, bad)}}`)).toMatchObject({
      type: 'frame',
      frame: { fault },
    });
  });
});

describe('the price of a coin whose stream names come with escapes', () => {
  const escaped = (text: string) =>
    [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

  it('is read as from any other', () => {
    for (const name of ['btcusdt@aggTrade', 'btcusdt@miniTicker']) {
      const payload = name.endsWith('Ticker') ? ticker : trade;
      const read = readMessage(`{"stream":"${escaped(name)}","data":${payload}}`);
      expect(read).toMatchObject({ type: 'frame', frame: { stream: name } });
      expect(read).toEqual(readMessage(`{ "stream":"${name}","data":${payload}}`));
    }
  });

  const symbols = [
    'btcusdt',
    '1000satsusdt',
    '币安人生usdt',
    'a"b',
    'tab\tusdt',
    'back\\slash',
    '\u2028usdt',
    '😀usdt',
  ];
  const values = [
    '1',
    '-1',
    '"x"',
    'null',
    'true',
    '1e400',
    '12345678901234567890',
    '{"s":"ETHUSDT"}',
    '[]',
    '"0"',
    '1700000000000',
  ];
  /** Without the blanks around the payload. */
  const bare = (read: Incoming) =>
    read.type === 'frame' ? { ...read.frame, payload: read.frame.payload.trim() } : read;

  it('is read at a glance as it is by taking the message apart, in whatever way the message is written', () => {
    let frames = 0;
    let glances = 0;
    const property = fc.property(fc.gen(), (g) => {
      const symbol = g(fc.constantFrom, ...symbols);
      const kind = g(fc.constantFrom, 'aggTrade', 'miniTicker', 'trade');
      const fields: Record<string, unknown> = JSON.parse(kind === 'miniTicker' ? ticker : trade);
      const payload = writeObject(
        g,
        membersOf(g, { ...fields, s: g(fc.boolean) ? symbol.toUpperCase() : symbol }, values),
      );
      const outer: Member[] = [
        ['stream', writeText(g, `${symbol}@${kind}`)],
        ['data', payload],
      ];
      const extra = g(
        fc.array,
        fc.tuple(fc.constantFrom('stream', 'data', 'e', 'id', 'x'), fc.constantFrom(...values)),
        { maxLength: 1 },
      );
      const usual = g(fc.boolean) && `{"stream":${outer[0]?.[1]},"data":${payload}}`;
      const text = usual || writeObject(g, shuffled(g, [...outer, ...extra]));
      const [read, slowly] = [readMessage(text), readAnyMessage(text)];
      if (read.type === 'frame') frames += 1;
      if (text.startsWith('{"stream":"btcusdt@')) glances += 1;
      expect(bare(read)).toEqual(bare(slowly));
    });
    fc.assert(property, { numRuns: 800 });
    expect(Math.min(frames, glances)).toBeGreaterThan(10);
  });

  it('is read alike also from a message that was damaged anywhere', () => {
    const whole = `{"stream":"btcusdt@aggTrade","data":${trade}}`;
    const byte = fc.constantFrom(...'"\\{}:,[] \u0000\ufffdu0x');
    fc.assert(
      fc.property(fc.nat(whole.length), byte, fc.nat(2), (at, char, cut) => {
        const text = whole.slice(0, at) + char + whole.slice(at + cut);
        expect(bare(readMessage(text))).toEqual(bare(readAnyMessage(text)));
      }),
      { numRuns: 500 },
    );
  });
});
