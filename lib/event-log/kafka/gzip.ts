import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import kafkajs from 'kafkajs';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

// Node finds only some of its names by itself.
const { CompressionCodecs, CompressionTypes } = kafkajs;

/** What zlib unpacks into at once; the upper bound is also what a wrong size in the data may cost. */
const minChunkBytes = 16 * 1_024;
const maxChunkBytes = 16 * 1_024 * 1_024;

/** gzip ends with the size of what was packed. */
const sizeOf = (packed: Buffer): number => (packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4));

const decompress = (packed: Buffer): Promise<Buffer> =>
  // One byte more, so that zlib sees the end without asking for another chunk.
  unpack(packed, { chunkSize: Math.min(maxChunkBytes, Math.max(minChunkBytes, sizeOf(packed) + 1)) });

/**
 * Lets kafkajs unpack a batch into one piece of its size. Its own codec makes pieces of 16 KiB and then one of them,
 * which costs the event loop 2 us a ticker.
 */
export const useWholeGzip = (): void => {
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: { buffer: Buffer }) => pack(encoder.buffer),
    decompress,
  });
};
