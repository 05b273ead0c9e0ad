import { type Clock, sleep } from '../../clock/clock.js';
import type { ConsumeOptions, StoredMessage } from '../event-log.js';

export interface PartitionBufferOptions {
  readonly clock: Clock;
  readonly consume: ConsumeOptions;
  /** At either bound the buffer is full; it takes what comes nevertheless, so that whoever fills it must look. */
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Called when a buffer that was full is half empty. */
  readonly onRoom: () => void;
}

/** What was read of one partition and waits for the handler. */
export interface PartitionBuffer {
  /** Appends messages that arrived together. @param bytes what they hold on to in memory. */
  add(messages: readonly StoredMessage[], bytes: number): void;
  isFull(): boolean;
  /** Enough messages for a batch, or what there is once the oldest waited long enough; none when the signal aborted. */
  nextBatch(ending: AbortSignal): Promise<readonly StoredMessage[]>;
}

interface Chunk {
  readonly messages: readonly StoredMessage[];
  readonly bytes: number;
  readonly arrivedMs: number;
  taken: number;
}

export const createPartitionBuffer = (options: PartitionBufferOptions): PartitionBuffer => {
  const { clock, consume, maxMessages, maxBytes, onRoom } = options;
  const chunks: Chunk[] = [];
  let count = 0;
  let held = 0;
  let wasFull = false;
  let wake = () => {};

  const isFull = () => count >= maxMessages || held >= maxBytes;
  const take = (): readonly StoredMessage[] => {
    const batch: StoredMessage[] = [];
    for (let chunk = chunks[0]; chunk && batch.length < consume.maxBatchMessages; chunk = chunks[0]) {
      const until = Math.min(chunk.messages.length, chunk.taken + consume.maxBatchMessages - batch.length);
      for (; chunk.taken < until; chunk.taken++) {
        const message = chunk.messages[chunk.taken];
        if (message) batch.push(message);
      }
      // Its messages are slices of one answer of the server, so memory comes back only now.
      if (chunk.taken < chunk.messages.length) break;
      chunks.shift();
      held -= chunk.bytes;
    }
    count -= batch.length;
    if (wasFull && count <= maxMessages / 2 && held <= maxBytes / 2) {
      wasFull = false;
      onRoom();
    }
    return batch;
  };

  return {
    add: (messages, bytes) => {
      if (messages.length === 0) return;
      chunks.push({ messages, bytes, arrivedMs: clock.monotonic(), taken: 0 });
      count += messages.length;
      held += bytes;
      wasFull ||= isFull();
      wake();
    },
    isFull,
    nextBatch: async (ending) => {
      while (!ending.aborted) {
        const oldest = chunks[0];
        const waitMs = oldest && oldest.arrivedMs + consume.maxBatchWaitMs - clock.monotonic();
        if (waitMs !== undefined && (waitMs <= 0 || count >= consume.minBatchMessages || isFull())) return take();
        const more = new AbortController();
        wake = () => more.abort();
        ending.addEventListener('abort', wake, { once: true });
        if (waitMs !== undefined) await sleep(clock, waitMs, more.signal);
        else
          await new Promise<void>((resolve) => more.signal.addEventListener('abort', () => resolve(), { once: true }));
        ending.removeEventListener('abort', wake);
      }
      return [];
    },
  };
};
