import { systemClock as clock } from '../../clock/clock.js';
import { createKafkaEventLog } from '../../event-log/kafka/kafka.js';
import { databaseTime } from '../../postgres/postgres.js';
import { openServerPostgres, type ServerPostgresOptions } from '../../postgres/server/server.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { tellCommits } from '../commits.js';
import { startRelay } from '../relay.js';
import { boatEvents, boatTables, createBoats, source } from './boats.js';

// Started by the tests of kills: moves boats without end, prints each move once its commit is acknowledged, and sends.
const [settings = '{}'] = process.argv.slice(2);
const { server, brokers, holder } = JSON.parse(settings) as {
  readonly server: Omit<ServerPostgresOptions, 'log' | 'clock'>;
  readonly brokers: readonly string[];
  readonly holder: string;
};
const [log, metrics] = [silentLogger(), createMetrics('boats')];
const postgres = await openServerPostgres({ ...server, log, clock });
const eventLog = createKafkaEventLog({ brokers, clientId: holder, topics: [boatEvents], clock, log, metrics });
const { db, note, onCommit } = tellCommits(postgres.db);
const deps = { db, tables: boatTables, clock, time: databaseTime, log, metrics, eventLog };
onCommit(startRelay(deps, { source, holder, pollMs: 100 }).wake);
const { moveWithin } = createBoats(db, databaseTime);

for (let to = 1; ; to++) {
  const name = `boat-${to % 3}`;
  const version = await db.transaction(async (tx) => {
    note(tx);
    return moveWithin(tx, name, to);
  });
  process.stdout.write(`boat:${name} ${version}\n`);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
