import { describe, expect, it } from 'vitest';
import { becomes } from '../kit/becomes.js';
import type { OpenedEventLog } from './event-log.contract.js';
import type { ConsumeOptions } from './event-log.js';

/** What holds for groups that begin at the newest message. */
export const newestContract = (name: string, open: () => Promise<OpenedEventLog>, patienceMs: number): void => {
  const build = async () => {
    const { eventLog, topic, end } = await open();
    const append = (...values: string[]) =>
      eventLog.append(
        topic,
        values.map((value) => ({ key: `key of ${value}`, value })),
      );
    const consume = async (group: string, from: NonNullable<ConsumeOptions['from']>) => {
      const seen: string[] = [];
      const options = { group, from, minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 10 };
      const consumer = await eventLog.consume(
        topic,
        options,
        async ({ messages }) => void seen.push(...messages.map(({ value }) => value.toString())),
      );
      return { ...consumer, seen: () => seen.toSorted() };
    };
    const hasBegun = async (group: string) =>
      (await eventLog.offsets(topic, group)).every(({ committed }) => committed !== undefined);
    const begin = async (group: string) => {
      const consumer = await consume(group, 'newest');
      await becomes(() => hasBegun(group), true, patienceMs);
      return consumer;
    };
    return { append, consume, begin, end };
  };

  describe(`event log read from the newest message: ${name}`, { timeout: 4 * patienceMs + 5_000 }, () => {
    it('hands over what is written after the group has begun, and nothing of before', async () => {
      const { append, begin, end } = await build();
      await append('a', 'b', 'c', 'd');
      const { seen } = await begin('sockets');
      await append('e', 'f');
      await becomes(seen, ['e', 'f'], patienceMs);
      await end();
    });

    it('keeps two groups apart, of which one begins at the oldest', async () => {
      const { append, begin, consume, end } = await build();
      await append('a', 'b');
      const newest = await begin('sockets');
      const oldest = await consume('ledger', 'oldest');
      await append('c');
      await becomes(() => [newest.seen(), oldest.seen()], [['c'], ['a', 'b', 'c']], patienceMs);
      await end();
    });

    it('takes nothing from a group that begins at the oldest after it', async () => {
      const { append, begin, consume, end } = await build();
      const newest = await begin('sockets');
      await append('a', 'b');
      await becomes(newest.seen, ['a', 'b'], patienceMs);
      await append('c');
      await becomes(newest.seen, ['a', 'b', 'c'], patienceMs);
      const oldest = await consume('ledger', 'oldest');
      await becomes(oldest.seen, ['a', 'b', 'c'], patienceMs);
      await end();
    });

    it('goes on where it was after a cut, also where it had been handed nothing yet', async () => {
      const { append, begin, consume, end } = await build();
      await append('a');
      const first = await begin('sockets');
      await first.close();
      await append('b', 'c');
      const second = await consume('sockets', 'newest');
      await becomes(second.seen, ['b', 'c'], patienceMs);
      await second.close();
      await append('d');
      const third = await consume('sockets', 'newest');
      await becomes(third.seen, ['d'], patienceMs);
      expect(first.seen()).toEqual([]);
      await end();
    });
  });
};
