import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { useWholeGzip } from './gzip.js';

useWholeGzip();
const codec = kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP]() as {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(packed: Buffer): Promise<Buffer>;
};

describe('the gzip of a batch', () => {
  it('unpacks what it packed', async () => {
    const bytes = fc.uint8Array({ maxLength: 200_000, size: 'max' }).map((some) => Buffer.from(some));
    const property = fc.asyncProperty(bytes, async (buffer) => {
      expect((await codec.decompress(await codec.compress({ buffer }))).equals(buffer)).toBe(true);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('unpacks in the right way also when the end of the data tells another size', async () => {
    const whole = Buffer.from('ticker '.repeat(100_000));
    // Two members, as some producers write them: the size at the end is that of the last.
    expect((await codec.decompress(Buffer.concat([gzipSync(whole), gzipSync('end')]))).toString()).toBe(`${whole}end`);
  });

  it('unpacks what zlib itself unpacks, to the same bytes, and refuses the rest, however the data is damaged or joined', async () => {
    const bytes = fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.nat(40_000))
      .map(([pattern, size]) => Buffer.alloc(size, Buffer.from(pattern)));
    const packed = fc
      .array(
        bytes.map((some) => gzipSync(some)),
        { minLength: 1, maxLength: 3 },
      )
      .map((members) => Buffer.concat(members));
    const damaged = fc
      .tuple(packed, fc.nat(), fc.nat(255), fc.constantFrom('change', 'cut', 'more'))
      .map(([whole, at, byte, how]) => {
        const place = at % whole.length;
        if (how === 'cut') return whole.subarray(0, place);
        const tail =
          how === 'more'
            ? [whole, Buffer.from([byte, 0, byte])]
            : [whole.subarray(0, place), Buffer.from([byte]), whole.subarray(place + 1)];
        return Buffer.concat(tail);
      });
    const slowly = (given: Buffer): Buffer | string => {
      try {
        return gunzipSync(given);
      } catch {
        return 'refused';
      }
    };
    const property = fc.asyncProperty(
      fc.oneof(
        packed,
        damaged,
        bytes,
        bytes.map((some) => deflateSync(some)),
      ),
      async (given) => {
        expect(await codec.decompress(given).catch(() => 'refused')).toEqual(slowly(given));
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  it('refuses what is damaged', async () => {
    const packed = gzipSync('ticker '.repeat(1_000));
    for (const damaged of [
      Buffer.alloc(0),
      packed.subarray(0, 20),
      packed.subarray(0, -4),
      Buffer.from('no gzip at all'),
    ]) {
      await expect(codec.decompress(damaged)).rejects.toThrow();
    }
    packed.writeUInt32LE(7, packed.length - 4);
    await expect(codec.decompress(packed)).rejects.toThrow('incorrect length check');
  });
});
