import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isNull } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { systemClock as clock } from '../../clock/clock.js';
import { createKafkaEventLog } from '../../event-log/kafka/kafka.js';
import { startTestKafka } from '../../kit/kafka.js';
import { patience, startTestPostgres } from '../../kit/postgres.js';
import { startProcess, type TestProcess } from '../../kit/process.js';
import { eventually } from '../../kit/wait-until.js';
import { databaseTime } from '../../postgres/postgres.js';
import { openServerPostgres } from '../../postgres/server/server.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { raiseEpoch } from '../epoch.js';
import { boatEvents, boatTables, source } from '../kit/boats.js';
import { startRelay } from '../relay.js';
import { harbourMigrations, notedIn } from './kit/harbour.js';
import { countOfMoves, untilNoted, writtenIn } from './kit/written.js';

// The same on an embedded database: embedded.loop.test.ts.

const takenEach = 60;
const log = silentLogger();
const boatsMigrations = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const compiled = (path: string) => fileURLToPath(new URL(`../../dist/outbox/${path}`, import.meta.url));

const postgres = await startTestPostgres();
const kafkas = postgres ? await Promise.all([startTestKafka('4.1.0'), startTestKafka('4.1.0')]) : [];
afterAll(async () => {
  for (const kafka of kafkas) await kafka?.close();
  await postgres?.close();
});

it.skipIf(!kafkas[1]).each([
  ['of who tells', 'boats'],
  ['of who takes in', 'harbour'],
] as const)(
  'nothing is missing and nothing counts twice where the database %s was restored from an older copy, beside a Kafka that goes on',
  { timeout: 300_000 },
  async (_words, restored) => {
    const kafka = kafkas[restored === 'boats' ? 0 : 1];
    if (!postgres || !kafka) throw new Error('no servers');
    const server = {
      host: postgres.host,
      port: postgres.port,
      user: postgres.user,
      password: postgres.password,
      ...patience,
    };
    const names = { boats: `boats_${restored}`, harbour: `harbour_${restored}` };
    const places = () => ({
      boats: { ...server, database: names.boats, migrationsFolder: boatsMigrations },
      harbour: { ...server, database: names.harbour, migrationsFolder: harbourMigrations },
    });
    for (const name of Object.values(names)) await postgres.createDatabase(name);
    const { brokers } = kafka;
    const start = (path: string, settings: object) =>
      startProcess(
        process.execPath,
        [compiled(path), JSON.stringify({ ...settings, brokers, holder: randomUUID() })],
        {},
      );
    const startTaker = () => start('inbox/kit/replica.js', places());
    const startWriter = () => start('kit/replica.js', { server: places().boats });
    const takes = (taker: TestProcess, events: number) =>
      eventually(
        'events are taken in',
        () => {
          if (taker.isOver()) throw new Error(`a process ended: ${taker.err()}`);
          return (taker.out().match(/^took /gm)?.length ?? 0) >= events;
        },
        120_000,
      );
    const runAndKill = async () => {
      const [writer, taker] = [startWriter(), startTaker()];
      await takes(taker, takenEach);
      await Promise.all([writer.end('SIGKILL'), taker.end('SIGKILL')]);
    };

    await runAndKill();
    await postgres.createDatabase(`${names[restored]}_copy`, `template "${names[restored]}"`);
    await runAndKill();
    names[restored] = `${names[restored]}_copy`;
    const owner = await openServerPostgres({ ...places().boats, log, clock });
    if (restored === 'boats') await raiseEpoch(owner.db, boatTables);
    await runAndKill();

    const metrics = createMetrics('boats');
    const eventLog = createKafkaEventLog({ brokers, clientId: 'last', topics: [boatEvents], clock, log, metrics });
    const deps = { db: owner.db, tables: boatTables, clock, time: databaseTime, log, metrics, eventLog };
    const relay = startRelay(deps, { source, holder: 'last', pollMs: 100 });
    await eventually(
      'all is sent',
      async () => (await owner.db.$count(boatTables.events, isNull(boatTables.events.sentAt))) === 0,
      60_000,
    );
    await relay.close();
    const taker = startTaker();
    const written = await writtenIn(owner.db);
    const { db, close } = await openServerPostgres({ ...places().harbour, log, clock });
    await untilNoted(db, countOfMoves(written), () => {
      if (taker.isOver()) throw new Error(`a process ended: ${taker.err()}`);
    });
    await eventually(
      'what was lost is forgotten',
      async () => countOfMoves(await notedIn(db)) === countOfMoves(written),
      60_000,
      200,
    );
    expect(await notedIn(db)).toEqual(written);
    await taker.end('SIGTERM');
    await eventLog.close();
    await close();
    await owner.close();
  },
);
