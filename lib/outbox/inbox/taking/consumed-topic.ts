import type { DomainEvent, EventTopic, EventTypes } from '../../../events/domain-event.js';
import type { Transaction } from '../../../postgres/postgres.js';
import type { ListEvents } from '../../list-events.js';

/** An event of whichever topic. */
export type AnyEvent = DomainEvent<EventTypes>;

interface Consumed<Types extends EventTypes> {
  readonly topic: EventTopic<Types>;
  /**
   * Asks the topic's source for what was missed; see `createOwner`. Absent: taken in is what the others say in it, each
   * in streams of one event, and not what its source says.
   */
  readonly owner?: ListEvents;
  /**
   * Makes true what an event says, in the transaction in which its number is noted, so once. Types that do not matter
   * are for it to leave out. It asks nobody but this database.
   * @throws AppError `invalid_argument`, `unprocessable` or `failed_precondition` for what can never be taken in: the
   * event goes to the dead letters and its stream is parked. Whatever else is thrown, the event comes again.
   */
  readonly apply: (tx: Transaction, event: DomainEvent<Types>) => Promise<void>;
}

/** A topic as an inbox reads it, whatever its types. */
export type ConsumedTopic = Consumed<EventTypes>;

/** What becomes of the events of a topic. */
export const consumedTopic = <Types extends EventTypes>(consumed: Consumed<Types>): ConsumedTopic =>
  consumed as unknown as ConsumedTopic;
