import { systemClock } from '@tickfolio/lib/clock';
import { readConfig } from '@tickfolio/lib/config';
import { migrationsFolder } from '@tickfolio/lib/event-log/postgres';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import type { Postgres } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { standaloneConfig } from './config.js';
import { createServiceMetrics } from './metrics.js';
import { auth } from './parts/auth.js';
import { eventLog } from './parts/messages.js';
import { bff, parts } from './parts.js';
import { topicsOf } from './run/topics.js';

const topicNames = async (env: NodeJS.ProcessEnv) =>
  (await topicsOf(parts, readConfig('tickfolio', standaloneConfig(env), env))).map(({ name }) => name).sort();

it('a run on a Kafka has every topic made that its services write or read, also where the archive reads another one', async () => {
  const told = [
    ...['order-events', 'order-events.dlq', 'portfolio-events', 'portfolio-events.dlq'],
    ...['user-events', 'user-events.dlq'],
  ];
  const balances = ['balance-events', 'balance-events.dlq'];
  expect(await topicNames({})).toEqual([...balances, 'binance.miniticker', 'binance.miniticker.dlq', ...told]);
  expect(await topicNames({ KAFKA_TOPIC: 'mine' })).toEqual([
    ...balances,
    'binance.miniticker',
    'mine',
    'mine.dlq',
    ...told,
  ]);
});

it('a run on a Kafka has events kept there for as long as their topic says', async () => {
  const { name, partitions, keepMs } = userEvents;
  expect(await topicsOf(parts, read({}))).toContainEqual({ name, partitions, keepMs });
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

/** The event log of a run with these settings. */
const openLog = async (env: NodeJS.ProcessEnv, postgres?: Postgres) => {
  const metrics = createServiceMetrics();
  const service = (name: string) => ({ clock: systemClock, log: silentLogger(), metrics: metrics(name) });
  const run = { config: read(env), service, topics: async () => [userEvents], own: () => undefined };
  const log = await eventLog.start({ ...run, soon: async () => ({ postgres }) } as never, {});
  const kept = async (topic: string) =>
    (await log.offsets(topic)).reduce((sum, { first, next }) => sum + Number(next) - Number(first), 0);
  return { log, kept, metrics: () => metrics('event-log').text() };
};

it('keeps what happens to accounts over a kill, in the partitions of the topic, and tickers in memory', async () => {
  const postgres = await shareTestPglite(migrationsFolder);
  const killed = await openLog({}, postgres);
  for (const topic of [userEvents.name, miniTickers.name]) await killed.log.append(topic, [{ key: 'a', value: '{}' }]);
  const { log, kept, metrics } = await openLog({}, postgres);
  expect([await kept(userEvents.name), await kept(miniTickers.name)]).toEqual([1, 0]);
  expect(await log.offsets(userEvents.name)).toHaveLength(userEvents.partitions);
  await log.append(userEvents.name, [{ key: 'a', value: '{}' }]);
  expect(await metrics()).toContain('tickfolio_event_log_events_published_total{topic="user-events"} 1');
  await Promise.all([log.close(), killed.log.close()]);
  await postgres.close();
});

it('keeps no more than a thousand events of accounts in memory, where the databases are a server’s, and raises no alarm for the rest', async () => {
  const { log, kept, metrics } = await openLog({ POSTGRES_HOST: 'db', POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p' });
  const messages = Array.from({ length: 1_500 }, (_, at) => ({ key: String(at), value: '{}' }));
  await log.append(userEvents.name, messages);
  expect(await kept(userEvents.name)).toBe(1_000);
  expect(await metrics()).not.toMatch(/events_dropped_total\{/);
  await log.close();
});
