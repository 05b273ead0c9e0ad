import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isNull } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import { systemClock as clock } from '../clock/clock.js';
import { createKafkaEventLog } from '../event-log/kafka/kafka.js';
import { countOf, seed } from '../kit/counts.js';
import { startTestKafka } from '../kit/kafka.js';
import { patience, startTestPostgres } from '../kit/postgres.js';
import { startProcess } from '../kit/process.js';
import { createRandom } from '../kit/random.js';
import { eventually } from '../kit/wait-until.js';
import { databaseTime } from '../postgres/postgres.js';
import { openServerPostgres } from '../postgres/server/server.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { boatEvents, boatTables, movedIn, source } from './kit/boats.js';
import { startRelay } from './relay.js';

const kills = countOf('KILLS', 6);
const movesEach = 40;
const log = silentLogger();
const migrationsFolder = fileURLToPath(new URL('./kit/migrations', import.meta.url));
const program = fileURLToPath(new URL('../dist/outbox/kit/replica.js', import.meta.url));

const postgres = await startTestPostgres();
const kafka = postgres && (await startTestKafka('4.1.0'));
afterAll(async () => {
  await kafka?.close();
  await postgres?.close();
});

it.skipIf(!kafka)(
  `everything that was committed arrives, in order, through ${kills} kills (-9) of who writes and sends, seed ${seed}`,
  {
    timeout: 120_000 + kills * 20_000,
  },
  async () => {
    if (!postgres || !kafka) throw new Error('no servers');
    await postgres.createDatabase('boats');
    const { host, port, user, password } = postgres;
    const server = { host, port, user, password, database: 'boats', migrationsFolder, ...patience };
    const { brokers } = kafka;
    const random = createRandom(seed);
    const acknowledged = new Set<string>();
    const start = () => {
      const replica = startProcess(
        process.execPath,
        [program, JSON.stringify({ server, brokers, holder: randomUUID() })],
        {},
      );
      return { ...replica, moves: () => replica.out().match(/^boat:\S+ \d+$/gm) ?? [] };
    };
    const replicas = [start(), start()];
    const kill = async (at: number) => {
      const victim = replicas[at];
      if (!victim) throw new Error('no such replica');
      await eventually('it moves boats', () => victim.moves().length >= movesEach, 60_000);
      await victim.end('SIGKILL');
      for (const move of victim.moves()) acknowledged.add(move);
    };
    for (let count = 0; count < kills; count++) {
      const at = random() < 0.5 ? 0 : 1;
      await kill(at);
      replicas[at] = start();
    }
    await Promise.all([kill(0), kill(1)]);

    // Another one comes, and sends what they left once the lease of whoever sent last is over.
    const metrics = createMetrics('boats');
    const { db, close } = await openServerPostgres({ ...server, log, clock });
    const eventLog = createKafkaEventLog({ brokers, clientId: 'last', topics: [boatEvents], clock, log, metrics });
    const deps = { db, tables: boatTables, clock, time: databaseTime, log, metrics, eventLog };
    const relay = startRelay(deps, { source, holder: 'last', pollMs: 100 });
    const { events } = boatTables;
    const waiting = async () => (await db.select({ seq: events.seq }).from(events).where(isNull(events.sentAt))).length;
    await eventually('all is sent', async () => (await waiting()) === 0, 60_000);
    await relay.close();

    const rows = await db.select({ stream: events.stream, version: events.version }).from(events).orderBy(events.seq);
    const written = rows.map(({ stream, version }) => `${stream} ${version}`);
    expect([...acknowledged].filter((move) => !written.includes(move))).toEqual([]);
    const arrived: string[] = [];
    const group = { group: 'test', minBatchMessages: 1, maxBatchMessages: 1_000, maxBatchWaitMs: 10 };
    await eventLog.consume(boatEvents.name, group, async ({ messages }) => {
      for (const { stream, version } of messages.map(movedIn)) arrived.push(`${stream} ${version}`);
    });
    await eventually('all has arrived', () => new Set(arrived).size >= written.length, 60_000);
    const firstTime = [...new Set(arrived)];
    for (const stream of new Set(rows.map((row) => row.stream))) {
      const ofStream = (move: string) => move.startsWith(`${stream} `);
      expect(firstTime.filter(ofStream)).toEqual(written.filter(ofStream));
    }
    expect(firstTime.length).toBe(written.length);
    await eventLog.close();
    await close();
  },
);
