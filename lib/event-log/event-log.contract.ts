import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors/errors.js';
import { becomes } from '../kit/becomes.js';
import type { Batch, ConsumeOptions, Consumer, EventLog, PartitionOffsets, StoredMessage } from './event-log.js';

/** A log under test with an empty topic of three partitions; `end` closes it and whatever stands behind it. */
export interface OpenedEventLog {
  readonly eventLog: EventLog;
  readonly topic: string;
  end(): Promise<void>;
}

export interface ContractLimits {
  /** How long a real server may take for a rebalance or a delivery. */
  readonly patienceMs: number;
}

/** What every event log must do. */
export const eventLogContract = (
  name: string,
  open: () => Promise<OpenedEventLog>,
  { patienceMs }: ContractLimits,
): void => {
  const testTimeout = 4 * patienceMs + 5_000;

  describe(`event log contract: ${name}`, { timeout: testTimeout }, () => {
    let opened: OpenedEventLog;
    let eventLog: EventLog;
    let topic: string;
    const group = (more: Partial<ConsumeOptions> = {}): ConsumeOptions => ({
      group: 'readers',
      minBatchMessages: 100,
      maxBatchMessages: 100,
      maxBatchWaitMs: 20,
      ...more,
    });
    const keys = Array.from({ length: 30 }, (_, i) => `KEY${i}`);
    const publishAll = (from: number, to: number) => {
      for (let i = from; i < to; i++) eventLog.publish(topic, { key: keys[i % keys.length] ?? '', value: String(i) });
    };
    const recorder = () => {
      const batches: Batch[] = [];
      const values = () =>
        batches.flatMap((batch) => batch.messages.map((message) => Number(message.value.toString())));
      const sorted = () => [...new Set(values())].sort((a, b) => a - b);
      return { batches, values, sorted, handler: async (batch: Batch) => void batches.push(batch) };
    };
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

    beforeEach(async () => {
      opened = await open();
      eventLog = opened.eventLog;
      topic = opened.topic;
    });
    afterEach(() => opened.end());

    it('delivers everything once to a group, each key in one partition and in order, offsets growing', async () => {
      const seen = recorder();
      await eventLog.consume(topic, group({ minBatchMessages: 10, maxBatchMessages: 40 }), seen.handler);
      publishAll(0, 300);
      await becomes(() => seen.values().length, 300, patienceMs);
      expect(seen.sorted()).toEqual(numbers(0, 300));
      const places = new Map<string, number>();
      const latest = new Map<string, bigint>();
      for (const { partition, messages, topic: of } of seen.batches) {
        expect(of).toBe(topic);
        expect(messages.length).toBeGreaterThan(0);
        expect(messages.length).toBeLessThanOrEqual(40);
        for (const { key, value, offset, timestampMs } of messages) {
          expect(places.get(key) ?? partition).toBe(partition);
          places.set(key, partition);
          expect(latest.get(key) ?? -1n).toBeLessThan(BigInt(value.toString()));
          latest.set(key, BigInt(value.toString()));
          expect(BigInt(offset)).toBeGreaterThan(latest.get(`offset ${partition}`) ?? -1n);
          latest.set(`offset ${partition}`, BigInt(offset));
          expect(timestampMs).toBeGreaterThan(0);
        }
      }
      expect(new Set(places.values()).size).toBe(3);
    });

    it('serves each group on its own', async () => {
      const one = recorder();
      const two = recorder();
      await eventLog.consume(topic, group({ group: 'one' }), one.handler);
      await eventLog.consume(topic, group({ group: 'two' }), two.handler);
      publishAll(0, 50);
      await becomes(() => [one.sorted(), two.sorted()], [numbers(0, 50), numbers(0, 50)], patienceMs);
    });

    it('hands the same messages over again to a handler that threw, in order, and loses none', async () => {
      const seen = recorder();
      const failed: number[] = [];
      await eventLog.consume(topic, group(), async (batch) => {
        const values = batch.messages.map((message) => Number(message.value.toString()));
        if (failed.length === 0) {
          failed.push(...values);
          throw new TypeError('broken handler');
        }
        await seen.handler(batch);
      });
      publishAll(0, 60);
      await becomes(() => seen.sorted(), numbers(0, 60), patienceMs);
      expect(failed.length).toBeGreaterThan(0);
      expect(seen.values().length).toBe(60);
    });

    it('goes on after the last committed message when a member comes back', async () => {
      const first = recorder();
      const consumer = await eventLog.consume(topic, group(), first.handler);
      publishAll(0, 60);
      await becomes(() => first.sorted(), numbers(0, 60), patienceMs);
      await consumer.close();
      publishAll(60, 90);
      const second = recorder();
      await eventLog.consume(topic, group(), second.handler);
      await becomes(() => second.sorted(), numbers(60, 90), patienceMs);
      expect(second.values().length).toBe(30);
    });

    it('shares the partitions between members; who stays takes over from who leaves', async () => {
      const one = recorder();
      const two = recorder();
      await eventLog.consume(topic, group(), one.handler);
      const leaving = await eventLog.consume(topic, group(), two.handler);
      let sent = 0;
      await becomes(
        () => {
          publishAll(sent, sent + 30);
          sent += 30;
          return [one.batches.length > 0, two.batches.length > 0];
        },
        [true, true],
        patienceMs,
      );
      const all = () => [...new Set([...one.values(), ...two.values()])].sort((a, b) => a - b);
      await becomes(all, numbers(0, sent), patienceMs);
      await leaving.close();
      publishAll(sent, sent + 60);
      await becomes(() => one.sorted().filter((value) => value >= sent), numbers(sent, sent + 60), patienceMs);
      expect(two.values().some((value) => value >= sent)).toBe(false);
    });

    it('tells a long handler by its heartbeat that its partition moved', async () => {
      let told: unknown;
      const running = new Set<number>();
      await eventLog.consume(topic, group(), async (batch) => {
        running.add(batch.partition);
        if (told !== undefined) return;
        const untilMs = performance.now() + patienceMs;
        while (performance.now() < untilMs && told === undefined) {
          await batch.heartbeat().catch((err: unknown) => {
            told = err;
            throw err;
          });
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
      publishAll(0, 90);
      // Any of them may stay.
      await becomes(() => running.size, 3, patienceMs);
      const others: Consumer[] = [];
      // With three members each owns one partition, so whichever was running may have moved.
      const seen = recorder();
      const joining = Promise.all([
        eventLog.consume(topic, group(), seen.handler),
        eventLog.consume(topic, group(), seen.handler),
      ]);
      await becomes(() => told instanceof Error, true, patienceMs);
      others.push(...(await joining));
      await becomes(() => seen.batches.length > 0, true, patienceMs);
      await Promise.all(others.map((consumer) => consumer.close()));
    });

    it('carries bytes and headers unchanged', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      eventLog.publish(topic, { key: '', value: bytes, headers: { reason: 'not JSON – “ä”', empty: '' } });
      eventLog.publish(topic, { key: 'ключ', value: '' });
      const found: StoredMessage[] = [];
      await eventLog.consume(topic, group(), async ({ messages }) => void found.push(...messages));
      await becomes(() => found.length, 2, patienceMs);
      const byKey = new Map(found.map((message) => [message.key, message]));
      expect([...(byKey.get('')?.value ?? [])]).toEqual([...bytes]);
      expect(byKey.get('')?.headers).toEqual({ reason: 'not JSON – “ä”', empty: '' });
      expect(byKey.get('ключ')?.value).toHaveLength(0);
      expect(byKey.get('ключ')?.headers).toEqual({});
    });

    it('has what was appended once the promise is kept, and says how far a group has come', async () => {
      // Offsets may begin anywhere.
      const begin = new Map((await eventLog.offsets(topic)).map(({ partition, next }) => [partition, Number(next)]));
      const span = async (name?: string) => {
        const partitions = await eventLog.offsets(topic, name);
        expect(partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
        const sum = (read: (of: PartitionOffsets) => string | undefined) =>
          partitions.reduce(
            (total, of) => total + Number(read(of) ?? 'NaN') - (begin.get(of.partition) ?? Number.NaN),
            0,
          );
        return {
          first: sum(({ first }) => first),
          next: sum(({ next }) => next),
          committed: sum(({ committed }) => committed),
        };
      };
      const messages = keys.map((key, i) => ({ key, value: String(i) }));
      await eventLog.append(topic, messages);
      expect(await span()).toEqual({ first: 0, next: 30, committed: Number.NaN });
      await eventLog.append(topic, []);
      expect(await span('readers')).toEqual({ first: 0, next: 30, committed: Number.NaN });
      const seen = recorder();
      const consumer = await eventLog.consume(topic, group(), seen.handler);
      await becomes(() => seen.sorted(), numbers(0, 30), patienceMs);
      await becomes(async () => (await span('readers')).committed, 30, patienceMs);
      await consumer.close();
      await eventLog.append(topic, messages);
      expect(await span('readers')).toMatchObject({ next: 60, committed: 30 });
      expect(await span('nobody')).toMatchObject({ next: 60, committed: Number.NaN });
    });

    it('says where messages begin that were written since a moment', async () => {
      const firstOf = async (read: (of: PartitionOffsets) => string) => (await eventLog.offsets(topic)).map(read);
      const first = await firstOf(({ next }) => next);
      const messages = keys.map((key, i) => ({ key, value: String(i) }));
      const startMs = Date.now();
      await eventLog.append(topic, messages);
      const middle = await firstOf(({ next }) => next);
      await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(startMs + 20);
      const betweenMs = Date.now();
      await eventLog.append(topic, messages);
      expect(await eventLog.offsetsAt(topic, startMs - 60_000)).toEqual(first);
      expect(await eventLog.offsetsAt(topic, betweenMs)).toEqual(middle);
      expect(await eventLog.offsetsAt(topic, betweenMs + 60_000)).toEqual(await firstOf(({ next }) => next));
    });

    it('counts what waits to be handled', async () => {
      let release = () => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const seen = recorder();
      const consumer = await eventLog.consume(topic, group(), async (batch) => {
        await gate;
        await seen.handler(batch);
      });
      publishAll(0, 75);
      await becomes(() => consumer.lag(), 75, patienceMs);
      release();
      await becomes(() => consumer.lag(), 0, patienceMs);
      expect(seen.values().length).toBe(75);
    });

    it('waits for the running handler when a member leaves, and takes its work as done', async () => {
      let release = () => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const handled: string[] = [];
      let started = false;
      const consumer = await eventLog.consume(topic, group(), async (batch) => {
        started = true;
        await gate;
        handled.push(...batch.messages.map((message) => message.value.toString()));
      });
      eventLog.publish(topic, { key: 'A', value: '1' });
      await becomes(() => started, true, patienceMs);
      let left = false;
      const leaving = consumer.close().then(() => {
        left = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(left).toBe(false);
      release();
      await leaving;
      expect(handled).toEqual(['1']);
      const next = recorder();
      await eventLog.consume(topic, group(), next.handler);
      eventLog.publish(topic, { key: 'A', value: '2' });
      await becomes(() => next.values(), [2], patienceMs);
    });

    it('is well while open; closed it takes nothing more', async () => {
      await becomes(() => eventLog.check(), undefined, patienceMs);
      await eventLog.close();
      await eventLog.close();
      eventLog.publish(topic, { key: 'A', value: '1' });
      expect(await eventLog.check()).toEqual(expect.any(String));
      const unavailable = expect.objectContaining({ constructor: AppError, code: 'unavailable' });
      await expect(eventLog.consume(topic, group(), async () => undefined)).rejects.toEqual(unavailable);
      await expect(eventLog.append(topic, [{ key: 'A', value: '1' }])).rejects.toEqual(unavailable);
      await expect(eventLog.offsets(topic)).rejects.toEqual(unavailable);
      await expect(eventLog.offsetsAt(topic, 0)).rejects.toEqual(unavailable);
    });
  });
};
