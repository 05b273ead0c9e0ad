import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStreamName } from '../streams/stream-name.js';
import { answerControl, type ControlSession, type ErrorShape } from './control-message.js';

const sessionOf = (max = 10): ControlSession & { readonly streams: Set<string> } => {
  const streams = new Set<string>();
  return {
    streams,
    combined: false,
    subscribe: (names) => {
      if (new Set([...streams, ...names]).size > max) return false;
      for (const name of names) streams.add(name);
      return true;
    },
    unsubscribe: (names) => {
      for (const name of names) streams.delete(name);
    },
    subscriptions: () => [...streams],
  };
};
const isStream = (name: string) => parseStreamName(name) !== undefined;
const answer = (text: string, session = sessionOf(), shape: ErrorShape = 'flat') =>
  answerControl(text, session, isStream, shape);

describe('control messages', () => {
  it('subscribes, lists in order and unsubscribes', () => {
    const session = sessionOf();
    expect(answer('{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","ethusdt@miniTicker"],"id":1}', session)).toBe(
      '{"result":null,"id":1}',
    );
    expect(answer('{"method":"LIST_SUBSCRIPTIONS","id":3}', session)).toBe(
      '{"result":["btcusdt@aggTrade","ethusdt@miniTicker"],"id":3}',
    );
    expect(answer('{"method":"UNSUBSCRIBE","params":["btcusdt@aggTrade","never@aggTrade"],"id":2}', session)).toBe(
      '{"result":null,"id":2}',
    );
    expect([...session.streams]).toEqual(['ethusdt@miniTicker']);
  });

  it('sets and tells the combined property', () => {
    const session = sessionOf();
    expect(answer('{"method":"GET_PROPERTY","params":["combined"],"id":1}', session)).toBe('{"result":false,"id":1}');
    expect(answer('{"method":"SET_PROPERTY","params":["combined",true],"id":2}', session)).toBe(
      '{"result":null,"id":2}',
    );
    expect(answer('{"method":"GET_PROPERTY","params":["combined"],"id":3}', session)).toBe('{"result":true,"id":3}');
  });

  it('accepts a well-formed name of an unknown symbol', () => {
    expect(answer('{"method":"SUBSCRIBE","params":["xrpxrp@miniTicker"],"id":1}')).toBe('{"result":null,"id":1}');
  });

  it.each([
    ['{"method":"SET_PROPERTY","params":["speed",true],"id":4}', { code: 0, msg: 'Unknown property', id: 4 }],
    ['{"method":"GET_PROPERTY","params":["speed"],"id":4}', { code: 0, msg: 'Unknown property', id: 4 }],
    [
      '{"method":"SET_PROPERTY","params":["combined","yes"],"id":4}',
      { code: 1, msg: 'Invalid value type: expected Boolean', id: 4 },
    ],
    [
      '{"method":"SET_PROPERTY","params":[1,true],"id":4}',
      { code: 2, msg: 'Invalid request: property name must be a string', id: 4 },
    ],
    [
      '{"method":"GET_PROPERTY","params":["combined","x"],"id":4}',
      { code: 2, msg: 'Invalid request: too many parameters', id: 4 },
    ],
    ['{"method":"SUBSCRIBE","params":["btcusdt"],"id":4}', { code: 2, msg: 'Invalid request: invalid stream', id: 4 }],
    [
      '{"method":"SUBSCRIBE","params":["btcusdt@nonsense"],"id":4}',
      { code: 2, msg: 'Invalid request: invalid stream', id: 4 },
    ],
    ['{"method":"SUBSCRIBE","params":[7],"id":4}', { code: 2, msg: 'Invalid request: invalid stream', id: 4 }],
    [
      '{"method":"SUBSCRIBE","params":["a@trade"],"id":[]}',
      { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' },
    ],
    [
      '{"id":4,"params":["btcusdt@trade"]}',
      { code: 2, msg: 'Invalid request: missing field `method` at line 1 column 35', id: 4 },
    ],
    [
      '{"method":"SUBSCRIBEX","id":4}',
      {
        code: 2,
        msg: 'Invalid request: unknown variant SUBSCRIBEX, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 22',
        id: 4,
      },
    ],
    ['hello', { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' }],
  ])('answers %s with its documented error', (text, expected) => {
    expect(JSON.parse(answer(text))).toEqual(expected);
  });

  it('nests errors where that shape is chosen', () => {
    expect(answer('{"method":"SUBSCRIBE","params":["x"],"id":2}', sessionOf(), 'nested')).toBe(
      '{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2}',
    );
  });

  it('changes nothing when a subscription would be one stream too many', () => {
    const session = sessionOf(2);
    expect(
      JSON.parse(answer('{"method":"SUBSCRIBE","params":["a@trade","b@trade","c@trade"],"id":1}', session)),
    ).toMatchObject({
      code: 2,
    });
    expect(session.streams.size).toBe(0);
  });

  it.each(['9223372036854775807', '-9223372036854775808', '"abc123"', 'null', '0'])(
    'gives the id %s back exactly',
    (id) => {
      expect(answer(`{"method":"LIST_SUBSCRIPTIONS","id":${id}}`)).toBe(`{"result":[],"id":${id}}`);
    },
  );

  it.each(['9223372036854775808', '1.5', '"longer-than-thirty-six-characters-by-one"', 'true'])(
    'refuses the id %s',
    (id) => {
      expect(JSON.parse(answer(`{"method":"LIST_SUBSCRIPTIONS","id":${id}}`))).toMatchObject({ code: 2 });
    },
  );

  it('answers whatever it is sent with JSON, never throwing', () => {
    const piece = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({
          method: fc.constantFrom('SUBSCRIBE', 'SET_PROPERTY', 'X'),
          params: fc.jsonValue(),
          id: fc.jsonValue(),
        })
        .map((m) => JSON.stringify(m)),
    );
    fc.assert(
      fc.property(
        piece,
        fc.constantFrom<ErrorShape>('flat', 'nested'),
        (text, shape) => void JSON.parse(answer(text, sessionOf(), shape)),
      ),
    );
  });
});
