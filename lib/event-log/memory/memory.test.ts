import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock, systemClock } from '../../clock/clock.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { eventLogContract } from '../event-log.contract.js';
import { newestContract } from '../newest.contract.js';
import { murmur2, partitionOf } from '../partition.js';
import { smallLogBytes, smallLogContract } from '../small-log.contract.js';
import { createMemoryEventLog, type MemoryEventLogOptions } from './memory.js';

eventLogContract(
  'memory',
  async () => {
    const eventLog = createMemoryEventLog({ clock: systemClock, log: silentLogger(), metrics: createMetrics('test') });
    return { eventLog, topic: 'prices', end: () => eventLog.close() };
  },
  { patienceMs: 30_000 },
);

// As the all-in-one run opens it.
eventLogContract(
  'memory, offsets from the clock',
  async () => {
    const firstOffset = systemClock.now() * 1_000;
    const eventLog = createMemoryEventLog({
      clock: systemClock,
      log: silentLogger(),
      metrics: createMetrics('test'),
      firstOffset,
    });
    return { eventLog, topic: 'prices', end: () => eventLog.close() };
  },
  { patienceMs: 30_000 },
);

newestContract(
  'memory',
  async () => {
    const eventLog = createMemoryEventLog({ clock: systemClock, log: silentLogger(), metrics: createMetrics('test') });
    return { eventLog, topic: 'prices', end: () => eventLog.close() };
  },
  30_000,
);

smallLogContract(
  'memory',
  async () => {
    const metrics = createMetrics('test');
    const eventLog = createMemoryEventLog({
      clock: systemClock,
      log: silentLogger(),
      metrics,
      maxMessageBytes: smallLogBytes,
    });
    const dropped = async () =>
      Number(/events_dropped_total\{topic="prices"\} (\d+)/.exec(await metrics.text())?.[1] ?? 0);
    return { eventLog, topic: 'prices', dropped, end: () => eventLog.close() };
  },
  30_000,
);

describe('memory event log', () => {
  const open = (options: Partial<MemoryEventLogOptions> = {}) => {
    const clock = createManualClock();
    const metrics = createMetrics('test');
    const eventLog = createMemoryEventLog({ clock, log: silentLogger(), metrics, ...options });
    const dropped = async () => Number(/events_dropped_total\{topic="t"\} (\d+)/.exec(await metrics.text())?.[1] ?? 0);
    return { clock, eventLog, dropped };
  };
  const group = { group: 'g', minBatchMessages: 10, maxBatchMessages: 10, maxBatchWaitMs: 100 };

  it('hands over what came within the wait also where the clock of the computer is set back by an hour meanwhile, and only then', async () => {
    const time = createManualClock(1_800_000_000_000);
    let setMs = 0;
    const clock = { ...time, now: () => time.now() + setMs };
    const eventLog = createMemoryEventLog({ clock, log: silentLogger(), metrics: createMetrics('test') });
    const values: string[] = [];
    await eventLog.consume(
      't',
      group,
      async ({ messages }) => void values.push(...messages.map(({ value }) => String(value))),
    );
    eventLog.publish('t', { key: 'K', value: 'a' });
    await time.advanceAsync(50);
    setMs = -3_600_000;
    eventLog.publish('t', { key: 'K', value: 'b' });
    await time.advanceAsync(40);
    expect(values).toEqual([]);
    await time.advanceAsync(60);
    expect(values).toEqual(['a', 'b']);
    await eventLog.close();
  });

  it('drops the oldest of all partitions past its bound, and counts them', async () => {
    const { eventLog, clock, dropped } = open({ maxMessages: 20 });
    for (let i = 0; i < 50; i++) eventLog.publish('t', { key: `K${i % 7}`, value: String(i) });
    const values: number[] = [];
    await eventLog.consume(
      't',
      group,
      async ({ messages }) => void values.push(...messages.map(({ value }) => Number(value))),
    );
    await clock.advanceAsync(1_000);
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => 30 + i));
    expect(await dropped()).toBe(30);
    await eventLog.close();
  });

  it('forgets what every group has handled, without counting it as lost', async () => {
    const { eventLog, clock, dropped } = open({ maxMessages: 20 });
    let handled = 0;
    await eventLog.consume('t', group, async ({ messages }) => {
      handled += messages.length;
    });
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 15; i++) eventLog.publish('t', { key: `K${i}`, value: String(i) });
      await clock.advanceAsync(1_000);
    }
    expect(handled).toBe(150);
    expect(await dropped()).toBe(0);
    await eventLog.close();
  });

  it('keeps the newest of what nobody reads yet, and counts none of the others as lost', async () => {
    const { eventLog, clock, dropped } = open({ partitions: 1, maxMessages: 20, unread: { t: 5 } });
    for (let i = 0; i < 50; i++) eventLog.publish('t', { key: 'K', value: String(i) });
    expect(await eventLog.offsets('t')).toEqual([{ partition: 0, first: '45', next: '50' }]);
    expect(await dropped()).toBe(0);
    const values: string[] = [];
    const consumer = await eventLog.consume(
      't',
      group,
      async ({ messages }) => void values.push(...messages.map(({ value }) => String(value))),
    );
    await clock.advanceAsync(1_000);
    expect(values).toEqual(['45', '46', '47', '48', '49']);
    // From now on somebody misses what is dropped.
    await consumer.close();
    for (let i = 50; i < 75; i++) eventLog.publish('t', { key: 'K', value: String(i) });
    expect(await eventLog.offsets('t')).toEqual([{ partition: 0, first: '55', next: '75' }]);
    expect(await dropped()).toBe(5);
    await eventLog.close();
  });

  it('hands a full batch over at once, a smaller one when its oldest message has waited', async () => {
    const { eventLog, clock } = open({ partitions: 1 });
    const sizes: number[] = [];
    await eventLog.consume('t', group, async ({ messages }) => void sizes.push(messages.length));
    for (let i = 0; i < 25; i++) eventLog.publish('t', { key: 'K', value: String(i) });
    await clock.advanceAsync(0);
    expect(sizes).toEqual([10, 10]);
    await clock.advanceAsync(99);
    expect(sizes).toEqual([10, 10]);
    await clock.advanceAsync(1);
    expect(sizes).toEqual([10, 10, 5]);
    await eventLog.close();
  });

  it('hands over what waits within its time also where the computer’s clock is set by an hour, back or forward', async () => {
    for (const setByMs of [-3_600_000, 3_600_000]) {
      const manual = createManualClock();
      let aheadMs = 0;
      const { eventLog } = open({ partitions: 1, clock: { ...manual, now: () => manual.now() + aheadMs } });
      const sizes: number[] = [];
      await eventLog.consume('t', group, async ({ messages }) => void sizes.push(messages.length));
      eventLog.publish('t', { key: 'K', value: 'before' });
      await manual.advanceAsync(50);
      aheadMs = setByMs;
      eventLog.publish('t', { key: 'K', value: 'after' });
      await manual.advanceAsync(49);
      expect(sizes).toEqual([]);
      await manual.advanceAsync(1);
      expect(sizes).toEqual([2]);
      await eventLog.close();
    }
  });

  it('hands over what waits at once when it is enough, up to the most a batch may have', async () => {
    const { eventLog, clock } = open({ partitions: 1 });
    const sizes: number[] = [];
    await eventLog.consume(
      't',
      { ...group, minBatchMessages: 3 },
      async ({ messages }) => void sizes.push(messages.length),
    );
    for (let i = 0; i < 25; i++) eventLog.publish('t', { key: 'K', value: String(i) });
    await clock.advanceAsync(0);
    expect(sizes).toEqual([10, 10, 5]);
    eventLog.publish('t', { key: 'K', value: '25' });
    eventLog.publish('t', { key: 'K', value: '26' });
    await clock.advanceAsync(99);
    expect(sizes).toEqual([10, 10, 5]);
    eventLog.publish('t', { key: 'K', value: '27' });
    await clock.advanceAsync(0);
    expect(sizes).toEqual([10, 10, 5, 3]);
    await eventLog.close();
  });

  it('gives each topic the partitions it was opened with', async () => {
    const { eventLog } = open({ topics: [{ name: 'one', partitions: 1 }], partitions: 4 });
    expect(await eventLog.offsets('one')).toEqual([{ partition: 0, first: '0', next: '0' }]);
    expect(await eventLog.offsets('other')).toHaveLength(4);
    await eventLog.close();
  });

  it('repeats a failing batch with growing pauses, and holds only its own partition', async () => {
    const { eventLog, clock } = open();
    const [bad, good] = [0, 1].map((partition) => {
      for (let i = 0; ; i++) if (partitionOf(`K${i}`, 3) === partition) return `K${i}`;
    });
    const failures: number[] = [];
    const handled: string[] = [];
    await eventLog.consume('t', { ...group, maxBatchWaitMs: 1 }, async ({ messages }) => {
      if (messages[0]?.key === bad) {
        failures.push(clock.monotonic());
        throw new Error('not now');
      }
      handled.push(...messages.map(({ value }) => value.toString()));
    });
    eventLog.publish('t', { key: bad ?? '', value: 'bad' });
    eventLog.publish('t', { key: good ?? '', value: 'good' });
    await clock.advanceAsync(20_000);
    expect(handled).toEqual(['good']);
    expect(failures).toEqual([1, 101, 301, 701, 1_501, 3_101, 6_301, 11_301, 16_301]);
    await eventLog.close();
  });

  it('does not hold up closing for a batch that keeps failing', async () => {
    const { eventLog, clock } = open();
    await eventLog.consume('t', group, async () => {
      throw new Error('never');
    });
    eventLog.publish('t', { key: 'K', value: '1' });
    await clock.advanceAsync(150);
    await eventLog.close();
    expect(clock.pending).toBe(0);
  });

  it('takes no commit of a handler whose partition moved: the new owner gets the messages', async () => {
    const { eventLog, clock } = open();
    const gates: (() => void)[] = [];
    const first: string[] = [];
    await eventLog.consume('t', { ...group, maxBatchWaitMs: 1 }, async ({ messages }) => {
      first.push(...messages.map(({ value }) => value.toString()));
      await new Promise<void>((resolve) => gates.push(resolve));
    });
    for (let i = 0; i < 30; i++) eventLog.publish('t', { key: `K${i}`, value: String(i) });
    await clock.advanceAsync(10);
    const second: string[] = [];
    await eventLog.consume('t', { ...group, maxBatchWaitMs: 1 }, async ({ messages }) => {
      second.push(...messages.map(({ value }) => value.toString()));
    });
    await clock.advanceAsync(10);
    for (const open of gates) open();
    await clock.advanceAsync(10);
    expect(second.length).toBeGreaterThan(0);
    expect(first).toEqual(expect.arrayContaining(second.slice(0, 10)));
    for (let i = 0; i < 5; i++) {
      for (const open of gates) open();
      await clock.advanceAsync(10);
    }
    expect([...new Set([...first, ...second])]).toHaveLength(30);
    await eventLog.close();
  });
});

describe('partition of a key', () => {
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ])("hashes %s as Kafka's own tests say", (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('agrees with the Kafka client about every key', async () => {
    const { Partitioners } = await import('kafkajs');
    const choose = Partitioners.DefaultPartitioner();
    const partitionMetadata = [0, 1, 2].map((partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        expect(partitionOf(key, 3)).toBe(choose({ topic: 't', partitionMetadata, message: { key, value: '' } }));
      }),
    );
  });
});
