import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { userEvents } from '@tickfolio/lib/events/user-events';
import type { AppendEvents, ListEvents } from '@tickfolio/lib/outbox';
import { consumedTopic, type Inbox, startInbox } from '@tickfolio/lib/outbox/inbox';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { DefaultPortfolios } from '../portfolios/default-portfolios.js';
import { inboxOf } from '../schema.js';
import { startErasing } from './erasing.js';
import type { PriceKind } from './price-kind.js';
import { createUserNews } from './user-news.js';

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
  readonly defaults: Pick<DefaultPortfolios, 'make'>;
  readonly priceKind: Pick<PriceKind, 'simulated'>;
}

/** Of the log; all replicas share it. */
const group = 'portfolio';

/** Takes in what happens to accounts: who has one gets portfolios, and of who is deleted everything goes. */
export const startUserIntake = (deps: UserIntakeDeps): Omit<Inbox, 'erase'> => {
  const { accounts: owner } = deps;
  const erasing = startErasing(deps);
  const inbox = startInbox(
    { ...deps, tables: inboxOf },
    {
      group,
      topics: [consumedTopic({ topic: userEvents, owner, apply: createUserNews(deps) })],
      // Portfolios that were made for an account stay: nothing says that it is gone.
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
