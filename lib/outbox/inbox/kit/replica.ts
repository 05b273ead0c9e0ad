import { systemClock as clock } from '../../../clock/clock.js';
import { createKafkaEventLog } from '../../../event-log/kafka/kafka.js';
import { quickLimits } from '../../../event-log/kafka/kit/log.js';
import { deadLettersOf } from '../../../events/topic.js';
import { databaseTime as time } from '../../../postgres/postgres.js';
import { openServerPostgres, type ServerPostgresOptions } from '../../../postgres/server/server.js';
import { createMetrics, silentLogger } from '../../../telemetry/telemetry.js';
import { boatEvents, boatTables, source } from '../../kit/boats.js';
import { createListEvents } from '../../list-events.js';
import { startInbox } from '../start-inbox.js';
import { boatsTopic, harbourTables, restart } from './harbour.js';

// Started by the tests of kills: takes in what boats do, and prints each event once its commit is acknowledged.
type Server = Omit<ServerPostgresOptions, 'log' | 'clock'>;
const [settings = '{}'] = process.argv.slice(2);
const { harbour, boats, brokers, holder } = JSON.parse(settings) as {
  readonly harbour: Server;
  readonly boats: Server;
  readonly brokers: readonly string[];
  readonly holder: string;
};
const [log, metrics] = [silentLogger(), createMetrics('harbour')];
const { db } = await openServerPostgres({ ...harbour, log, clock });
const owner = await openServerPostgres({ ...boats, log, clock });
const topics = [boatEvents, deadLettersOf(boatEvents.name)];
const eventLog = createKafkaEventLog({ brokers, clientId: holder, topics, clock, log, metrics, limits: quickLimits });
const inbox = startInbox(
  { db, tables: harbourTables, time, clock, log, metrics, eventLog },
  {
    group: 'harbour',
    topics: [boatsTopic(createListEvents({ db: owner.db, tables: boatTables, time, source }))],
    restart,
    committed: (events) => {
      for (const { stream, version } of events) process.stdout.write(`took ${stream} ${version}\n`);
    },
  },
);
void inbox.failed.then((err) => {
  throw err;
});
// Nothing else of it keeps a process alive.
setInterval(async () => {
  const [problem, log] = [inbox.problem(), await eventLog.check()];
  if (problem !== undefined || log !== undefined) process.stderr.write(`${problem}; the log ${log}\n`);
}, 1_000);
