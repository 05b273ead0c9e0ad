import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchBodyOf, readBatchBody } from './batch-body.js';

it('a batch is read as it was written, whatever keys, bytes and headers it has', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const messages = fc.array(
    fc.record({
      key: text,
      value: fc.uint8Array({ maxLength: 300 }),
      headers: fc.dictionary(text, text, { noNullPrototype: true }),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(messages, fc.nat(), (written, first) => {
      const read = readBatchBody(batchBodyOf(written), first, 7);
      expect(read).toEqual(
        written.map(({ key, value, headers }, at) => ({
          offset: String(first + at),
          key,
          value: Buffer.from(value),
          headers,
          timestampMs: 7,
        })),
      );
    }),
  );
});

it('a batch of a form that is not known is refused, not misread', () => {
  expect(() => readBatchBody(Buffer.of(2, 0, 0), 0, 0)).toThrow('has the form 2');
});
