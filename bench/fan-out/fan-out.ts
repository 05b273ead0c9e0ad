import { connect } from 'node:net';
import { systemClock as clock, sleep } from '@tickfolio/lib/clock';
import { startTestRedis } from '@tickfolio/lib/kit/redis';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import type { Benchmark } from '../measure/benchmark.js';
import { none, percent, short, times, whole } from '../measure/table.js';
import type { FanOutListener } from './listener.js';

const channels = Array.from({ length: 500 }, (_, i) => `f${String(i).padStart(3, '0')}usdt`);
/** As long as a price ahead of its second is. */
const message = '{"symbol":"btcusdt","price":"68123.45","timeMs":1769508000981,"tradeId":3735683401}';
const turnMs = 20;
/** Of all channels together. */
const messagesPerSecond = 5_000;
const replicas = [1, 4, 16] as const;

/** What the server itself says it used, seconds. */
const serverCpu = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('INFO cpu\r\n'));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const [system, user] = ['used_cpu_sys', 'used_cpu_user'].map(
        (name) => new RegExp(`${name}:([\\d.]+)\r`).exec(text)?.[1],
      );
      if (system === undefined || user === undefined) return;
      socket.destroy();
      resolve(Number(system) + Number(user));
    });
    socket.once('error', reject);
  });

export const fanOut: Benchmark = {
  name: 'fan-out',
  about: 'what one Redis takes to send prices to several BFF replicas that follow every symbol',
  run: async ({ children, say, seconds }) => {
    const rows: string[][] = [];
    let single = Number.NaN;
    for (const count of replicas) {
      const redis = await startTestRedis();
      if (!redis) throw new Error('The fan-out needs redis-server, which is not installed.');
      const pubsub = createRedisPubSub({
        address: { host: '127.0.0.1', port: redis.port },
        log: silentLogger(),
        clock,
        metrics: createMetrics('bench'),
      });
      try {
        say(`${count} replicas`);
        const listener = children.start<FanOutListener>('fan-out/listener.js');
        await listener.ask('follow', redis.port, count, channels);
        const before = await listener.ask('received');
        const cpuBefore = await serverCpu(redis.port);
        const startedAt = performance.now();
        let sent = 0;
        while (performance.now() - startedAt < seconds * 1_000) {
          const due = ((performance.now() - startedAt) / 1_000) * messagesPerSecond;
          for (; sent < due; sent++) pubsub.publish(channels[sent % channels.length] ?? '', message);
          await sleep(clock, turnMs);
        }
        const expected = sent * count;
        const giveUpAt = performance.now() + 10_000;
        while ((await listener.ask('received')) - before < expected) {
          if (performance.now() > giveUpAt)
            throw new Error(`${(await listener.ask('received')) - before} of ${expected} messages arrived`);
          await sleep(clock, turnMs);
        }
        const elapsedSeconds = (performance.now() - startedAt) / 1_000;
        const cpu = (await serverCpu(redis.port)) - cpuBefore;
        const us = (cpu * 1e6) / expected;
        if (count === 1) single = us;
        rows.push([
          `${count} replica${count === 1 ? '' : 's'}`,
          whole(expected / elapsedSeconds),
          short(us),
          count === 1 ? none : times(us / single),
          percent(cpu / elapsedSeconds),
          whole(1e6 / us),
        ]);
        await listener.close();
      } finally {
        await pubsub.close();
        await redis.close();
      }
    }
    return {
      title: 'fan-out: one Redis, every replica follows every symbol',
      columns: ['replicas', 'deliveries/s', 'Redis CPU us each', 'of one replica', 'core', 'per full core'],
      rows,
      notes: [
        `${channels.length} channels, ${whole(messagesPerSecond)} messages a second of ${message.length} bytes, published as the aggregator does. CPU is what Redis says of itself; a message that goes to one replica carries the whole cost of its publication. Every delivery was counted.`,
      ],
    };
  },
};
