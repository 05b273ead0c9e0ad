import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../clock/clock.js';
import { createMemoryEventLog } from '../../event-log/memory/memory.js';
import { userEvents } from '../../events/user-events.js';
import { becomes } from '../../kit/becomes.js';
import { patience, shareTestPostgres } from '../../kit/postgres.js';
import { databaseTime } from '../../postgres/postgres.js';
import { openServerPostgres } from '../../postgres/server/server.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import { raiseEpoch } from '../epoch.js';
import { boatEvents, boatTables, createBoats, source } from '../kit/boats.js';
import { createListEvents } from '../list-events.js';
import { startRelay } from '../relay.js';
import { describeInbox } from './inbox.contract.js';
import { buildHarbour } from './kit/build-harbour.js';
import { boatsTopic, harbourTables, notedIn, restart } from './kit/harbour.js';
import { openHarbour } from './kit/server.js';
import { describeParking } from './parked.contract.js';
import { startInbox } from './start-inbox.js';
import { consumedTopic } from './taking/consumed-topic.js';

const boatsMigrations = fileURLToPath(new URL('../kit/migrations', import.meta.url));
const server = await shareTestPostgres();
const open = async () => {
  if (!server) throw new Error('no server');
  return openHarbour(server);
};

describe.skipIf(!server)(`on a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeInbox('PostgreSQL', open);
  describeParking('PostgreSQL', open);

  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  it('takes each event in once where replicas get the same batches at the same time, some with holes', async () => {
    const postgres = await open();
    const harbour = buildHarbour(postgres);
    opened.push(postgres, harbour);
    const { start, reads, fleet, scripted, noted } = harbour;
    const replicas = 4;
    for (let replica = 0; replica < replicas; replica++) await start();
    await reads(replicas);
    const messages = Array.from({ length: 60 }, (_, at) => fleet.move(`boat-${at % 4}`, at));
    const batches = Array.from({ length: replicas }, (_, replica) =>
      messages.filter((_message, at) => at % replicas !== replica || at > 50),
    );
    await Promise.all(batches.map((batch, replica) => scripted.deliver(boatEvents.name, batch, replica)));
    const found = Object.values(await noted());
    const versions = Array.from({ length: 15 }, (_, at) => String(at + 1));
    expect(found.map((moves) => moves.map((move) => move.split(' ')[0]))).toEqual([
      versions,
      versions,
      versions,
      versions,
    ]);
  });

  it('leaves nothing of a user who is erased while another event of the user is taken in', async () => {
    const postgres = await open();
    const harbour = buildHarbour(postgres);
    opened.push(postgres, harbour);
    const { db, start, reads, fleet, scripted, deliver, noted, boats } = harbour;
    const userId = '0199a3c2-0000-7000-8000-00000000000a';
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    let isIn = () => {};
    const within = new Promise<void>((resolve) => {
      isIn = resolve;
    });
    const slow = {
      ...boats,
      apply: async (...[tx, event]: Parameters<typeof boats.apply>) => {
        isIn();
        await held;
        await boats.apply(tx, event);
      },
    };
    const users = consumedTopic({
      topic: userEvents,
      owner: async () => ({ events: [], next: 0, stream: { lastVersion: 0, epoch: 1 } }),
      apply: async () => undefined,
    });
    await start({ topics: [slow, users], erase: async (tx) => void (await tx.execute(sql`delete from arrivals`)) });
    await reads();
    await reads(1, userEvents.name);
    const moved = deliver(fleet.move('a', 1, { userId }));
    await within;
    const deleted = userEvents.messageOf({
      id: 'e1',
      source: 'auth',
      epoch: 1,
      stream: `user:${userId}`,
      version: 1,
      time: '2026-11-28T07:40:00.123Z',
      userId,
      type: 'user.deleted',
      data: {},
    });
    const erased = scripted.deliver(userEvents.name, [deleted]);
    // It waits for the event, which is in the middle of its transaction.
    await becomes(
      () =>
        server?.query(
          "select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname like 'harbour%' order by oid desc limit 1)",
        ),
      [{ waiting: 1 }],
    );
    go();
    await Promise.all([moved, erased]);
    expect(await noted()).toEqual({});
    expect(await db.execute(sql`select user_id from erased_users`)).toMatchObject({ rows: [{ user_id: userId }] });
  });

  it('reads anew what a restored copy of its owner says, from the relay to the note', async () => {
    if (!server) throw new Error('no server');
    const { host, port, user, password } = server;
    const log = silentLogger();
    const metrics = createMetrics('boats');
    const eventLog = createMemoryEventLog({ clock, log, metrics, topics: [boatEvents] });
    const postgres = await open();
    opened.push(eventLog, postgres);
    /** One owner at a time, on this database. */
    const openOwner = async (database: string) => {
      const options = { host, port, user, password, database, migrationsFolder: boatsMigrations, ...patience };
      const { db: boats, close } = await openServerPostgres({ ...options, log, clock });
      const deps = {
        db: boats,
        tables: boatTables,
        clock,
        time: databaseTime,
        log,
        metrics: createMetrics('boats'),
        eventLog,
      };
      const relay = startRelay(deps, { source, holder: database, pollMs: 5 });
      const list = createListEvents({ db: boats, tables: boatTables, time: databaseTime, source });
      const { move } = createBoats(boats, databaseTime);
      return { boats, move, list, close: () => relay.close().then(() => close()) };
    };
    const name = `boats_${randomBytes(6).toString('hex')}`;
    await server.createDatabase(name);
    let owner = await openOwner(name);
    const inbox = startInbox(
      {
        db: postgres.db,
        tables: harbourTables,
        time: databaseTime,
        clock,
        log,
        metrics: createMetrics('harbour'),
        eventLog,
      },
      { group: 'harbour', topics: [boatsTopic((asked, limit) => owner.list(asked, limit))], restart },
    );
    opened.push(inbox);
    await owner.move('a', 1);
    await owner.move('silent', 1);
    await becomes(() => notedIn(postgres.db), { 'boat:a': ['1 to 1'], 'boat:silent': ['1 to 1'] });
    await owner.close();
    await server.createDatabase(`${name}_copy`, `template "${name}"`);
    owner = await openOwner(name);
    await owner.move('a', 2);
    await owner.move('silent', 2);
    await owner.move('new', 1);
    await becomes(async () => Object.values(await notedIn(postgres.db)).flat().length, 5);
    await owner.close();

    owner = await openOwner(`${name}_copy`);
    opened.push(owner);
    await raiseEpoch(owner.boats, boatTables);
    await owner.move('a', 20);
    await becomes(() => notedIn(postgres.db), { 'boat:a': ['1 to 1', '2 to 20'], 'boat:silent': ['1 to 1'] });
  });
});
