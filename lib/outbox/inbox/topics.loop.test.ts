import { afterAll, expect, it } from 'vitest';
import { systemClock as clock } from '../../clock/clock.js';
import { createKafkaEventLog } from '../../event-log/kafka/kafka.js';
import { userEvents } from '../../events/user-events.js';
import { startTestKafka } from '../../kit/kafka.js';
import { openTestPglite } from '../../kit/pglite.js';
import { eventually } from '../../kit/wait-until.js';
import { databaseTime } from '../../postgres/postgres.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { boatEvents } from '../kit/boats.js';
import { createFleet } from './kit/fleet.js';
import { boatsTopic, harbourMigrations, harbourTables, notedIn, restart } from './kit/harbour.js';
import { startInbox } from './start-inbox.js';
import { consumedTopic } from './taking/consumed-topic.js';

const kafka = await startTestKafka('4.1.0');
afterAll(() => kafka?.close());

const names = Array.from({ length: 60 }, (_, at) => `b${at}`);
const users = names.map((_, at) => `u${at}`);

it.skipIf(!kafka)(
  'every partition of each topic is read where a service takes in several, by one replica and by two',
  { timeout: 180_000 },
  async () => {
    if (!kafka) throw new Error('no Kafka');
    const { brokers } = kafka;
    const log = silentLogger();
    const { db, close } = await openTestPglite(harbourMigrations);
    const fleet = createFleet(clock.now);
    const heard: string[] = [];
    const erasures = consumedTopic({
      topic: userEvents,
      apply: async (_tx, { userId, type }) => {
        if (type === 'user.erased' && userId !== undefined) heard.push(userId);
      },
    });
    const topics = [boatsTopic(fleet.list), erasures];
    const open: { close(): Promise<void> }[] = [];
    const start = async (clientId: string) => {
      const metrics = createMetrics('harbour');
      const eventLog = createKafkaEventLog({
        brokers,
        clientId,
        topics: [boatEvents, userEvents],
        clock,
        log,
        metrics,
      });
      const deps = { db, tables: harbourTables, clock, time: databaseTime, log, metrics, eventLog };
      const inbox = startInbox(deps, { group: 'harbour', topics, restart, committed: () => undefined });
      open.push(inbox, { close: () => eventLog.close() });
      await eventually(`${clientId} reads`, () => inbox.problem() === undefined, 60_000);
      return eventLog;
    };
    const tell = async (eventLog: Awaited<ReturnType<typeof start>>, round: number) => {
      const moves = names.map((name) => fleet.move(name, round));
      const erased = users.map((user) => {
        const userId = `${user}-${round}`;
        const about = { id: crypto.randomUUID(), epoch: 1, time: new Date(clock.now()).toISOString(), userId };
        const source = 'orders';
        const stream = `erasure:${userId}:${source}`;
        const of = { ...about, source, stream, version: 1, type: 'user.erased', data: { service: source } } as const;
        return userEvents.messageOf(of);
      });
      await Promise.all([eventLog.append(boatEvents.name, moves), eventLog.append(userEvents.name, erased)]);
      const boats = async () => Object.values(await notedIn(db)).flat().length;
      await eventually(
        `all of round ${round}`,
        async () => {
          const found = [await boats(), heard.length];
          if (found.every((count) => count === round * names.length)) return true;
          throw new Error(`${found.join(' and ')} of ${round * names.length} each`);
        },
        60_000,
        200,
      );
    };
    const first = await start('one');
    // From here on nothing comes from the owner of the boats, only over Kafka.
    fleet.set.list = async () => {
      throw new Error('the fleet is not asked');
    };
    await tell(first, 1);
    fleet.set.list = async () => undefined;
    await start('two');
    fleet.set.list = async () => {
      throw new Error('the fleet is not asked');
    };
    await tell(first, 2);
    expect(new Set(heard).size).toBe(2 * users.length);
    for (const one of open.reverse()) await one.close();
    await close();
  },
);
