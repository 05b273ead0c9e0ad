import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { userEvents } from '@tickfolio/lib/events/user-events';
import type { AppendEvents, ListEvents } from '@tickfolio/lib/outbox';
import { consumedTopic, type Inbox, startErasing, startInbox } from '@tickfolio/lib/outbox/inbox';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { erasingUsers, inboxOf, orderOutbox } from '../schema.js';
import { lockUser } from '../store/place-order.js';
import { pieces } from './erased-rows.js';

export interface UserIntakeDeps {
  /** Its commits wake who sends events. */
  readonly db: Database;
  readonly append: AppendEvents;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly eventLog: Pick<EventLog, 'append' | 'consume' | 'offsets'>;
  /** What auth has told, from its own table. */
  readonly accounts: ListEvents;
}

/** Of the log, where all replicas share it; and the service, as it says that it has erased a user. */
const service = 'orders';

/** Takes in what happens to accounts: of who is deleted everything goes. */
export const startUserIntake = (deps: UserIntakeDeps): Omit<Inbox, 'erase'> => {
  const { accounts: owner } = deps;
  const { erasedUsers } = inboxOf;
  const tables = { erasedUsers, events: orderOutbox.events, openErasures: erasingUsers };
  const erasing = startErasing(deps, { service, tables, pieces, lock: lockUser });
  const inbox = startInbox(
    { ...deps, tables: inboxOf },
    {
      group: service,
      topics: [consumedTopic({ topic: userEvents, owner, apply: async () => undefined })],
      restart: async () => undefined,
      erase: erasing.begin,
      committed: (events) => {
        if (events.some(({ type }) => type === 'user.deleted')) erasing.wake();
      },
    },
  );
  return {
    problem: inbox.problem,
    failed: inbox.failed,
    close: async (until) => {
      await inbox.close(until);
      await erasing.close();
    },
  };
};
