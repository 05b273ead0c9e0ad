import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isNull } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { systemClock as clock } from '../../clock/clock.js';
import { createKafkaEventLog } from '../../event-log/kafka/kafka.js';
import { countOf, seed } from '../../kit/counts.js';
import { startTestKafka } from '../../kit/kafka.js';
import { patience, startTestPostgres } from '../../kit/postgres.js';
import { startProcess } from '../../kit/process.js';
import { createRandom } from '../../kit/random.js';
import { eventually } from '../../kit/wait-until.js';
import { databaseTime } from '../../postgres/postgres.js';
import { openServerPostgres } from '../../postgres/server/server.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { boatEvents, boatTables, source } from '../kit/boats.js';
import { startRelay } from '../relay.js';
import { harbourMigrations, notedIn } from './kit/harbour.js';
import { countOfMoves, untilNoted, writtenIn } from './kit/written.js';

const kills = countOf('KILLS', 6);
const takenEach = 30;
const log = silentLogger();
const boatsMigrations = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const compiled = (path: string) => fileURLToPath(new URL(`../../dist/outbox/${path}`, import.meta.url));

const postgres = await startTestPostgres();
const kafka = postgres && (await startTestKafka('4.1.0'));
afterAll(async () => {
  await kafka?.close();
  await postgres?.close();
});

it.skipIf(!kafka)(
  `everything is taken in once, in order, through ${kills} kills (-9) of who takes in, who writes and sends, and of Kafka, seed ${seed}`,
  { timeout: 120_000 + kills * 20_000 },
  async () => {
    if (!postgres || !kafka) throw new Error('no servers');
    const { host, port, user, password } = postgres;
    const on = async (database: string, migrationsFolder: string) => {
      await postgres.createDatabase(database);
      return { host, port, user, password, database, migrationsFolder, ...patience };
    };
    const boats = await on('boats', boatsMigrations);
    const harbour = await on('harbour', harbourMigrations);
    const { brokers } = kafka;
    const random = createRandom(seed);
    const start = (program: string, settings: object) =>
      startProcess(
        process.execPath,
        [compiled(program), JSON.stringify({ ...settings, brokers, holder: randomUUID() })],
        {},
      );
    const startWriter = () => start('kit/replica.js', { server: boats });
    const startTaker = () => start('inbox/kit/replica.js', { harbour, boats });
    let writer = startWriter();
    const takers = [startTaker(), startTaker()];
    const everybodyRuns = (who: 'all' | 'takers' = 'all') => {
      for (const one of who === 'all' ? [writer, ...takers] : takers)
        if (one.isOver()) throw new Error(`a process ended: ${one.err()}`);
      return true;
    };
    const taken = () => takers.reduce((sum, taker) => sum + (taker.out().match(/^took /gm)?.length ?? 0), 0);

    const killed: Record<string, number> = {};
    const killTakers = async (...victims: readonly number[]) => {
      await Promise.all(victims.map((at) => takers[at]?.end('SIGKILL')));
      for (const at of victims) takers[at] = startTaker();
    };
    /** In turn, so that few kills are of everybody too. */
    const victims: readonly (readonly [string, () => Promise<void>])[] = [
      ['one who takes in', () => killTakers(random() < 0.5 ? 0 : 1)],
      [
        'who writes and sends',
        async () => {
          await writer.end('SIGKILL');
          writer = startWriter();
        },
      ],
      ['the log', () => kafka.restart()],
      // So that nobody goes on for whoever was killed.
      ['all who take in', () => killTakers(0, 1)],
    ];
    for (let count = 0; count < kills; count++) {
      const before = taken();
      const enough = before + Math.floor(random() * 2 * takenEach);
      await eventually('events are taken in', () => everybodyRuns() && taken() > enough, 120_000);
      for (const [who, kill] of victims.slice(count % victims.length, (count % victims.length) + 1)) {
        await kill();
        killed[who] = (killed[who] ?? 0) + 1;
      }
    }
    console.log(`seed ${seed}: killed ${JSON.stringify(killed)}`);
    await eventually('events are taken in', () => everybodyRuns() && taken() >= takenEach, 120_000);
    await writer.end('SIGKILL');

    const metrics = createMetrics('boats');
    const owner = await openServerPostgres({ ...boats, log, clock });
    const eventLog = createKafkaEventLog({ brokers, clientId: 'last', topics: [boatEvents], clock, log, metrics });
    const deps = { db: owner.db, tables: boatTables, clock, time: databaseTime, log, metrics, eventLog };
    const relay = startRelay(deps, { source, holder: 'last', pollMs: 100 });
    const { events } = boatTables;
    const waiting = () => owner.db.$count(events, isNull(events.sentAt));
    await eventually('all is sent', async () => (await waiting()) === 0, 60_000);
    await relay.close();
    const written = await writtenIn(owner.db);
    const { db, close } = await openServerPostgres({ ...harbour, log, clock });
    await untilNoted(db, countOfMoves(written), () => void everybodyRuns('takers'));
    expect(await notedIn(db)).toEqual(written);
    await Promise.all(takers.map((taker) => taker.end('SIGTERM')));
    await eventLog.close();
    await close();
    await owner.close();
  },
);
