import { hostname } from 'node:os';
import { aggregatorConfig } from '@tickfolio/aggregator/config';
import { archiverConfig } from '@tickfolio/archiver/config';
import { bffConfig } from '@tickfolio/bff/config';
import type { Address } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';
import type { EventLog } from '@tickfolio/lib/event-log';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { definePart, type Run, type RunDeps } from '../run/part.js';
import { eventLogSchema } from '../stores/store-names.js';
import { brokersOf, type EventLogPlace, isEventLogEmbedded } from '../stores/stores-in-words.js';
import { databases, postgresHost } from './databases.js';

// How services tell each other what happens: the server where its variable names one, else the embedded counterpart.

/** Live prices and notices. */
export const pubsub = definePart({
  name: 'pub/sub',
  needs: {},
  settings: (env) => {
    const { REDIS_ADDR, REDIS_SHARDED_PUBSUB } = bffConfig(env).shape;
    return {
      REDIS_ADDR: REDIS_ADDR.optional().describe('A Redis instead of pub/sub in memory.'),
      REDIS_SHARDED_PUBSUB,
    };
  },
  start: async ({ config, own, service }) => {
    const { createPriceBus } = await import('@tickfolio/lib/price-bus');
    const { tracePubSub } = await import('@tickfolio/lib/pubsub/tracing');
    const opened = own('pub/sub', tracePubSub(await openPubSub(config, service('bff'))));
    return { pubsub: opened, priceBus: createPriceBus(opened) };
  },
});

type ServiceDeps = ReturnType<RunDeps['service']>;
interface PubSubPlace {
  readonly REDIS_ADDR?: Address | undefined;
  readonly REDIS_SHARDED_PUBSUB: boolean;
}

const openPubSub = async (config: PubSubPlace, deps: ServiceDeps): Promise<PubSub> => {
  const address = config.REDIS_ADDR;
  if (!address) return (await import('@tickfolio/lib/pubsub/memory')).createMemoryPubSub(deps);
  return (await import('@tickfolio/lib/pubsub/redis')).createRedisPubSub({
    ...deps,
    address,
    sharded: config.REDIS_SHARDED_PUBSUB,
  });
};

export const eventLogSettings = (env: NodeJS.ProcessEnv) => ({
  BROKERS: aggregatorConfig.shape.BROKERS.optional().describe('A Kafka instead of the embedded event log.'),
  KAFKA_BROKERS: archiverConfig(env).shape.KAFKA_BROKERS.optional().describe('The same as `BROKERS`.'),
});

/** Where the embedded event log keeps what is to survive a kill. */
export const eventLogDatabase = definePart({
  name: 'database of the event log',
  needs: { databases },
  settings: (env) => ({ ...eventLogSettings(env), ...postgresHost(env) }),
  start: async ({ config }, given) => {
    if (!isEventLogEmbedded(config)) return undefined;
    const { migrationsFolder } = await import('@tickfolio/lib/event-log/postgres');
    return given.databases.open({ name: eventLogSchema, migrationsFolder });
  },
});

/** What is said in the topics that the parts of the run tell of. */
export const eventLog = definePart({
  name: 'event log',
  needs: {},
  settings: (env) => ({ ...eventLogSettings(env), ...postgresHost(env) }),
  start: async (run) => {
    const { traceEventLog } = await import('@tickfolio/lib/event-log/tracing');
    return traceEventLog(await openEventLog(run));
  },
});

/** Where nothing durable is embedded, auth tells of accounts whether or not a part of the run wants to know. */
const unread = { 'user-events': 1_000 };

type EventLogRun = Pick<Run<EventLogPlace>, 'config' | 'own' | 'service' | 'soon' | 'topics'>;

const openEventLog = async ({ config, own, service, soon, topics }: EventLogRun): Promise<EventLog> => {
  const brokers = brokersOf(config);
  const deps = service('aggregator');
  if (brokers) {
    const { createKafkaEventLog } = await import('@tickfolio/lib/event-log/kafka');
    return createKafkaEventLog({ ...deps, brokers, clientId: `tickfolio-${hostname()}`, topics: await topics() });
  }
  const { createMemoryEventLog } = await import('@tickfolio/lib/event-log/memory');
  // The archive remembers offsets beyond this process, so none may come twice.
  const inMemory = createMemoryEventLog({ ...deps, firstOffset: deps.clock.now() * 1_000, unread });
  if (!isEventLogEmbedded(config)) return inMemory;
  const { createPostgresEventLog } = await import('@tickfolio/lib/event-log/postgres');
  const { createRoutedEventLog } = await import('@tickfolio/lib/event-log/routed');
  // Prices flow while the databases are still opening.
  const opening = soon(eventLogDatabase).then((opened) => {
    if (!opened) throw new AppError('internal', 'The database of the event log was not opened.');
    return opened.postgres;
  });
  const durable = createPostgresEventLog({ ...service('event-log'), database: opening, topics });
  // Closed before its database.
  opening.then(() => own('durable event log', durable)).catch(() => undefined); // Told by whoever walks the parts.
  // Hundreds a second, which the archive has a moment later.
  return createRoutedEventLog({ eventLog: durable, others: { [miniTickers.name]: inMemory } });
};
