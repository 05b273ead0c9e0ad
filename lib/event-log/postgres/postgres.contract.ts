import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomes } from '../../kit/becomes.js';
import type { Database, Postgres } from '../../postgres/postgres.js';
import { eventLogContract } from '../event-log.contract.js';
import { membershipContract } from '../membership.contract.js';
import { newestContract } from '../newest.contract.js';
import { smallLogBytes, smallLogContract } from '../small-log.contract.js';
import { numbers, openPostgresLog } from './kit/log.js';

const patienceMs = 30_000;
const sorted = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

/** The database, in which a transaction may be made to fail: before it, or after its commit as a lost answer would. */
const failing = (db: Database) => {
  const faults: ('before' | 'after')[] = [];
  let transactions = 0;
  const transaction: Database['transaction'] = async (work, config) => {
    transactions++;
    const fault = faults.shift();
    if (fault === 'before') throw new Error('away');
    const made = await db.transaction(work, config);
    if (fault === 'after') throw new Error('the answer was lost');
    return made;
  };
  return {
    db: Object.create(db, { transaction: { value: transaction } }) as Database,
    fail: (...when: readonly ('before' | 'after')[]) => void faults.push(...when),
    transactions: () => transactions,
  };
};

/** What holds on every PostgreSQL. */
export const postgresLogContract = (name: string, openDatabase: () => Promise<Postgres>): void => {
  let database: Postgres;
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterAll(() => database?.close());
  const open = async () => {
    const { eventLog, topic, dropped } = openPostgresLog(database, { limits: { maxMessageBytes: smallLogBytes } });
    return { eventLog, topic, dropped, end: () => eventLog.close() };
  };
  eventLogContract(name, open, { patienceMs });
  newestContract(name, open, patienceMs);
  smallLogContract(name, open, patienceMs);
  membershipContract(
    name,
    async () => {
      const { eventLog, topic, end } = await open();
      return { topic, open: () => eventLog, end };
    },
    patienceMs,
  );

  describe(`an event log in tables: ${name}`, () => {
    it('has what was appended, and goes on where a group was, also after a kill', async () => {
      const before = openPostgresLog(database);
      const { topic } = before;
      await before.append(0, 500);
      const reading = await before.read('readers');
      await becomes(() => sorted(reading.values), numbers(0, 500), patienceMs);
      await reading.close();
      await before.append(500, 700);
      // Not closed: as if it had been killed.
      const after = openPostgresLog(database, { topic });
      await after.append(700, 710);
      const again = await after.read('readers');
      const other = await after.read('others', { maxBatchMessages: 7 });
      await becomes(() => sorted(again.values), numbers(500, 710), patienceMs);
      await becomes(() => sorted(other.values), numbers(0, 710), patienceMs);
      expect([again.values.length, other.values.length]).toEqual([210, 710]);
      await after.eventLog.close();
      await before.eventLog.close();
    });

    it('hands a group that began at the newest all that came while nobody read, also where it was killed at once', async () => {
      const before = openPostgresLog(database);
      const { topic } = before;
      await before.append(0, 10);
      const reading = await before.read('sockets', { from: 'newest' });
      const hasBegun = async () =>
        (await before.eventLog.offsets(topic, 'sockets')).every(({ committed }) => committed !== undefined);
      await becomes(hasBegun, true, patienceMs);
      await before.append(10, 20);
      const after = openPostgresLog(database, { topic });
      const again = await after.read('sockets', { from: 'newest' });
      await becomes(() => sorted(again.values), numbers(10, 20), patienceMs);
      expect(sorted(reading.values).every((value) => value >= 10)).toBe(true);
      await after.eventLog.close();
      await before.eventLog.close();
    });

    it('reads on in order where a reader is too slow for what is kept in memory', async () => {
      const log = openPostgresLog(database, {
        partitions: 1,
        limits: { maxRecentMessages: 10, maxReadMessages: 30, maxReadBytes: 2_000 },
      });
      const values: number[] = [];
      const consume = { group: 'slow', minBatchMessages: 1, maxBatchMessages: 9, maxBatchWaitMs: 1 };
      await log.eventLog.consume(log.topic, consume, async ({ messages }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        values.push(...messages.map(({ value }) => Number(value.toString())));
      });
      for (let from = 0; from < 600; from += 20) await log.append(from, from + 20);
      await becomes(() => values.length, 600, patienceMs);
      expect(values).toEqual(numbers(0, 600));
      await log.eventLog.close();
    });

    it('lets published messages wait until the database is there, and says until then that it is not', async () => {
      let arrive: (value: Postgres) => void = () => undefined;
      const log = openPostgresLog(
        new Promise<Postgres>((resolve) => {
          arrive = resolve;
        }),
        { limits: { maxWaitingMessages: 20, appendTimeoutMs: 50 } },
      );
      const reading = await log.read('readers');
      expect(await log.eventLog.check()).toBe('is not open yet');
      for (const value of numbers(0, 50)) log.eventLog.publish(log.topic, { key: '', value: String(value) });
      await expect(log.append(50, 51)).rejects.toMatchObject({ code: 'unavailable' });
      arrive(database);
      // One write has begun with what came first, and waits for the database as they do.
      await becomes(() => reading.values.length >= 20, true, patienceMs);
      expect(reading.values.slice(-20)).toEqual(numbers(30, 50));
      expect((await log.dropped()) + reading.values.length).toBe(50);
      await becomes(() => log.eventLog.check(), undefined, patienceMs);
      await log.eventLog.close();
    });

    it('refuses an append while it cannot write, goes on with what was published, and is well again then', async () => {
      const { db, fail } = failing(database.db);
      const log = openPostgresLog({ db });
      const reading = await log.read('readers');
      await log.append(0, 1);
      fail('before');
      await expect(log.append(1, 2)).rejects.toMatchObject({ code: 'unavailable' });
      fail('before', 'before');
      log.eventLog.publish(log.topic, { key: '', value: '2' });
      await becomes(() => log.eventLog.check(), `cannot write ${log.topic}`, patienceMs);
      await becomes(() => sorted(reading.values), [0, 2], patienceMs);
      await becomes(() => log.eventLog.check(), undefined, patienceMs);
      expect(log.lines.filter((line) => line.includes('the event log'))).toEqual(
        ['cannot write; what was published waits', 'writes again'].map((words) => `the event log ${words}`),
      );
      await log.eventLog.close();
    });

    it('hands over what was written although nobody was told so, before what came later', async () => {
      const { db, fail } = failing(database.db);
      const log = openPostgresLog({ db }, { partitions: 1 });
      const reading = await log.read('readers');
      await log.append(0, 2);
      await becomes(() => reading.values, [0, 1], patienceMs);
      fail('after');
      await expect(log.append(2, 4)).rejects.toMatchObject({ code: 'unavailable' });
      await log.append(4, 6);
      await becomes(() => reading.values, numbers(0, 6), patienceMs);
      await log.eventLog.close();
    });

    it('takes what a handler writes while the log is closing, and has its work committed then', async () => {
      const log = openPostgresLog(database, { partitions: 1 });
      const answers = `${log.topic}-answers`;
      let [begun, goOn] = [() => {}, () => {}];
      const hasBegun = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const gate = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const consume = { group: 'readers', minBatchMessages: 1, maxBatchMessages: 10, maxBatchWaitMs: 1 };
      await log.eventLog.consume(log.topic, consume, async () => {
        begun();
        await gate;
        log.eventLog.publish(answers, { key: '', value: '1' });
        await log.eventLog.append(answers, [{ key: '', value: '2' }]);
      });
      await log.append(0, 1);
      await hasBegun;
      const closing = log.eventLog.close();
      goOn();
      await closing;
      expect(await log.dropped()).toBe(0);
      await expect(log.append(1, 2)).rejects.toMatchObject({ code: 'unavailable' });
      const after = openPostgresLog(database);
      const next = async (topic: string, group: string) =>
        (await after.eventLog.offsets(topic, group)).map(({ next, committed }) => [next, committed]);
      expect(await next(log.topic, 'readers')).toEqual([['1', '1']]);
      const written = (await after.eventLog.offsets(answers)).reduce((sum, { next }) => sum + Number(next), 0);
      expect(written).toBe(2);
      await after.eventLog.close();
    });

    it('writes many messages in transactions of a thousand, so that others have the database in between', async () => {
      const { db, transactions } = failing(database.db);
      const log = openPostgresLog({ db });
      await log.append(0, 5_000);
      expect(transactions()).toBe(5);
      expect(await log.kept()).toBe(5_000);
      await log.eventLog.close();
    });
  });
};
