import type { Static, TSchema } from 'typebox';
import type { EventMessage, TopicSettings } from './message.js';

/** A topic of the event log, as everybody who writes or reads it imports it. */
export interface Topic<Schema extends TSchema = TSchema> extends TopicSettings {
  /**
   * What its messages are, as JSON. Fields are added to it, never renamed or dropped: a reader knows the messages of
   * every version.
   */
  readonly schema: Schema;
  /** Of the newest messages. Raised by one with every field that is added. */
  readonly version: number;
  /** Messages of one key keep their order. */
  readonly keyOf: (message: Static<Schema>) => string;
}

/** A message as the log takes it. */
export const messageOf = <Schema extends TSchema>(topic: Topic<Schema>, message: Static<Schema>): EventMessage => ({
  key: topic.keyOf(message),
  value: JSON.stringify(message),
});

/**
 * Where messages of a topic go that its readers cannot read: their own bytes, with where they came from and why as
 * headers.
 */
export const deadLettersOf = (topic: string): TopicSettings => ({ name: `${topic}.dlq`, partitions: 1 });
