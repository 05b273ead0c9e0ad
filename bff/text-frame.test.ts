import { PassThrough } from 'node:stream';
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

  it('has one byte for each character', () => {
    for (const length of [10, 1_000, 100_000]) {
      const frame = textFrame('x'.repeat(length));
      expect(Buffer.from(frame, 'latin1')).toHaveLength(frame.length);
      expect([...frame].every((unit) => unit.charCodeAt(0) < 256)).toBe(true);
    }
  });
});

it('JSON in ASCII is the same value', () => {
  for (const value of ['plain', 'Zoë 東京 😀 \u2028 "\\\u0000', { Detail: 'ü…' }]) {
    const text = asciiJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(/^[\u0020-\u007e]*$/.test(text)).toBe(true);
  }
});
