import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { becomes } from '../kit/becomes.js';
import { startTestRedis, type TestRedis } from '../kit/redis.js';
import { createLogger, createMetrics } from '../telemetry/telemetry.js';
import { pubSubContract } from './pubsub.contract.js';
import type { PubSub } from './pubsub.js';
import { createRedisPubSub, type RedisPubSubOptions } from './redis.js';

const server = await startTestRedis();

afterAll(() => server?.close());

interface Opened {
  readonly pubsub: PubSub;
  readonly lines: string[];
  /** The value of a metric, summed over its labels. */
  metric(name: string): Promise<number>;
}

const openPubSub = (address: { host: string; port: number }, options: Partial<RedisPubSubOptions> = {}): Opened => {
  const metrics = createMetrics('test');
  const lines: string[] = [];
  const log = createLogger('test', 'info', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
  const patient = { requestTimeoutMs: 30_000, silenceMs: 30_000, closeMs: 30_000, maxRetryMs: 100 };
  const pubsub = createRedisPubSub({ address, log, metrics, clock: systemClock, ...patient, ...options });
  const metric = async (name: string) => {
    const found = (await metrics.text()).split('\n').filter((line) => line.startsWith(`tickfolio_test_${name}`));
    return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  return { pubsub, lines, metric };
};

const unavailable = expect.objectContaining({ name: 'AppError', code: 'unavailable' });

describe('redis pub/sub without Redis', () => {
  // Port 1 needs privileges to be served, so nobody answers there.
  const nowhere = { host: '127.0.0.1', port: 1 };

  it('is created, never blocks nor throws when publishing, remembers within its bound, and says what is wrong', async () => {
    const { pubsub, lines, metric } = openPubSub(nowhere, { requestTimeoutMs: 200, maxUnwritten: 100 });
    for (let i = 0; i < 5_000; i++) pubsub.publish('btcusdt', String(i), { key: `last:${i % 150}`, text: String(i) });
    expect(await metric('redis_messages_dropped_total{reason="disconnected"}')).toBe(5_000);
    expect(await metric('redis_retained_dropped_total')).toBe(4_900);
    await expect(pubsub.read(['last:1'])).rejects.toEqual(unavailable);
    await expect(pubsub.subscribe(['btcusdt'], { message: () => undefined })).rejects.toEqual(unavailable);
    expect(await pubsub.check()).toBe('Redis at 127.0.0.1:1 is not connected');
    expect(await metric('redis_connected')).toBe(0);
    await becomes(() => lines, ['Redis at 127.0.0.1:1 cannot be reached yet; trying on.']);
    await pubsub.close();
  });

  it('releases who waits for it when it is closed', async () => {
    const { pubsub } = openPubSub(nowhere);
    const reading = expect(pubsub.read(['k'])).rejects.toEqual(unavailable);
    const following = expect(pubsub.subscribe(['c'], { message: () => undefined })).rejects.toEqual(unavailable);
    await pubsub.close();
    await reading;
    await following;
  });
});

if (server) {
  for (const sharded of [false, true]) {
    pubSubContract(sharded ? 'redis, sharded channels' : 'redis', async () => {
      const { pubsub } = openPubSub(server, { sharded });
      return { pubsub, end: () => pubsub.close() };
    });
  }

  describe('redis pub/sub on a server of its own settings', () => {
    it('that knows no sharded channels is told in words', async () => {
      const old = await startTestRedis(['--rename-command', 'SPUBLISH', '']);
      if (!old) throw new Error('redis-server was there a moment ago');
      const { pubsub, lines } = openPubSub(old, { sharded: true });
      const said = `Redis at 127.0.0.1:${old.port} has no sharded pub/sub: that takes Redis 7 or later, or REDIS_SHARDED_PUBSUB=off`;
      await becomes(() => pubsub.check(), said);
      expect(lines).toContain(`${said}.`);
      await pubsub.close();
      await old.close();
    });

    it('that takes no writes still carries messages, and what it refuses is counted', async () => {
      const full = await startTestRedis(['--maxmemory', '1', '--maxmemory-policy', 'noeviction']);
      if (!full) throw new Error('redis-server was there a moment ago');
      const { pubsub, metric } = openPubSub(full);
      const seen: string[] = [];
      await pubsub.subscribe(['a'], { message: (_channel, text) => void seen.push(text) });
      pubsub.publish('a', '1', { key: 'k', text: '1' });
      pubsub.publish('a', '2', { key: 'k', text: '2' });
      await becomes(() => metric('redis_refused_total{word="OOM"}'), 2);
      await becomes(() => seen, ['1', '2']);
      expect(await metric('redis_retained_dropped_total')).toBe(0);
      expect(await metric('redis_messages_dropped_total')).toBe(0);
      await pubsub.close();
      await full.close();
    });
  });

  describe('redis pub/sub between two processes', () => {
    it('carries messages and retained texts from one connection to another', async () => {
      const one = openPubSub(server).pubsub;
      const two = openPubSub(server).pubsub;
      const seen: string[] = [];
      await two.subscribe(['between'], { message: (_channel, text) => void seen.push(text) });
      await one.read(['anything']);
      one.publish('between', 'hello', { key: 'between:last', text: 'kept' });
      await becomes(() => seen, ['hello']);
      expect(await two.read(['between:last'])).toEqual(['kept']);
      await Promise.all([one.close(), two.close()]);
    });

    it('sends what was published just before it was closed', async () => {
      const one = openPubSub(server).pubsub;
      const two = openPubSub(server).pubsub;
      const seen: string[] = [];
      await two.subscribe(['farewell'], { message: (_channel, text) => void seen.push(text) });
      await one.read(['anything']);
      for (let i = 0; i < 100; i++) one.publish('farewell', String(i));
      await one.close();
      await becomes(() => seen.length, 100);
      await two.close();
    });

    it('counts followers of a channel: the server hears of the first and of the last only', async () => {
      const { pubsub } = openPubSub(server);
      const witness = openPubSub(server).pubsub;
      await witness.read(['anything']);
      const seen: string[] = [];
      const first = await pubsub.subscribe(['shared'], { message: () => void seen.push('first') });
      const second = await pubsub.subscribe(['shared'], { message: () => void seen.push('second') });
      await first.close();
      witness.publish('shared', 'x');
      await becomes(() => seen, ['second']);
      await second.close();
      await becomes(() => subscribersOf(server, 'shared'), 0);
      await Promise.all([pubsub.close(), witness.close()]);
    });

    it('drops and counts past its bound of unanswered writes, keeps the latest retained text, and goes on', async () => {
      const { pubsub, metric, lines } = openPubSub(server, { maxInFlight: 50 });
      const seen: string[] = [];
      await pubsub.subscribe(['flood'], { message: (_channel, text) => void seen.push(text) });
      for (let i = 0; i < 1_000; i++) pubsub.publish('flood', String(i), { key: 'flood:last', text: String(i) });
      await becomes(async () => seen.length + (await metric('redis_messages_dropped_total')), 1_000);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.length).toBeLessThanOrEqual(50);
      await becomes(() => pubsub.read(['flood:last']), ['999']);
      expect(lines.filter((line) => line.includes('too slowly'))).toHaveLength(1);
      pubsub.publish('flood', 'after');
      await becomes(() => seen.at(-1), 'after');
      await pubsub.close();
    });
  });

  describe('redis pub/sub while Redis dies and comes back', () => {
    let mortal: TestRedis;
    beforeAll(async () => {
      const started = await startTestRedis();
      if (!started) throw new Error('redis-server was there a moment ago');
      mortal = started;
    });
    beforeEach(() => mortal.restart());
    afterAll(() => mortal.close());

    it('follows its channels again, tells so, delivers what comes later, and writes what was retained meanwhile', async () => {
      const { pubsub, metric, lines } = openPubSub(mortal, { requestTimeoutMs: 3_000, maxUnwritten: 1_000 });
      const seen: string[] = [];
      const told: string[] = [];
      const subscription = await pubsub.subscribe(['a', 'b'], {
        message: (channel, text) => void seen.push(channel + text),
        resumed: () => void told.push('first'),
      });
      await pubsub.subscribe(['b'], { message: () => undefined, resumed: () => void told.push('second') });
      const left = await pubsub.subscribe(['c'], {
        message: () => void seen.push('never'),
        resumed: () => void told.push('never'),
      });
      pubsub.publish('a', '1', { key: 'k', text: 'before' });
      await becomes(() => seen, ['a1']);
      expect(told).toEqual([]);

      await mortal.kill();
      await becomes(() => metric('redis_connected'), 0);
      const heap = process.memoryUsage().heapUsed;
      for (let i = 0; i < 200_000; i++)
        pubsub.publish('a', `lost ${i}`, { key: i % 2 ? 'k' : `k${i % 900}`, text: `meanwhile ${i}` });
      expect(process.memoryUsage().heapUsed - heap).toBeLessThan(100 * 2 ** 20);
      // Up to `maxInFlight` of them went to a socket whose end was not noticed yet, and are counted when it is.
      await becomes(async () => (await metric('redis_messages_dropped_total')) >= 200_000, true);
      await Promise.all([
        expect(pubsub.read(['k'])).rejects.toEqual(unavailable),
        expect(subscription.add(['late'])).rejects.toEqual(unavailable),
      ]);
      await subscription.remove(['b']);
      await left.close();
      expect(await pubsub.check()).toEqual(expect.stringContaining('is not connected'));

      await mortal.restart();
      await becomes(() => [...new Set(told)].sort(), ['first', 'second']);
      await becomes(() => metric('redis_connected'), 1);
      await becomes(() => pubsub.read(['k', 'k898']), ['meanwhile 199999', 'meanwhile 199798']);
      for (const channel of ['b', 'c', 'late', 'a']) pubsub.publish(channel, '2');
      await becomes(() => seen, ['a1', 'a2']);
      await subscription.add(['late']);
      pubsub.publish('late', '3');
      await becomes(() => seen, ['a1', 'a2', 'late3']);
      expect(await pubsub.check()).toBeUndefined();
      expect(lines.filter((line) => line.includes('Redis at'))).toEqual([
        `Connected to Redis at 127.0.0.1:${mortal.port}.`,
        `The connection to Redis at 127.0.0.1:${mortal.port} is lost; messages are dropped until it is back.`,
        `The connection to Redis at 127.0.0.1:${mortal.port} is back.`,
      ]);
      expect(await metric('redis_connection_losses_total')).toBe(1);
      await pubsub.close();
    });

    it('survives a server that is killed again and again while it publishes', async () => {
      const { pubsub } = openPubSub(mortal);
      let last = -1;
      let backwards = 0;
      let resumed = 0;
      await pubsub.subscribe(['steady'], {
        message: (_channel, text) => {
          if (Number(text) <= last) backwards++;
          last = Number(text);
        },
        resumed: () => void resumed++,
      });
      let next = 0;
      const publishing = systemClock.every(1, () => {
        for (let i = 0; i < 20; i++, next++)
          pubsub.publish('steady', String(next), { key: 'steady:last', text: String(next) });
      });
      for (let round = 1; round <= 4; round++) {
        const before = resumed;
        await mortal.kill();
        await mortal.restart();
        await becomes(() => resumed > before, true);
        const since = next;
        await becomes(() => last > since, true);
      }
      publishing.cancel();
      await becomes(() => pubsub.read(['steady:last']), [String(next - 1)]);
      expect(backwards).toBe(0);
      await pubsub.close();
    });

    it('notices a server that hangs without closing anything, and is back when it goes on', async () => {
      // What this process does not come to for so long is silence too.
      const { pubsub, metric } = openPubSub(mortal, { pingEveryMs: 100, silenceMs: 1_500, requestTimeoutMs: 3_000 });
      const seen: string[] = [];
      let resumed = 0;
      await pubsub.subscribe(['a'], {
        message: (_channel, text) => void seen.push(text),
        resumed: () => void resumed++,
      });
      mortal.freeze();
      await becomes(() => metric('redis_connected'), 0);
      await expect(pubsub.read(['k'])).rejects.toEqual(unavailable);
      mortal.thaw();
      await becomes(() => resumed > 0, true);
      await becomes(() => metric('redis_connected'), 1);
      await becomes(() => {
        pubsub.publish('a', 'after');
        return seen.at(-1);
      }, 'after');
      await pubsub.close();
    });

    it('closes within its bound while the server hangs', async () => {
      // Left to its silence it would take longer than this test may.
      const { pubsub } = openPubSub(mortal, { closeMs: 200, silenceMs: 600_000 });
      await pubsub.subscribe(['a'], { message: () => undefined });
      await pubsub.read(['k']);
      mortal.freeze();
      pubsub.publish('a', 'never answered');
      await pubsub.close(); // It still hangs.
      mortal.thaw();
    });

    it('waits for a server that starts after it', async () => {
      await mortal.kill();
      const { pubsub, lines } = openPubSub(mortal);
      const seen: string[] = [];
      const following = pubsub.subscribe(['a'], { message: (_channel, text) => void seen.push(text) });
      const reading = pubsub.read(['nothing here']);
      await becomes(() => lines.length, 1);
      await mortal.restart();
      await following;
      expect(await reading).toEqual([undefined]);
      await becomes(() => pubsub.check(), undefined);
      pubsub.publish('a', 'x');
      await becomes(() => seen, ['x']);
      await pubsub.close();
    });
  });
}

/** How many connections follow the channel, as the server itself counts them. */
const subscribersOf = async (address: { host: string; port: number }, channel: string): Promise<number> => {
  const { Redis } = await import('ioredis');
  const client = new Redis({ ...address });
  const counted = await client.pubsub('NUMSUB', channel);
  client.disconnect();
  return Number(counted[1]);
};
