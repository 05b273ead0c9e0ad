import { isTooLarge } from './client.js';
import type { Outgoing } from './sender.js';

export interface SendInParts {
  readonly send: (part: readonly Outgoing[]) => Promise<void>;
  /** Kafka acknowledged these. */
  readonly taken?: (part: readonly Outgoing[]) => void;
  /** Kafka takes this one not even alone; what follows it is sent all the same, unless this throws. */
  readonly refused: (message: Outgoing, err: unknown) => void;
}

/**
 * Sends a batch in its order, and in halves where Kafka is set to take less at once, until each message was taken or
 * refused alone.
 * @throws what `send` throws for any other reason: what was neither taken nor refused by then may be written or not.
 */
export const sendInParts = async (batch: readonly Outgoing[], { send, taken, refused }: SendInParts): Promise<void> => {
  const parts = [batch];
  for (let part = parts.pop(); part; part = parts.pop()) {
    try {
      await send(part);
      taken?.(part);
    } catch (err) {
      if (!isTooLarge(err)) throw err;
      const [only] = part;
      const half = part.length >> 1;
      if (half > 0) parts.push(part.slice(half), part.slice(0, half));
      else if (only) refused(only, err);
    }
  }
};

/** How many bytes a batch may have. */
export interface BatchBound {
  readonly bytes: number;
  /**
   * To be told of each batch that was sent. @param largest the most that Kafka took of it at once, less than all of it
   * where it was sent in parts
   */
  sent(largest: number, inParts: boolean): void;
}

/** So many batches in a row were taken whole before a larger one is tried. A try that fails costs a few sends. */
const growAfter = 20;

/**
 * Remembers what Kafka takes at once, so that not every batch is cut anew, and grows again: the limit may be raised
 * while we run, and what it counts is compressed, so it fits more of other messages.
 */
export const createBatchBound = (maxBytes: number): BatchBound => {
  let bytes = maxBytes;
  let whole = 0;
  return {
    get bytes() {
      return bytes;
    },
    sent: (largest, inParts) => {
      if (inParts) {
        bytes = Math.min(bytes, Math.max(1, largest));
        whole = 0;
      } else if (++whole >= growAfter) {
        bytes = Math.min(maxBytes, 2 * bytes);
        whole = 0;
      }
    },
  };
};
