import { hostname } from 'node:os';
import { aggregatorConfig } from '@tickfolio/aggregator/config';
import { archiverConfig } from '@tickfolio/archiver/config';
import { bffConfig } from '@tickfolio/bff/config';
import type { Address } from '@tickfolio/lib/config';
import type { EventLog, TopicSettings } from '@tickfolio/lib/event-log';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { definePart, type RunDeps } from '../run/part.js';
import { brokersOf } from '../stores/stores-in-words.js';

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
  BROKERS: aggregatorConfig.shape.BROKERS.optional().describe('A Kafka instead of the event log in memory.'),
  KAFKA_BROKERS: archiverConfig(env).shape.KAFKA_BROKERS.optional().describe('The same as `BROKERS`.'),
});

/** What is said in the topics that the parts of the run tell of. */
export const eventLog = definePart({
  name: 'event log',
  needs: {},
  settings: eventLogSettings,
  start: async ({ config, service, topics }) => {
    const { traceEventLog } = await import('@tickfolio/lib/event-log/tracing');
    return traceEventLog(await openEventLog(brokersOf(config), topics, service('aggregator')));
  },
});

/** auth tells of accounts whether or not a part of the run wants to know. */
const unread = { 'user-events': 1_000 };

const openEventLog = async (
  brokers: readonly string[] | undefined,
  topics: () => Promise<readonly TopicSettings[]>,
  deps: ServiceDeps,
): Promise<EventLog> => {
  if (!brokers) {
    const { createMemoryEventLog } = await import('@tickfolio/lib/event-log/memory');
    // The archive remembers offsets beyond this process, so none may come twice.
    return createMemoryEventLog({ ...deps, firstOffset: deps.clock.now() * 1_000, unread });
  }
  const { createKafkaEventLog } = await import('@tickfolio/lib/event-log/kafka');
  return createKafkaEventLog({ ...deps, brokers, clientId: `tickfolio-${hostname()}`, topics: await topics() });
};
