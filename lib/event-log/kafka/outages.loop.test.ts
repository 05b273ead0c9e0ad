import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../errors/errors.js';
import { becomes } from '../../kit/becomes.js';
import { startTestKafka, type TestKafka } from '../../kit/kafka.js';
import type { StoredMessage } from '../event-log.js';
import { openKafkaLog } from './kit/log.js';

const server = await startTestKafka();
afterAll(() => server?.close());

const patienceMs = 60_000;
const usualOutageMs = 10_000;
const unavailable = expect.objectContaining({ constructor: AppError, code: 'unavailable' });
/** Another for each test: what a failed one left behind disturbs no other. */
let group = { group: '', minBatchMessages: 500, maxBatchMessages: 500, maxBatchWaitMs: 20 };
const keys = Array.from({ length: 20 }, (_, i) => `KEY${i}`);
const keyOf = (i: number) => keys[i % keys.length] ?? '';
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/**
 * What a consumer was handed: every offset, the values, and whether a key's values ever went back in the log's own
 * order.
 */
const ledger = () => {
  const places = new Map<string, number>();
  const latest = new Map<string, { readonly offset: bigint; readonly value: number }>();
  const disorder: string[] = [];
  let repeats = 0;
  return {
    places,
    disorder,
    repeats: () => repeats,
    values: () => [...places.values()],
    distinct: () => [...new Set(places.values())].sort((a, b) => a - b),
    handler: async ({
      partition,
      messages,
    }: {
      readonly partition: number;
      readonly messages: readonly StoredMessage[];
    }) => {
      for (const { key, offset, value } of messages) {
        const place = `${partition}/${offset}`;
        if (places.has(place)) repeats++;
        places.set(place, Number(value.toString()));
        const before = latest.get(key);
        const now = { offset: BigInt(offset), value: Number(value.toString()) };
        if (before && now.offset > before.offset && now.value < before.value)
          disorder.push(`${key}: ${now.value} after ${before.value}`);
        if (!before || now.offset > before.offset) latest.set(key, now);
      }
    },
  };
};

const outages = (kafka: TestKafka) => {
  beforeEach(async () => {
    group = { ...group, group: `readers-${randomUUID()}` };
    if (!kafka.isRunning()) await kafka.restart();
  });

  it('starts without a broker, never waits, says so, and delivers everything once the broker is there', async () => {
    await kafka.kill();
    const { eventLog, topic, lines, metric } = openKafkaLog(kafka.brokers, {
      limits: { answerTimeoutMs: 300, appendTimeoutMs: 300 },
    });
    const seen = ledger();
    const consumer = await eventLog.consume(topic, group, seen.handler);
    // All in one turn of the event loop, in which nothing could come from Kafka.
    for (let i = 0; i < 5_000; i++) eventLog.publish(topic, { key: keyOf(i), value: String(i) });
    expect(await eventLog.check()).toContain(`the consumer of ${topic} in group ${group.group} is not in its group`);
    await expect(eventLog.append(topic, [{ key: 'A', value: '0' }])).rejects.toEqual(unavailable);
    await expect(eventLog.offsets(topic)).rejects.toEqual(unavailable);
    await expect(consumer.lag()).rejects.toEqual(unavailable);
    expect(await metric('events_waiting')).toBe(5_000);
    await kafka.restart();
    await becomes(() => seen.distinct(), numbers(0, 5_000), patienceMs);
    await becomes(() => eventLog.check(), undefined, patienceMs);
    expect(seen.disorder).toEqual([]);
    expect(seen.places.size).toBe(5_000);
    expect(await metric('events_dropped_total')).toBe(0);
    expect(lines.filter((line) => line.includes('is not ready; trying on'))).toHaveLength(1);
    await eventLog.close();
  });

  it('loses and doubles nothing and keeps the order of keys when the broker is killed twice under load', async () => {
    const { eventLog, topic, metric } = openKafkaLog(kafka.brokers, { limits: { maxRetryMs: 2_000 } });
    const seen = ledger();
    const consumer = await eventLog.consume(topic, group, seen.handler);
    let failed: Error | undefined;
    void consumer.failed.then((err) => {
      failed = err;
    });
    let sent = 0;
    const load = setInterval(() => {
      for (let i = 0; i < 40; i++, sent++) eventLog.publish(topic, { key: keyOf(sent), value: String(sent) });
    }, 10);
    let longestOutageMs = 0;
    for (let round = 1; round <= 2; round++) {
      const before = seen.places.size;
      await becomes(() => seen.places.size > before + 500, true, patienceMs);
      const killedMs = performance.now();
      await kafka.kill();
      const atDeath = sent;
      await becomes(() => sent > atDeath + 500, true, patienceMs);
      expect(await eventLog.check()).toEqual(expect.any(String));
      await kafka.restart();
      longestOutageMs = Math.max(longestOutageMs, performance.now() - killedMs);
    }
    await becomes(() => seen.places.size > sent - 2_000, true, patienceMs);
    clearInterval(load);
    await becomes(() => seen.distinct().length, sent, patienceMs);
    await becomes(() => consumer.lag(), 0, patienceMs);
    expect(seen.distinct()).toEqual(numbers(0, sent));
    expect(seen.disorder).toEqual([]);
    expect(await metric('events_dropped_total')).toBe(0);
    // As long as the client's own repeats last, Kafka recognises what comes twice; they outlast an outage of usual
    // length many times, but not the start of Kafka on a machine that has far too much to do.
    const sendsFailed = await metric('event_sends_failed_total');
    if (longestOutageMs < usualOutageMs) expect(sendsFailed).toBe(0);
    if (sendsFailed === 0) expect(seen.places.size).toBe(sent);
    expect(failed).toBeUndefined();
    await eventLog.close();
  });

  it('drops the oldest of a full buffer, counts them, and delivers the rest', async () => {
    const { eventLog, topic, lines, metric } = openKafkaLog(kafka.brokers, { limits: { maxWaitingMessages: 1_000 } });
    const seen = ledger();
    await eventLog.consume(topic, group, seen.handler);
    await eventLog.append(topic, [{ key: 'A', value: '-1' }]);
    await kafka.kill();
    for (let i = 0; i < 3_000; i++) eventLog.publish(topic, { key: keyOf(i), value: String(i) });
    expect(await metric('events_dropped_total')).toBe(2_000);
    expect(await metric('events_waiting')).toBe(1_000);
    await kafka.restart();
    await becomes(() => seen.distinct(), [-1, ...numbers(2_000, 3_000)], patienceMs);
    expect(await metric('events_dropped_total')).toBe(2_000);
    expect(lines.filter((line) => line.includes('the buffer is full'))).toHaveLength(1);
    await eventLog.close();
  });

  it('tells a broker that hangs, within its bound, and goes on when it does', async () => {
    const limits = { answerTimeoutMs: 500, appendTimeoutMs: 500, requestTimeoutMs: 1_000, connectTimeoutMs: 500 };
    const { eventLog, topic } = openKafkaLog(kafka.brokers, { limits });
    const seen = ledger();
    await eventLog.consume(topic, group, seen.handler);
    // Its first answer takes longer than what is bounded here.
    const isTaken = () =>
      eventLog.append(topic, [{ key: 'A', value: '0' }]).then(
        () => true,
        () => false,
      );
    await becomes(isTaken, true, patienceMs);
    await becomes(() => seen.distinct(), [0], patienceMs);
    kafka.freeze();
    expect(await eventLog.check()).toContain('did not answer within 500 ms');
    await expect(eventLog.append(topic, [{ key: 'A', value: '1' }])).rejects.toEqual(unavailable);
    eventLog.publish(topic, { key: 'A', value: '2' });
    kafka.thaw();
    await becomes(() => seen.distinct().includes(2), true, patienceMs);
    await becomes(() => eventLog.check(), undefined, patienceMs);
    await eventLog.close();
  });

  it('commits after an outage what was handled during it', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const seen = ledger();
    let started = false;
    const consumer = await eventLog.consume(topic, group, async (batch) => {
      started = true;
      await gate;
      await seen.handler(batch);
    });
    for (let i = 0; i < 100; i++) eventLog.publish(topic, { key: keyOf(i), value: String(i) });
    await becomes(() => started, true, patienceMs);
    await kafka.kill();
    release();
    await becomes(() => seen.places.size > 0, true, patienceMs);
    await kafka.restart();
    await becomes(() => consumer.lag().catch(() => 'away'), 0, patienceMs);
    expect(seen.distinct()).toEqual(numbers(0, 100));
    await eventLog.close();
  });

  it('closes within its bound while the broker is away', async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers, {
      topic: `prices-${randomUUID()}`,
      limits: { closeMs: 500 },
    });
    await eventLog.consume(topic, group, async () => undefined);
    await becomes(() => eventLog.check(), undefined, patienceMs);
    await kafka.kill();
    eventLog.publish(topic, { key: 'A', value: '1' });
    await eventLog.close(); // The broker is still away.
  });
};

describe('kafka event log without a broker', () => {
  // Port 1 needs privileges to be served, so nobody answers there.
  it('bounds the buffer in bytes too', async () => {
    const { eventLog, topic, metric } = openKafkaLog(['127.0.0.1:1'], {
      limits: { maxWaitingBytes: 100_000, closeMs: 100 },
    });
    for (let i = 0; i < 30; i++) eventLog.publish(topic, { key: keyOf(i), value: 'x'.repeat(10_000) });
    expect(await metric('events_waiting')).toBe(9);
    expect(await metric('events_dropped_total')).toBe(21);
    await eventLog.close();
    expect(await metric('events_dropped_total')).toBe(30);
  });
});

if (server) describe('kafka event log and an unreliable broker', { timeout: 240_000 }, () => outages(server));
