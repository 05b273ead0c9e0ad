import { createManualClock } from '../../../clock/clock.js';
import type { EventMessage } from '../../../events/message.js';
import { becomes } from '../../../kit/becomes.js';
import { type Postgres, type Transaction, timeOf } from '../../../postgres/postgres.js';
import { createMetrics, silentLogger } from '../../../telemetry/telemetry.js';
import { boatEvents } from '../../kit/boats.js';
import { startInbox } from '../start-inbox.js';
import type { ConsumedTopic } from '../taking/consumed-topic.js';
import { createFleet } from './fleet.js';
import { boatsTopic, harbourTables, notedIn, restart } from './harbour.js';
import { createScriptedLog } from './scripted-log.js';

interface More {
  readonly topics?: readonly ConsumedTopic[];
  readonly erase?: (tx: Transaction, userId: string) => Promise<void>;
}

/** A harbour that reads what a fleet tells, at a time that the test moves. */
export const buildHarbour = (postgres: Postgres) => {
  const { db } = postgres;
  const clock = createManualClock(Date.UTC(2026, 10, 29));
  const time = timeOf(clock);
  const fleet = createFleet(clock.now);
  const scripted = createScriptedLog();
  const boats = boatsTopic(fleet.list);
  const open: { close(): Promise<void> }[] = [];

  const start = async ({ topics = [boats], erase }: More = {}) => {
    const metrics = createMetrics('harbour');
    const told: string[] = [];
    /** How many events each transaction took in. */
    const commits: number[] = [];
    const inbox = startInbox(
      { db, tables: harbourTables, time, clock, log: silentLogger(), metrics, eventLog: scripted.eventLog },
      {
        group: 'harbour',
        topics,
        restart,
        committed: (events) => {
          told.push(...events.map(({ stream, version }) => `${stream} ${version}`));
          commits.push(events.length);
        },
        emptied: ({ stream }) => void told.push(`${stream} is empty`),
        ...(erase ? { erase } : {}),
      },
    );
    open.push(inbox);
    const metric = async (name: string) => {
      const found = new RegExp(`^tickfolio_harbour_${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(await metrics.text());
      return Number(found?.[1]);
    };
    return { ...inbox, metric, told, commits };
  };
  /** Until the log is read. */
  const reads = (readers = 1, topic = boatEvents.name) => becomes(() => scripted.readers(topic), readers);
  return {
    db,
    clock,
    time,
    fleet,
    scripted,
    boats,
    start,
    reads,
    /** One that has read all that its owner has, and reads the log. */
    begin: async (more: More = {}) => {
      const inbox = await start(more);
      await reads();
      return inbox;
    },
    deliver: (...messages: readonly EventMessage[]) => scripted.deliver(boatEvents.name, messages),
    noted: () => notedIn(db),
    close: async () => {
      for (const one of open.splice(0)) await one.close();
    },
  };
};
