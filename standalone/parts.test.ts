import { systemClock } from '@tickfolio/lib/clock';
import { readConfig } from '@tickfolio/lib/config';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { standaloneConfig } from './config.js';
import { auth } from './parts/auth.js';
import { eventLog } from './parts/messages.js';
import { bff, parts } from './parts.js';
import { topicsOf } from './run/topics.js';

const topicNames = async (env: NodeJS.ProcessEnv) =>
  (await topicsOf(parts, readConfig('tickfolio', standaloneConfig(env), env))).map(({ name }) => name).sort();

it('a run on a Kafka has every topic made that its services write or read, also where the archive reads another one', async () => {
  expect(await topicNames({})).toEqual(['binance.miniticker', 'binance.miniticker.dlq', 'user-events']);
  expect(await topicNames({ KAFKA_TOPIC: 'mine' })).toEqual(['binance.miniticker', 'mine', 'mine.dlq', 'user-events']);
});

const read = (env: NodeJS.ProcessEnv) => readConfig('tickfolio', standaloneConfig(env), env);

it('opens no more connections to a server for accounts either than POSTGRES_MAX_CONNECTIONS says', async () => {
  const config = read({ POSTGRES_MAX_CONNECTIONS: '3' });
  const opened: unknown[] = [];
  const given = { databases: { open: async (place: object) => void opened.push(place) } };
  for (const part of [auth, bff])
    await part.needs.database.start({ config, log: silentLogger() } as never, given as never);
  expect(opened).toEqual([
    expect.objectContaining({ maxConnections: 3 }),
    expect.objectContaining({ maxConnections: 3 }),
  ]);
});

it('refuses a list of aggregators, of which a run calls the first alone', () => {
  expect(() => read({ AGGREGATOR_ADDR: 'a:8088,b:8088' })).toThrow('AGGREGATOR_ADDR');
});

it('keeps no more than a thousand events of accounts, which no part of the run reads, and raises no alarm for the rest', async () => {
  const metrics = createMetrics('aggregator');
  const service = () => ({ clock: systemClock, log: silentLogger(), metrics });
  const log = await eventLog.start({ config: read({}), service, topics: async () => [] } as never, {});
  const messages = Array.from({ length: 1_500 }, (_, at) => ({ key: String(at), value: '{}' }));
  await log.append(userEvents.name, messages);
  const kept = (await log.offsets(userEvents.name)).map(({ first, next }) => Number(next) - Number(first));
  expect(kept.reduce((sum, count) => sum + count, 0)).toBe(1_000);
  expect(await metrics.text()).not.toMatch(/events_dropped_total\{/);
  await log.close();
});
