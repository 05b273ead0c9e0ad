import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { userEvents } from '@tickfolio/lib/events/user-events';
import type { ListEvents } from '@tickfolio/lib/outbox';
import { type AnyEvent, type ConsumedTopic, consumedTopic, type Inbox, startInbox } from '@tickfolio/lib/outbox/inbox';
import { type Database, type DatabaseTime, fromPostgresError, type Transaction } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { Notices } from '../replicas/notices.js';
import { inboxTables } from '../schema.js';
import { beginErasure } from './erased-users.js';
import { startErasing } from './erasing.js';
import { startProfileEvents } from './profile-events.js';

/** What of others is taken in besides, while its user is not deleted. */
export interface TakenBesides {
  readonly topics: readonly ConsumedTopic[];
  /** As an inbox has them. */
  restart(tx: Transaction, of: { readonly stream: string }): Promise<string | undefined>;
  committed(events: readonly AnyEvent[]): void;
  emptied(of: { readonly stream: string; readonly userId: string | undefined }): void;
}

/** Where nobody else tells anything that is kept here. */
export const nothingBesides: TakenBesides = {
  topics: [],
  restart: async () => undefined,
  committed: () => undefined,
  emptied: () => undefined,
};

export interface DeletedUsersDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly eventLog: Pick<EventLog, 'append' | 'consume' | 'offsets'>;
  /** The auth service's own events. */
  readonly listEvents: ListEvents;
  readonly notices: Pick<Notices, 'userErased'>;
  readonly besides: TakenBesides;
}

/** Hears which accounts were deleted, and erases what is kept of their users; and what else others tell. */
export interface DeletedUsers extends Pick<Inbox, 'problem' | 'failed'> {
  /**
   * Begins at once with one whose account was deleted through here: until the log says so, others would still be shown
   * what is shared. Where it cannot be noted now, the log brings it.
   */
  begin(userId: string): Promise<void>;
  /** Lets what is being done end, no longer than until the signal. */
  close(until?: AbortSignal): Promise<void>;
}

/** @param pollMs how often it is looked for what another replica told */
export const startDeletedUsers = (deps: DeletedUsersDeps, { pollMs }: { readonly pollMs: number }): DeletedUsers => {
  const { time, log, listEvents, notices, besides } = deps;
  const events = startProfileEvents(deps, { pollMs });
  const erasing = startErasing({ ...deps, events, begun: notices.userErased });
  const inbox = startInbox(
    { ...deps, tables: inboxTables },
    {
      group: 'bff',
      topics: [
        consumedTopic({ topic: userEvents, owner: listEvents, apply: async () => undefined }),
        ...besides.topics,
      ],
      // Of what is said of accounts nothing is kept, and a deletion is for good.
      restart: besides.restart,
      erase: (tx, userId) => beginErasure(tx, time, userId),
      committed: (told) => {
        if (told.some(({ type }) => type === 'user.deleted')) erasing.wake();
        besides.committed(told);
      },
      emptied: besides.emptied,
    },
  );
  return {
    problem: inbox.problem,
    failed: inbox.failed,
    begin: async (userId) => {
      try {
        await inbox.erase(userId);
        erasing.wake();
      } catch (err) {
        log.warn({ err: fromPostgresError(err), userId }, 'a deleted user is erased later, when the log says so');
      }
    },
    close: async (until) => {
      await inbox.close(until);
      await erasing.close();
      await events.close(until);
    },
  };
};
