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
import { loadTopic } from '../portfolios/portfolio-stream.js';
import { portfolioEvents as tables } from '../schema.js';

/** The service, as its events name it. */
const source = 'portfolio';

export interface PortfolioEventsDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly eventLog: Pick<EventLog, 'append'>;
}

/** What happens in portfolios, told to whoever reads the event log. */
export interface PortfolioEvents {
  /** The database, for whoever tells: its commits wake who sends. */
  readonly db: Database;
  readonly append: AppendEvents;
  readonly list: ListEvents;
  /** Lets the batch that is sent end, no longer than until the signal. */
  close(until?: AbortSignal): Promise<void>;
}

/** @param pollMs how often it is looked for what another replica wrote */
export const startPortfolioEvents = (
  deps: PortfolioEventsDeps,
  { pollMs }: { readonly pollMs: number },
): PortfolioEvents => {
  const { time, clock } = deps;
  const { db, note, onCommit } = tellCommits(deps.db);
  const append = createAppend({ tables, clock, time, source });
  const relay = startRelay({ ...deps, tables }, { source, holder: randomUUID(), pollMs });
  onCommit(relay.wake);
  // Before the first transaction that needs it, mostly: it would have the database for so long.
  const loading = clock.after(pollMs, () => void loadTopic());
  return {
    db,
    append: async (tx, ...events) => {
      await append(tx, ...events);
      note(tx);
    },
    list: createListEvents({ db: deps.db, tables, time, source }),
    close: async (until) => {
      loading.cancel();
      await relay.close(until);
    },
  };
};
