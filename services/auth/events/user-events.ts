import { randomUUID } from 'node:crypto';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createAppend, createListEvents, type ListEvents, startRelay, tellCommits } from '@tickfolio/lib/outbox';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { userEvents as tables } from '../schema.js';
import { tellOfFormerAccounts } from './former-accounts.js';
import { createTellOfUser, loadTopic, type TellOfUser } from './user-stream.js';

/** The service, as its events name it. */
export const source = 'auth';

export interface UserEventsDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly eventLog: Pick<EventLog, 'append'>;
}

/** What happens to accounts, told to whoever reads the event log. */
export interface UserEvents {
  /** The database, for whoever tells: its commits wake who sends. */
  readonly db: Database;
  readonly tell: TellOfUser;
  readonly list: ListEvents;
  /** Lets the batch that is sent end, no longer than until the signal. */
  close(until?: AbortSignal): Promise<void>;
}

/** @param pollMs how often it is looked for what another replica wrote */
export const startUserEvents = (deps: UserEventsDeps, { pollMs }: { readonly pollMs: number }): UserEvents => {
  const { time, clock, log } = deps;
  const { db, note, onCommit } = tellCommits(deps.db);
  const append = createAppend({ tables, clock, time, source });
  const tell = createTellOfUser(append);
  const relay = startRelay({ ...deps, tables }, { source, holder: randomUUID(), pollMs });
  onCommit(relay.wake);
  // Before the first transaction that needs it, mostly: it would have the database for so long.
  const loading = clock.after(pollMs, () => void loadTopic());
  const former = tellOfFormerAccounts({ db, append, note, clock, log });
  return {
    db,
    tell: async (tx, ...said) => {
      await tell(tx, ...said);
      note(tx);
    },
    list: createListEvents({ db: deps.db, tables, time, source }),
    close: async (until) => {
      loading.cancel();
      await former.close();
      await relay.close(until);
    },
  };
};
