import { randomUUID } from 'node:crypto';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog } from '@tickfolio/lib/event-log';
import {
  type AppendEvents,
  createAppend,
  createListEvents,
  type ListEvents,
  startRelay,
  tellCommits,
} from '@tickfolio/lib/outbox';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { orderOutbox as tables } from '../schema.js';

/** The service, as its events name it. */
const source = 'orders';

export interface OrderOutboxDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly eventLog: Pick<EventLog, 'append'>;
}

/** What becomes of orders, told to whoever reads the event log. */
export interface OrderOutbox {
  /** The database, for whoever tells: its commits wake who sends. */
  readonly db: Database;
  readonly append: AppendEvents;
  readonly list: ListEvents;
  /** Lets the batch that is sent end, no longer than until the signal. */
  close(until?: AbortSignal): Promise<void>;
}

/** @param pollMs how often it is looked for what another replica wrote */
export const startOrderOutbox = (deps: OrderOutboxDeps, { pollMs }: { readonly pollMs: number }): OrderOutbox => {
  const { time, clock } = deps;
  const { db, note, onCommit } = tellCommits(deps.db);
  const append = createAppend({ tables, clock, time, source });
  const relay = startRelay({ ...deps, tables }, { source, holder: randomUUID(), pollMs });
  onCommit(relay.wake);
  return {
    db,
    append: async (tx, ...events) => {
      await append(tx, ...events);
      note(tx);
    },
    list: createListEvents({ db: deps.db, tables, time, source }),
    close: (until) => relay.close(until),
  };
};
