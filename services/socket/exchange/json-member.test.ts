import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberText } from './json-member.js';

describe('a member of a JSON object, as text', () => {
  it('says what JSON.parse reads, whatever stands around it', () => {
    const layout = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), layout, (others, value, space) => {
        const object = { ...others, data: value };
        const found = memberText(JSON.stringify(object, undefined, space), 'data');
        expect(JSON.parse(found ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is as it came, also where a number is longer than numbers are', () => {
    expect(memberText('{ "a" : [1,{"data":2}], "data" : {"id": 12345678901234567890, "x":1e400} }', 'data')).toBe(
      '{"id": 12345678901234567890, "x":1e400}',
    );
    expect(memberText(' {"data":{"a":"}\\\\\\"]"} , "b":-1.50e3 }', 'b')).toBe('-1.50e3');
  });

  it('is the last one of several, whatever escapes its name is written with', () => {
    expect(memberText('{"data":1,"d\\u0061ta":2,"x":3}', 'data')).toBe('2');
    expect(memberText('{"x":{"data":1}}', 'data')).toBeUndefined();
    expect(memberText('{}', 'data')).toBeUndefined();
  });
});
