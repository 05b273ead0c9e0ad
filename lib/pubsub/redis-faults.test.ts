import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { becomes } from '../kit/becomes.js';
import { startTestRedis } from '../kit/redis.js';
import { createPriceBus } from '../price-bus/price-bus.js';
import { createLogger, createMetrics } from '../telemetry/telemetry.js';
import { createRedisPubSub } from './redis.js';

const server = await startTestRedis();

const open = (address: { readonly host: string; readonly port: number }) => {
  const metrics = createMetrics('test');
  const lines: string[] = [];
  const log = createLogger('test', 'info', (line) => void lines.push(line));
  const pubsub = createRedisPubSub({ address, log, metrics, clock: systemClock, maxRetryMs: 100 });
  const metric = async (name: string) =>
    (await metrics.text())
      .split('\n')
      .filter((line) => line.startsWith(`tickfolio_test_${name}`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  return { pubsub, metric, lines };
};

if (server) {
  describe('a coin that trades once an hour', () => {
    let admin: Redis;
    beforeAll(() => {
      admin = new Redis({ host: server.host, port: server.port });
      admin.on('error', () => undefined);
    });
    afterAll(async () => {
      admin.disconnect();
      await server.close();
    });
    const last = { symbol: 'minorusdt', price: '0.01', timeMs: 1_700_000_000_000, tradeId: 7 };

    it.each([
      { word: 'OOM', begin: ['CONFIG', 'SET', 'maxmemory', '1'], end: ['CONFIG', 'SET', 'maxmemory', '0'] },
      { word: 'READONLY', begin: ['REPLICAOF', '127.0.0.1', '1'], end: ['REPLICAOF', 'NO', 'ONE'] },
    ])('keeps its price where Redis took no writes for a while ($word)', async ({ word, begin, end }) => {
      const { pubsub, metric } = open(server);
      const bus = createPriceBus(pubsub);
      await pubsub.read(['anything']);
      await admin.call(begin[0] ?? '', ...begin.slice(1));
      bus.publishPrice(last);
      await becomes(async () => (await metric(`redis_refused_total{word="${word}"}`)) > 0, true);
      await admin.call(end[0] ?? '', ...end.slice(1));
      await becomes(async () => (await bus.last([last.symbol])).get(last.symbol)?.price, '0.01');
      await admin.flushall();
      await pubsub.close();
    });

    it('keeps the price of who publishes it now, whatever its former publisher could not write', async () => {
      const [former, now] = [open(server), open(server)];
      const [busOfFormer, busOfNow] = [createPriceBus(former.pubsub), createPriceBus(now.pubsub)];
      await Promise.all([former.pubsub.read(['anything']), now.pubsub.read(['anything'])]);
      await admin.config('SET', 'maxmemory', '1');
      for (const symbol of [last.symbol, 'keptusdt']) busOfFormer.publishPrice({ ...last, symbol });
      await becomes(async () => (await former.metric('redis_refused_total{word="OOM"}')) >= 2, true);
      busOfFormer.release((symbol) => symbol === last.symbol);
      await admin.config('SET', 'maxmemory', '0');
      busOfNow.publishPrice({ ...last, price: '0.03', tradeId: 9 });
      // The other one has been written back by now.
      await becomes(async () => (await busOfNow.last(['keptusdt'])).size, 1);
      expect((await busOfNow.last([last.symbol])).get(last.symbol)?.price).toBe('0.03');
      await admin.flushall();
      await Promise.all([former.pubsub.close(), now.pubsub.close()]);
    });

    it('keeps its price where Redis comes back empty, or with an older one, and puts no newer one back', async () => {
      const { pubsub, metric } = open(server);
      const bus = createPriceBus(pubsub);
      const kept = async () => (await bus.last([last.symbol])).get(last.symbol)?.price;
      const foundAfterReturn = async (there: typeof last) => {
        await becomes(() => metric('redis_connected'), 1); // Only then there is a connection to lose.
        const losses = await metric('redis_connection_losses_total');
        await admin.set(`last:${last.symbol}`, JSON.stringify(there));
        await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await becomes(() => metric('redis_connection_losses_total'), losses + 1);
        await becomes(() => metric('redis_connected'), 1);
      };
      bus.publishPrice(last);
      await becomes(kept, '0.01');
      await server.restart();
      await becomes(kept, '0.01');
      await foundAfterReturn({ ...last, price: '0.009', tradeId: 6 });
      await becomes(kept, '0.01');
      await foundAfterReturn({ ...last, price: '0.02', tradeId: 8 });
      expect([await kept(), await kept()]).toEqual(['0.02', '0.02']);
      await pubsub.close();
    });
  });

  it('goes on and is ready where Redis cannot save because its disk is full, says so once, and writes what it kept when that is over', async () => {
    const other = await startTestRedis(['--enable-protected-configs', 'yes']);
    if (!other) throw new Error('redis-server was there a moment ago');
    const admin = new Redis({ host: other.host, port: other.port });
    const { pubsub, metric, lines } = open(other);
    const bus = createPriceBus(pubsub);
    const last = { symbol: 'minorusdt', price: '0.01', timeMs: 1_700_000_000_000, tradeId: 7 };
    const heard: string[] = [];
    const notices: string[] = [];
    await bus.subscribe([last.symbol], { second: () => undefined, price: ({ price }) => void heard.push(price) });
    await pubsub.subscribe(['notices'], {
      message: (_channel, text) => void notices.push(text),
      resumed: () => undefined,
    });
    bus.publishPrice(last);
    await becomes(async () => (await bus.last([last.symbol])).get(last.symbol)?.price, '0.01');

    const [, folder = ''] = (await admin.config('GET', 'dir')) as string[];
    const save = async (place: string, word: string) => {
      await admin.config('SET', 'dir', place);
      await admin.bgsave();
      await becomes(
        async () =>
          /rdb_bgsave_in_progress:0\s[\s\S]*rdb_last_bgsave_status:(\w+)/.exec(await admin.info('persistence'))?.[1],
        word,
      );
    };
    await admin.config('SET', 'save', '3600 1');
    await save('/proc', 'err'); // Where no file can be made.
    await expect(admin.ping()).rejects.toThrow('MISCONF');
    expect(await pubsub.check()).toBeUndefined();
    for (const price of ['0.02', '0.03']) {
      bus.publishPrice({ ...last, price, tradeId: last.tradeId + Number(price) * 100 });
      await becomes(() => heard.at(-1), price);
      pubsub.publish('notices', price); // Nothing is to be kept of it, so it is no sign that anything may be.
      await becomes(() => notices.at(-1), price);
    }
    await becomes(async () => (await metric('redis_refused_total{word="MISCONF"}')) >= 2, true);
    expect((await bus.last([last.symbol])).get(last.symbol)?.price).toBe('0.01');
    expect(lines.filter((line) => line.includes('takes writes again'))).toEqual([]);
    expect(lines.filter((line) => line.includes('refuses writes'))).toEqual([expect.stringContaining('MISCONF')]);
    expect(await metric('redis_messages_dropped_total')).toBe(0);

    await save(folder, 'ok');
    await becomes(async () => (await bus.last([last.symbol])).get(last.symbol)?.price, '0.03');
    await becomes(() => lines.filter((line) => line.includes('takes writes again')).length, 1);
    await pubsub.close();
    admin.disconnect();
    await other.close();
  });

  it('tells other replicas to look again when a notice could not be sent although they lost nothing themselves', async () => {
    const other = await startTestRedis();
    if (!other) throw new Error('redis-server was there a moment ago');
    const admin = new Redis({ host: other.host, port: other.port });
    const [a, b] = [open(other), open(other)];
    const told: string[] = [];
    const listener = (name: string) => ({
      message: (_channel: string, text: string) => void told.push(text),
      resumed: () => void told.push(name),
    });
    await a.pubsub.subscribe(['notices'], listener('looks again'));
    await a.pubsub.subscribe(['other'], listener('is not concerned'));
    await b.pubsub.read(['anything']);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await becomes(async () => {
      b.pubsub.publish('notices', 'ended');
      return (await b.metric('redis_messages_dropped_total')) > 0;
    }, true);
    await becomes(() => told.includes('looks again'), true);
    expect(told).not.toContain('is not concerned');
    expect(await a.metric('redis_messages_dropped_total')).toBe(0);
    await Promise.all([a.pubsub.close(), b.pubsub.close()]);
    admin.disconnect();
    await other.close();
  });
}
