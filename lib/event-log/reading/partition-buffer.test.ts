import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import type { StoredMessage } from '../event-log.js';
import { createPartitionBuffer } from './partition-buffer.js';

const messages = (from: number, count: number): StoredMessage[] =>
  Array.from({ length: count }, (_, i) => ({
    offset: String(from + i),
    key: '',
    value: Buffer.alloc(0),
    headers: {},
    timestampMs: 0,
  }));
const open = (more: { readonly min?: number; readonly max?: number; readonly maxBytes?: number } = {}) => {
  const { min = 10, max = 10, maxBytes = 1_000 } = more;
  const clock = createManualClock();
  const ending = new AbortController();
  const rooms: number[] = [];
  const buffer = createPartitionBuffer({
    clock,
    consume: { group: 'g', minBatchMessages: min, maxBatchMessages: max, maxBatchWaitMs: 100 },
    maxMessages: 2 * max,
    maxBytes,
    onRoom: () => rooms.push(clock.monotonic()),
  });
  return { clock, ending, rooms, buffer };
};

describe('partition buffer', () => {
  it('gives back everything once, in order, in batches within their bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 0, max: 10 }),
        async (sizes, min, over) => {
          const { buffer, clock, ending } = open({ min, max: min + over });
          const taken: string[] = [];
          const reading = (async () => {
            while (!ending.signal.aborted) {
              const batch = await buffer.nextBatch(ending.signal);
              expect(batch.length).toBeLessThanOrEqual(min + over);
              taken.push(...batch.map(({ offset }) => offset));
            }
          })();
          let sent = 0;
          for (const size of sizes) {
            buffer.add(messages(sent, size), size);
            sent += size;
            await clock.advanceAsync(size);
          }
          await clock.advanceAsync(200);
          ending.abort();
          await reading;
          expect(taken).toEqual(messages(0, sent).map(({ offset }) => offset));
          expect(buffer.isFull()).toBe(false);
        },
      ),
    );
  });

  it('waits for enough, but no longer than the oldest may', async () => {
    const { buffer, clock, ending } = open();
    const sizes: number[] = [];
    const reading = (async () => {
      while (!ending.signal.aborted) sizes.push((await buffer.nextBatch(ending.signal)).length);
    })();
    buffer.add(messages(0, 6), 6);
    await clock.advanceAsync(60);
    buffer.add(messages(6, 3), 3);
    await clock.advanceAsync(39);
    expect(sizes).toEqual([]);
    await clock.advanceAsync(1);
    expect(sizes).toEqual([9]);
    buffer.add(messages(9, 10), 10);
    await clock.advanceAsync(0);
    expect(sizes).toEqual([9, 10]);
    ending.abort();
    await reading;
    expect(clock.pending).toBe(0);
  });

  it('is full at its bytes too, hands over at once then, and says when there is room again', async () => {
    const { buffer, clock, ending, rooms } = open({ min: 10, max: 10, maxBytes: 100 });
    buffer.add(messages(0, 4), 60);
    expect(buffer.isFull()).toBe(false);
    buffer.add(messages(4, 4), 60);
    expect(buffer.isFull()).toBe(true);
    expect(await buffer.nextBatch(ending.signal)).toHaveLength(8);
    expect(rooms).toEqual([0]);
    expect(buffer.isFull()).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
