import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { useWholeGzip } from './kafka-gzip.js';

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

  it('refuses what is damaged', async () => {
    const packed = gzipSync('ticker '.repeat(1_000));
    for (const damaged of [Buffer.alloc(0), packed.subarray(0, 20), packed.subarray(0, -4), Buffer.from('no gzip at all')]) {
      await expect(codec.decompress(damaged)).rejects.toThrow();
    }
    packed.writeUInt32LE(7, packed.length - 4);
    await expect(codec.decompress(packed)).rejects.toThrow('incorrect length check');
  });
});
