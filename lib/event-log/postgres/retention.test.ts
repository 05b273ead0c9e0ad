import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createManualClock, type ManualClock, systemClock } from '../../clock/clock.js';
import { becomes } from '../../kit/becomes.js';
import { temporaryFolder } from '../../kit/temporary-folder.js';
import { openPgliteEngine } from '../../postgres/pglite/pglite.js';
import { vacuumOnce } from '../../postgres/pglite/vacuum.js';
import type { Postgres } from '../../postgres/postgres.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { partitionOf } from '../partition.js';
import { openEmbeddedDatabase } from './kit/databases.js';
import { openPostgresLog } from './kit/log.js';
import { migrationsFolder, type PostgresEventLogOptions } from './postgres.js';

const dayMs = 86_400_000;

/** A log of before, whose tables and time are gone on with. */
interface Former {
  readonly topic: string;
  readonly database: Postgres;
  readonly time: ManualClock;
}

/** A log that looks at what it keeps when its clock is moved on by a minute. */
const open = async (
  limits: PostgresEventLogOptions['limits'],
  topics: PostgresEventLogOptions['topics'] = async () => [],
  former?: Former,
) => {
  const database = former?.database ?? (await openEmbeddedDatabase());
  const time = former?.time ?? createManualClock(Date.now());
  const clock = { ...systemClock, now: time.now, after: time.after };
  const log = openPostgresLog(database, {
    ...(former ? { topic: former.topic } : {}),
    ...{ partitions: 2, clock, topics, limits: { ...limits, appendTimeoutMs: 1e9 } },
  });
  const appendAll = async (from: number, to: number) => {
    for (let at = from; at < to; at += 10) await log.append(at, at + 10);
  };
  const rows = async () => {
    const found = await database.db.execute(
      sql`select sum("count")::int as "count" from batches where topic = ${log.topic}`,
    );
    return Number((found as unknown as { rows: { count: number | null }[] }).rows[0]?.count ?? 0);
  };
  /** Whether it looks at the moment: between two looks it waits for the next. */
  const rest = () => becomes(() => time.pending, 1);
  const look = async () => {
    await rest();
    await time.advanceAsync(60_000);
    await rest();
  };
  return { ...log, database, time, appendAll, rows, look };
};

it('an event log keeps the newest messages of a topic, and their rows are gone', async () => {
  const { eventLog, look, appendAll, kept, rows, dropped } = await open({ maxMessages: 100 });
  await appendAll(0, 500);
  await look();
  expect(await kept()).toBeGreaterThanOrEqual(100);
  expect(await kept()).toBeLessThan(110);
  expect(await rows()).toBe(await kept());
  expect(await dropped()).toBe(0);
  await eventLog.close();
});

it('an event log keeps messages as long as their topic says, 30 days where that says nothing', async () => {
  for (const [keepMs, days] of [
    [undefined, 30],
    [7 * dayMs, 7],
  ] as const) {
    const topics = async () => (keepMs === undefined ? [] : [{ name: log.topic, partitions: 1, keepMs }]);
    const log = await open({}, topics);
    await log.appendAll(0, 20);
    await log.time.advanceAsync((days - 1) * dayMs);
    await log.appendAll(20, 40);
    await log.look();
    expect(await log.kept()).toBe(40);
    await log.time.advanceAsync(dayMs);
    await log.look();
    expect(await log.kept()).toBe(20);
    await log.eventLog.close();
  }
});

it('an event log keeps for a group what that has not read, up to a bound; beyond it the oldest go and the group is named until it has read on', async () => {
  const { eventLog, topic, look, appendAll, kept, dropped, lines } = await open({
    maxMessages: 100,
    maxUnreadMessages: 300,
  });
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const consume = { group: 'slow', minBatchMessages: 1, maxBatchMessages: 10, maxBatchWaitMs: 1 };
  await eventLog.consume(topic, consume, () => gate);
  await becomes(() => eventLog.check(), undefined);
  await appendAll(0, 250);
  await look();
  expect([await kept(), await dropped(), await eventLog.check()]).toEqual([250, 0, undefined]);
  await appendAll(250, 400);
  await look();
  expect(await kept()).toBeLessThan(310);
  expect(await dropped()).toBe(400 - (await kept()));
  expect(await eventLog.check()).toBe(`has dropped messages of ${topic} that the group slow had not read`);
  expect(lines).toContain('the event log is full; its oldest messages are dropped although they were not read');
  release();
  await becomes(() => eventLog.check(), undefined);
  await eventLog.close();
});

it('an event log is well again once its slow group has read on, also where nothing is left of a partition', async () => {
  const { eventLog, topic, look, dropped } = await open({ maxMessages: 10, maxUnreadMessages: 20 });
  const keys = [0, 1].map((partition) =>
    String(Array.from({ length: 50 }, (_, at) => at).find((at) => partitionOf(String(at), 2) === partition)),
  );
  const write = (partition: number, from: number, to: number) =>
    eventLog.append(
      topic,
      Array.from({ length: to - from }, (_, at) => ({ key: keys[partition] ?? '', value: String(from + at) })),
    );
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const consume = { group: 'slow', minBatchMessages: 1, maxBatchMessages: 1, maxBatchWaitMs: 1 };
  await eventLog.consume(topic, consume, () => gate);
  await becomes(() => eventLog.check(), undefined);
  await write(0, 0, 5);
  for (let from = 0; from < 40; from += 5) await write(1, from, from + 5);
  await look();
  expect((await eventLog.offsets(topic))[0]).toMatchObject({ first: '5', next: '5' });
  expect(await dropped()).toBeGreaterThanOrEqual(20);
  expect(await eventLog.check()).toBe(`has dropped messages of ${topic} that the group slow had not read`);
  release();
  await becomes(() => eventLog.check(), undefined);
  await eventLog.close();
});

it('an event log that was off for longer than it keeps messages hands a group what that had not read', async () => {
  const before = await open({});
  const { topic, time, database } = before;
  let handled = 0;
  const consume = { group: 'readers', minBatchMessages: 1, maxBatchMessages: 10, maxBatchWaitMs: 1 };
  const { close } = await before.eventLog.consume(topic, consume, async ({ messages }) => {
    handled += messages.length;
  });
  await before.appendAll(0, 20);
  await becomes(() => handled, 20);
  await close();
  await before.appendAll(20, 40);
  await before.eventLog.close();
  await time.advanceAsync(31 * dayMs);
  const after = await open({}, undefined, { topic, time, database });
  await becomes(() => after.eventLog.check(), undefined);
  await after.look();
  expect(await after.kept()).toBe(20);
  const again = await after.read('readers');
  await becomes(() => again.values.length, 20);
  await after.eventLog.close();
});

it('an event log keeps nothing more for a group that was not there for as long, and does not come back', async () => {
  const { eventLog, time, appendAll, look, read, kept } = await open({ returnMs: 0 });
  const { values, close } = await read('readers');
  await appendAll(0, 20);
  await becomes(() => values.length, 20);
  await close();
  await appendAll(20, 40);
  await time.advanceAsync(29 * dayMs);
  await look();
  expect(await kept()).toBe(40);
  await time.advanceAsync(2 * dayMs);
  await look();
  expect(await kept()).toBe(0);
  await eventLog.close();
});

it('an event log does not grow on the disk with what came and went', async () => {
  const place = await temporaryFolder();
  const engine = await openPgliteEngine({ folder: place.path, log: silentLogger(), clock: systemClock });
  const database = await engine.database({ schema: 'events_log', migrationsFolder });
  const limits = { maxMessages: 200, forgetEveryMs: 20 };
  const log = openPostgresLog(database, { partitions: 1, limits });
  const sizes: number[] = [];
  for (let round = 0; round < 5; round++) {
    for (let from = 0; from < 400; from += 5)
      await log.eventLog.append(
        log.topic,
        Array.from({ length: 5 }, (_, at) => ({ key: String(at), value: `${from} ${'x'.repeat(300)}` })),
      );
    await becomes(async () => (await log.kept()) < 205, true);
    await vacuumOnce(engine.session);
    const { rows } = await engine.session.query(
      `select sum(pg_total_relation_size(format('%I.%I', schemaname, tablename)))::int as bytes from pg_tables where schemaname = 'events_log'`,
    );
    sizes.push((rows as { bytes: number }[])[0]?.bytes ?? 0);
  }
  // Pages of an index are used again one round later.
  expect(sizes.at(-1), sizes.join()).toBeLessThanOrEqual((sizes[1] ?? 0) * 1.1);
  await log.eventLog.close();
  await engine.close();
  await place.remove();
});
