import { createDeadLetters } from '../../event-log/dead-letters.js';
import type { EventLog } from '../../event-log/event-log.js';
import type { Logger } from '../../telemetry/telemetry.js';
import type { ConsumedTopic } from './taking/consumed-topic.js';
import type { Incoming } from './taking/incoming.js';
import type { InboxMetrics } from './taking/metrics.js';
import type { createParked } from './taking/parked.js';
import type { Bury } from './taking/take.js';

export interface ParkingDeps {
  readonly eventLog: Pick<EventLog, 'append'>;
  readonly topics: readonly ConsumedTopic[];
  readonly parked: ReturnType<typeof createParked>;
  readonly log: Logger;
  readonly metrics: InboxMetrics;
}

/** What becomes of what can never be taken in. */
export interface Parking {
  /** Sends messages to the dead letters of which not even the stream is known. */
  readonly bury: Bury;
  /** Sends an event there, and parks its stream. */
  readonly park: (event: Incoming, reason: string) => Promise<void>;
  /** Sees what other replicas parked, and what was released. */
  look(): Promise<void>;
  /** Which streams are parked, in words. */
  problem(): string | undefined;
}

export const createParking = ({ eventLog, topics, parked, log, metrics }: ParkingDeps): Parking => {
  const letters = new Map(topics.map(({ topic }) => [topic.name, createDeadLetters(eventLog, topic.name)]));
  let still: Awaited<ReturnType<typeof parked.look>> = { count: 0, named: [] };
  const look = async () => {
    still = await parked.look();
    metrics.parked(still.count);
  };
  return {
    bury: async ({ topic: { name } }, dead) => {
      await letters.get(name)?.send(dead);
      log.warn({ topic: name, messages: dead.length, reason: dead[0]?.reason }, 'messages went to the dead letters');
    },
    park: async (event, reason) => {
      const { of, stream, version } = event;
      await letters.get(of.topic.name)?.send([{ ...event.letter, reason }]);
      await parked.park(event, reason);
      log.error({ stream, version, reason }, 'an event can never be taken in; its stream is parked');
      await look();
    },
    look,
    problem: () => {
      const { count, named } = still;
      if (count === 0) return undefined;
      const words = count === 1 ? 'a stream is parked' : `${count} streams are parked`;
      return `${words}: ${named.join(', ')}${count > named.length ? ' …' : ''}`;
    },
  };
};
