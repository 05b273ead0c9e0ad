import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isNull } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { systemClock as clock } from '../../clock/clock.js';
import { createKafkaEventLog } from '../../event-log/kafka/kafka.js';
import { countOf, seed } from '../../kit/counts.js';
import { startTestKafka } from '../../kit/kafka.js';
import { startTestPostgres } from '../../kit/postgres.js';
import { startProcess } from '../../kit/process.js';
import { createRandom } from '../../kit/random.js';
import { eventually } from '../../kit/wait-until.js';
import { databaseTime } from '../../postgres/postgres.js';
import { openServerPostgres } from '../../postgres/server/server.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { boatEvents, boatTables, source } from '../kit/boats.js';
import { startRelay } from '../relay.js';
import { harbourMigrations, notedIn } from './kit/harbour.js';

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
  `everything is taken in once, in order, through ${kills} kills (-9) of who takes in, writes and sends, seed ${seed}`,
  { timeout: 120_000 + kills * 20_000 },
  async () => {
    if (!postgres || !kafka) throw new Error('no servers');
    const { host, port, user, password } = postgres;
    const on = async (database: string, migrationsFolder: string) => {
      await postgres.createDatabase(database);
      return { host, port, user, password, database, migrationsFolder };
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

    for (let count = 0; count < kills; count++) {
      const before = taken();
      await eventually('events are taken in', () => everybodyRuns() && taken() >= before + takenEach, 60_000);
      // Now and then both, so that nobody goes on for whoever was killed.
      const victims = random() < 0.3 ? [0, 1] : [random() < 0.5 ? 0 : 1];
      await Promise.all(victims.map((at) => takers[at]?.end('SIGKILL')));
      for (const at of victims) takers[at] = startTaker();
      if (random() < 0.2) {
        await writer.end('SIGKILL');
        writer = startWriter();
      }
    }
    await eventually('events are taken in', () => everybodyRuns() && taken() >= takenEach, 60_000);
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
    const written: Record<string, string[]> = {};
    for (const { stream, version, body } of await owner.db.select().from(events).orderBy(events.seq)) {
      const of = written[stream] ?? [];
      written[stream] = of;
      of.push(`${version} to ${(body.data as { readonly to: number }).to}`);
    }
    const { db, close } = await openServerPostgres({ ...harbour, log, clock });
    const count = (moves: Readonly<Record<string, readonly string[]>>) => Object.values(moves).flat().length;
    // However much waits by now, some of it is taken in all the time.
    for (let noted = -1; noted < count(written); ) {
      const before = noted;
      noted = await eventually(
        `more than ${before} of ${count(written)} events are taken in`,
        async () => {
          everybodyRuns('takers');
          const now = count(await notedIn(db));
          if (now > before || now >= count(written)) return now;
          throw new Error(takers.map((taker) => taker.err().slice(-500)).join('\n'));
        },
        30_000,
        500,
      );
    }
    expect(await notedIn(db)).toEqual(written);
    await Promise.all(takers.map((taker) => taker.end('SIGTERM')));
    await eventLog.close();
    await close();
    await owner.close();
  },
);
