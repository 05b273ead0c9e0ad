import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/errors.js';
import type { EventLog } from './event-log.js';

/** A log whose topic takes no message of more than `smallLogBytes`, and no request either. */
export interface OpenedSmallLog {
  readonly eventLog: EventLog;
  readonly topic: string;
  /** Messages that were given up. */
  dropped(): Promise<number>;
  end(): Promise<void>;
}

export const smallLogBytes = 20_000;

/** What holds where a log is set to take less at once than we would send. */
export const smallLogContract = (name: string, open: () => Promise<OpenedSmallLog>, patienceMs: number): void => {
  const tooLarge = { constructor: AppError, code: 'payload_too_large' };
  // No compression makes these smaller.
  const message = (bytes: number) => ({ key: 'k', value: randomBytes(bytes) });
  const sizesIn = async ({ eventLog, topic }: OpenedSmallLog, count: number) => {
    const found: number[] = [];
    const group = { group: 'readers', minBatchMessages: 1, maxBatchMessages: 1_000, maxBatchWaitMs: 10 };
    const reader = await eventLog.consume(
      topic,
      group,
      async ({ messages }) => void found.push(...messages.map(({ value }) => value.length)),
    );
    await expect.poll(() => found.length, { timeout: patienceMs, interval: 10 }).toBe(count);
    await reader.close();
    return found;
  };

  describe(`event log that takes little: ${name}`, { timeout: 4 * patienceMs }, () => {
    it('says of a message that it would never take that it is too large, and takes many together that fit alone', async () => {
      const opened = await open();
      const { eventLog, topic } = opened;
      try {
        await expect(eventLog.append(topic, [message(3 * smallLogBytes)])).rejects.toMatchObject(tooLarge);
        const sizes = [100, 8_000, 15_000, 15_001, 15_002, 200, 300];
        await eventLog.append(topic, sizes.map(message));
        expect(await sizesIn(opened, sizes.length)).toEqual(sizes);
      } finally {
        await opened.end();
      }
    });

    it('loses of what is published only the message that is too large, and keeps the order of the others', async () => {
      const opened = await open();
      const { eventLog, topic } = opened;
      try {
        const sizes = [15_000, 1, 2, 3, 15_001, 4, 15_002];
        for (const size of [...sizes.slice(0, 3), 3 * smallLogBytes, ...sizes.slice(3)])
          eventLog.publish(topic, message(size));
        expect(await sizesIn(opened, sizes.length)).toEqual(sizes);
        expect(await opened.dropped()).toBe(1);
      } finally {
        await opened.end();
      }
    });
  });
};
