import { PassThrough } from 'node:stream';
import { seedsOf } from '@tickfolio/lib/kit/counts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { asciiJson, pingFrame, textFrame } from './text-frame.js';

/** What a client built on `ws` reads from these bytes. */
const readBy = async (bytes: string) => {
  const seen: { readonly kind: string; readonly text: string }[] = [];
  const { Receiver } = ws as unknown as { Receiver: new (options: object) => NodeJS.WritableStream };
  const receiver = new Receiver({ isServer: false, maxPayload: 0 });
  receiver.on('message', (data: Buffer) => void seen.push({ kind: 'text', text: data.toString() }));
  receiver.on('ping', (data: Buffer) => void seen.push({ kind: 'ping', text: data.toString() }));
  const pipe = new PassThrough();
  const finished = new Promise((resolve, reject) => receiver.on('finish', resolve).on('error', reject));
  pipe.pipe(receiver);
  pipe.end(Buffer.from(bytes, 'latin1'));
  await finished;
  return seen;
};

describe('a frame of the protocol, as text', () => {
  it('is read as it was meant, at every length of its length', async () => {
    const lengths = [0, 1, 125, 126, 127, 128, 255, 256, 1_500, 32_768, 65_535, 65_536, 65_537, 300_000];
    const texts = lengths.map((length) => 'x'.repeat(length));
    expect(await readBy(texts.map(textFrame).join(pingFrame('12345')))).toEqual(
      texts.flatMap((text, i) => [...(i > 0 ? [{ kind: 'ping', text: '12345' }] : []), { kind: 'text', text }]),
    );
  });

  it('is what ws itself would send, byte for byte', () => {
    const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };
    const frameOf = (data: string, opcode: number): Buffer =>
      Buffer.concat(
        Sender.frame(Buffer.from(data, 'latin1'), { fin: true, rsv1: false, opcode, mask: false, readOnly: true }),
      );
    const length = fc.oneof(fc.nat(300), fc.integer({ min: 65_500, max: 65_600 }), fc.nat(200_000));
    const property = fc.property(length, fc.stringMatching(/^[ -~]{1,20}$/), (size, unit) => {
      const text = unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
      expect(Buffer.from(textFrame(text), 'latin1').equals(frameOf(text, 1))).toBe(true);
      const ping = text.slice(0, 125);
      expect(Buffer.from(pingFrame(ping), 'latin1').equals(frameOf(ping, 9))).toBe(true);
    });
    fc.assert(property, { numRuns: seedsOf(200) });
  });

  it('has one byte for each character', () => {
    for (const length of [10, 1_000, 100_000]) {
      const frame = textFrame('x'.repeat(length));
      expect(Buffer.from(frame, 'latin1')).toHaveLength(frame.length);
      expect([...frame].every((unit) => unit.charCodeAt(0) < 256)).toBe(true);
    }
  });
});

it('JSON in ASCII says what JSON says, whatever the text', () => {
  const unit = fc.oneof(fc.nat(0xffff), fc.constantFrom(0x22, 0x5c, 7, 0x7f, 0x2028, 0xd800, 0xdc00));
  const text = fc.array(unit, { maxLength: 12 }).map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(text, fc.dictionary(text, text, { maxKeys: 3 }), (plain, entries) => {
      expect(JSON.parse(asciiJson(plain))).toBe(plain);
      expect(JSON.parse(asciiJson(entries))).toEqual(JSON.parse(JSON.stringify(entries)));
      expect(asciiJson(plain)).toMatch(/^[\u0020-\u007f]*$/);
    }),
  );
});

it('JSON in ASCII is the same value', () => {
  for (const value of ['plain', 'Zoë 東京 😀 \u2028 "\\\u0000', { Detail: 'ü…' }]) {
    const text = asciiJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(/^[\u0020-\u007e]*$/.test(text)).toBe(true);
  }
});
