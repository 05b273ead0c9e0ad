import { v7 as uuid7 } from 'uuid';
import type { Clock } from '../clock/clock.js';
import type { DomainEvent, EventTopic, EventTypes } from '../events/domain-event.js';
import type { DatabaseTime, Transaction } from '../postgres/postgres.js';
import { carry } from '../tracing/tracing.js';
import type { OutboxTables } from './tables.js';

type Stamped = 'id' | 'schema' | 'source' | 'epoch' | 'time' | 'traceparent';
type Unstamped<Event> = Event extends unknown ? Omit<Event, Stamped> : never;

/** An event as the one writer of its stream says it. */
export type NewEvent<Types extends EventTypes> = Unstamped<DomainEvent<Types>>;

/**
 * Writes events down in the transaction that makes them true. The caller has locked what a stream is about and says the
 * version, one more than the last; another event of that number fails by the table's unique constraint.
 * @throws AppError invalid_argument for what is no event of the topic: nobody could read it
 */
export type AppendEvents = <Types extends EventTypes>(
  tx: Transaction,
  topic: EventTopic<Types>,
  events: readonly NewEvent<Types>[],
) => Promise<void>;

export interface AppendDeps {
  readonly tables: Pick<OutboxTables, 'events'>;
  /** For the ids of events. */
  readonly clock: Pick<Clock, 'now'>;
  readonly time: DatabaseTime;
  /** The service. */
  readonly source: string;
}

export const createAppend = ({ tables, clock, time, source }: AppendDeps): AppendEvents => {
  const rowOf = <Types extends EventTypes>(topic: EventTopic<Types>, event: NewEvent<Types>) => {
    const nowMs = clock.now();
    const id = uuid7({ msecs: nowMs });
    const { traceparent } = carry();
    const { type, stream, version, data, userId, requestId, causedBy } = event;
    const about = {
      ...(userId === undefined ? {} : { userId }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(causedBy === undefined ? {} : { causedBy }),
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    // Epoch and time are the database's, and are said when it is sent.
    const stamps = { id, source, epoch: 1, time: new Date(nowMs).toISOString() };
    const whole = { ...about, ...stamps, type, stream, version, data };
    const { key } = topic.messageOf(whole as unknown as Parameters<EventTopic<Types>['messageOf']>[0]);
    const body = { schema: topic.types[type]?.schema ?? 1, ...about, data };
    return { id, topic: topic.name, key, stream, version, type, body, createdAt: time() };
  };
  return async (tx, topic, events) => {
    if (events.length > 0) await tx.insert(tables.events).values(events.map((event) => rowOf(topic, event)));
  };
};
