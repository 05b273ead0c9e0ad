import { eq, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../errors/errors.js';
import { userEvents } from '../../events/user-events.js';
import { becomes, passing } from '../../kit/becomes.js';
import type { Database, Postgres } from '../../postgres/postgres.js';
import { boatEvents } from '../kit/boats.js';
import { buildHarbour } from './kit/build-harbour.js';
import { harbourTables } from './kit/harbour.js';
import { consumedTopic } from './taking/consumed-topic.js';
import { createErasedUsers } from './taking/erased-users.js';

const minute = 60_001;

/** What holds of events that are taken in, on every adapter of the database. */
export const describeInbox = (name: string, open: () => Promise<Postgres>): void => {
  describe(`an inbox on ${name}`, () => {
    const opened: { close(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const one of opened.splice(0).reverse()) await one.close();
    });
    const build = async () => {
      const postgres = await open();
      const harbour = buildHarbour(postgres);
      opened.push(postgres, harbour);
      return harbour;
    };

    it('takes each event in once, in the order of its stream, and leaves out and counts what comes again', async () => {
      const { begin, fleet, deliver, noted } = await build();
      const { metric, told } = await begin();
      const [first, other, second] = [fleet.move('a', 1), fleet.move('b', 7), fleet.move('a', 2)];
      await deliver(first, other, second);
      await deliver(other, second, fleet.move('a', 3));
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1', '2 to 2', '3 to 3'], 'boat:b': ['1 to 7'] });
      expect([await metric('events_applied_total'), await metric('events_repeated_total')]).toEqual([4, 2]);
      expect(told).toEqual(['boat:a 1', 'boat:b 1', 'boat:a 2', 'boat:a 3']);
    });

    it('takes the next event of a stream in without looking where that is, and looks where that is not as it was', async () => {
      const postgres = await open();
      let looks = 0;
      const looked = (...fields: Parameters<Database['select']>) => {
        looks += 1;
        return postgres.db.select(...fields);
      };
      const db = Object.create(postgres.db, { select: { value: looked } }) as Database;
      const harbour = buildHarbour({ ...postgres, db });
      opened.push(postgres, harbour);
      const { begin, fleet, deliver, noted } = harbour;
      const { metric } = await begin();
      const standsAt = (version: number) =>
        postgres.db.update(harbourTables.inbox).set({ version }).where(eq(harbourTables.inbox.stream, 'boat:a'));
      await deliver(fleet.move('a', 1));
      const atFirst = looks;
      await deliver(fleet.move('a', 2), fleet.move('a', 3));
      await deliver(fleet.move('a', 4));
      expect(looks).toBe(atFirst);
      // Another replica took one in.
      fleet.move('a', 5);
      await standsAt(5);
      await deliver(fleet.move('a', 6));
      expect(looks).toBeGreaterThan(atFirst);
      // An older copy of the database came back.
      await standsAt(2);
      await postgres.db.execute(sql`delete from arrivals where version > 2`);
      await deliver(fleet.move('a', 7));
      expect(await noted()).toEqual({ 'boat:a': [1, 2, 3, 4, 5, 6, 7].map((at) => `${at} to ${at}`) });
      expect(await metric('events_repaired_total')).toBe(4);
    });

    it('leaves the database to others in between where taking in takes long', async () => {
      const { begin, boats, fleet, deliver, noted, clock } = await build();
      const slow = {
        ...boats,
        apply: async (...[tx, event]: Parameters<typeof boats.apply>) => {
          await boats.apply(tx, event);
          clock.advance(30);
        },
      };
      const { commits } = await begin({ topics: [slow] });
      await deliver(...[1, 2, 3, 4, 5].map((to) => fleet.move('a', to)));
      expect(commits).toEqual([2, 2, 1]);
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1', '2 to 2', '3 to 3', '4 to 4', '5 to 5'] });
    });

    it('fetches what is missing from its owner, however much that is, and counts it', async () => {
      const { begin, fleet, deliver, noted } = await build();
      const { metric } = await begin();
      await deliver(fleet.move('a', 1));
      for (let to = 2; to < 250; to++) fleet.move('a', to);
      await deliver(fleet.move('b', 1), fleet.move('a', 250), fleet.move('a', 251));
      const whole = Array.from({ length: 251 }, (_, at) => `${at + 1} to ${at + 1}`);
      expect(await noted()).toEqual({ 'boat:a': whole, 'boat:b': ['1 to 1'] });
      expect(await metric('events_repaired_total')).toBe(248);
    });

    it('takes nothing in while the owner does not say what is missing: the batch comes again after five seconds', async () => {
      const { begin, fleet, deliver, noted, clock } = await build();
      const { problem } = await begin();
      await deliver(fleet.move('a', 1));
      fleet.move('a', 2);
      const third = fleet.move('a', 3);
      let asked = 0;
      fleet.set.list = () => {
        asked += 1;
        return new Promise(() => undefined);
      };
      const refused = deliver(third).catch((err: unknown) => err);
      await becomes(() => asked, 1);
      clock.advance(5_000);
      expect(await refused).toMatchObject({ code: 'unavailable' });
      expect(problem()).toMatch(/^partition 0 of boat-events does not get on: .* did not answer within 5000 ms/);
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1'] });
      fleet.set.list = async () => undefined;
      await deliver(third);
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1', '2 to 2', '3 to 3'] });
      expect(problem()).toBeUndefined();
    });

    it('begins with all that the owner has, also of streams that were silent for long, before it reads the log', async () => {
      const { start, reads, fleet, deliver, noted, clock, scripted } = await build();
      for (let to = 1; to <= 700; to++) fleet.move(to % 2 === 0 ? 'silent' : 'a', to % 100);
      clock.advance(minute);
      let [isAway, isAsked] = [true, false];
      fleet.set.list = async () => {
        if (isAway) throw new AppError('unavailable', 'The fleet is away.');
        isAsked = true;
      };
      const { problem } = await start();
      await becomes(problem, 'the events of boats cannot be read: The fleet is away.');
      expect(scripted.readers(boatEvents.name)).toBe(0);
      isAway = false;
      await becomes(
        () => {
          if (!isAsked) clock.advance(100);
          return scripted.readers(boatEvents.name);
        },
        1,
        60_000,
      );
      const found = await noted();
      expect([found['boat:a']?.length, found['boat:silent']?.length]).toEqual([350, 350]);
      await reads();
      await deliver(fleet.move('a', 0));
      expect((await noted())['boat:a']?.at(-1)).toBe('351 to 0');
      await becomes(problem, undefined);
    });

    it('reads all of an owner anew that was restored from a backup, and forgets what that does not have', async () => {
      const { begin, fleet, deliver, noted, clock } = await build();
      const { metric } = await begin();
      await deliver(fleet.move('a', 1), fleet.move('silent', 1));
      const restore = fleet.backup();
      const [lost, lostToo, gone] = [fleet.move('a', 2), fleet.move('silent', 2), fleet.move('new', 1)];
      await deliver(lost, lostToo, gone);
      restore();
      const other = fleet.move('a', 20);
      await deliver(other);
      expect((await noted())['boat:a']).toEqual(['1 to 1', '2 to 20']);
      // Another of before comes late.
      await deliver(lost);
      await becomes(
        async () => {
          clock.advance(1_000);
          return noted();
        },
        { 'boat:a': ['1 to 1', '2 to 20'], 'boat:silent': ['1 to 1'] },
      );
      expect(await metric('events_left_out_total')).toBe(1);
      await deliver(fleet.move('silent', 3), fleet.move('new', 5));
      expect(await noted()).toEqual({
        'boat:a': ['1 to 1', '2 to 20'],
        'boat:silent': ['1 to 1', '2 to 3'],
        'boat:new': ['1 to 5'],
      });
    });

    it('reads each topic in a group of its own, so that Kafka deals no member what it does not read', async () => {
      const { start, reads, boats, scripted } = await build();
      const users = consumedTopic({
        topic: userEvents,
        owner: async () => ({ events: [], next: 0, stream: { lastVersion: 0, epoch: 1 } }),
        apply: async () => undefined,
      });
      await start({ topics: [users, boats] });
      await reads();
      await reads(1, userEvents.name);
      expect([...scripted.groups].sort()).toEqual(['boat-events harbour.boat-events', 'user-events harbour']);
    });

    it('gathers nothing while the log is away, however long that is', async () => {
      const { start, boats, scripted, clock } = await build();
      let tries = 0;
      scripted.set.consume = async () => {
        tries++;
        throw new AppError('unavailable', 'Kafka is away.');
      };
      const warnings: string[] = [];
      const note = ({ name }: Error) => warnings.push(name);
      process.on('warning', note);
      try {
        const { problem } = await start({ topics: [boats] });
        await becomes(
          passing(clock, 5_000, () => tries > 15),
          true,
        );
        expect(problem()).toBe('boat-events is not read yet: Kafka is away.');
        scripted.set.consume = async () => undefined;
        await becomes(
          passing(clock, 5_000, () => scripted.readers('boat-events')),
          1,
        );
      } finally {
        process.off('warning', note);
      }
      expect(warnings).not.toContain('MaxListenersExceededWarning');
    });

    it('counts an event of a type that is not known, and misses none for it', async () => {
      const { begin, fleet, deliver, noted } = await build();
      const { metric } = await begin();
      await deliver(fleet.move('a', 1), fleet.move('a', 2, { type: 'boat.sunk' }), fleet.move('a', 3));
      fleet.move('a', 4, { type: 'boat.sunk' });
      await deliver(fleet.move('a', 5));
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1', '3 to 3', '5 to 5'] });
      expect(await metric('events_repaired_total')).toBe(1);
    });

    it('goes on where the owner has erased what is missing, and leaves out what is gone there altogether', async () => {
      const { begin, fleet, deliver, noted } = await build();
      await begin();
      for (let to = 1; to <= 5; to++) fleet.move('a', to);
      const sixth = fleet.move('a', 6);
      fleet.erase(({ stream, version }) => stream === 'boat:a' && [1, 2, 4].includes(version));
      await deliver(sixth);
      expect(await noted()).toEqual({ 'boat:a': ['3 to 3', '5 to 5', '6 to 6'] });
      fleet.move('b', 1);
      const second = fleet.move('b', 2);
      fleet.erase(({ stream }) => stream === 'boat:b');
      await deliver(second, fleet.move('c', 1));
      expect(await noted()).toEqual({ 'boat:a': ['3 to 3', '5 to 5', '6 to 6'], 'boat:c': ['1 to 1'] });
    });

    it('reads from its owner what went by in the log unread', async () => {
      const { begin, fleet, deliver, noted, scripted, clock, close, start, reads } = await build();
      await begin();
      await deliver(fleet.move('a', 1));
      fleet.move('silent', 1);
      scripted.skip(1n);
      await deliver(fleet.move('a', 2));
      await becomes(async () => {
        clock.advance(30_000);
        return (await noted())['boat:silent'];
      }, ['1 to 1']);

      // It was restored from a backup itself: its group is further than its database.
      await close();
      fleet.move('silent', 2);
      scripted.set.offsets = [{ partition: 0, first: '0', next: '10', committed: '9' }];
      await start();
      await reads();
      await becomes(async () => {
        clock.advance(30_000);
        return (await noted())['boat:silent'];
      }, ['1 to 1', '2 to 2']);
    });

    it('goes on reading from an owner what another replica had begun to read when it ended', async () => {
      const { start, reads, fleet, deliver, noted, scripted, clock, db } = await build();
      const first = await start();
      await reads();
      await start();
      await reads(2);
      await deliver(fleet.move('a', 1));
      let asked = 0;
      fleet.set.list = async () => {
        asked += 1;
      };
      const { readUntil } = harbourTables.eventSources;
      const later = async () => {
        const before = asked;
        for (let times = 0; times < 4; times++) {
          clock.advance(30_000);
          await noted();
        }
        return [asked - before, await db.select({ readUntil }).from(harbourTables.eventSources)];
      };
      await becomes(later, [0, [{ readUntil: null }]]);

      fleet.move('silent', 1);
      fleet.set.list = async (of) => {
        if ('afterSeq' in of) throw new AppError('unavailable', 'The fleet is away.');
      };
      scripted.skip(1n);
      await deliver(fleet.move('a', 2));
      await first.close();
      fleet.set.list = async () => undefined;
      await becomes(async () => {
        clock.advance(10_000);
        return (await noted())['boat:silent'];
      }, ['1 to 1']);
    });

    describe('with users in it', () => {
      const userId = '0199a3c2-0000-7000-8000-00000000000a';
      const deleted = (version: number) =>
        userEvents.messageOf({
          id: '0199a3c2-0000-7000-8000-000000000002',
          source: 'auth',
          epoch: 1,
          stream: `user:${userId}`,
          version,
          time: '2026-11-28T07:40:00.123Z',
          userId,
          type: 'user.deleted',
          data: {},
        });
      const buildWithUsers = async () => {
        const built = await build();
        const erased: string[] = [];
        const asked: string[] = [];
        const users = consumedTopic({
          topic: userEvents,
          owner: async (of) => {
            if ('stream' in of) asked.push(of.stream);
            return { events: [], next: 1, ...('stream' in of ? { stream: { lastVersion: 0, epoch: 1 } } : {}) };
          },
          apply: async () => undefined,
        });
        const inbox = await built.start({
          topics: [built.boats, users],
          erase: async (tx, id) => {
            erased.push(id);
            await tx.execute(sql`delete from arrivals`);
          },
        });
        await built.reads();
        await built.reads(1, userEvents.name);
        const deliverOfUsers = (...messages: readonly ReturnType<typeof deleted>[]) =>
          built.scripted.deliver(userEvents.name, messages);
        return { ...built, ...inbox, erased, asked, deliverOfUsers };
      };

      it('has a deleted one erased once, and leaves out whatever comes of it later, in whichever topic', async () => {
        const { fleet, deliver, deliverOfUsers, noted, erased, metric } = await buildWithUsers();
        await deliver(fleet.move('a', 1, { userId }));
        await deliverOfUsers(deleted(1), deleted(1));
        await deliverOfUsers(deleted(1));
        await deliver(fleet.move('a', 2, { userId }), fleet.move('b', 1), fleet.move('new', 4, { userId }));
        expect(erased).toEqual([userId]);
        expect(await noted()).toEqual({ 'boat:b': ['1 to 1'] });
        expect(await metric('events_left_out_total')).toBe(2);
      });

      it('has one erased at once of whose deletion it knows, and leaves out what is told of the user later', async () => {
        const { fleet, deliver, deliverOfUsers, noted, erased, erase } = await buildWithUsers();
        await deliver(fleet.move('a', 1, { userId }));
        await erase(userId);
        await erase(userId);
        expect([erased, await noted()]).toEqual([[userId], {}]);
        await deliverOfUsers(deleted(1));
        await deliver(fleet.move('a', 2, { userId }), fleet.move('b', 1));
        expect([erased, await noted()]).toEqual([[userId], { 'boat:b': ['1 to 1'] }]);
      });

      it('keeps its id for 30 days, and then nothing of it', async () => {
        const { deliverOfUsers, clock, db } = await buildWithUsers();
        await deliverOfUsers(deleted(1));
        const kept = async () => [
          await db.$count(harbourTables.erasedUsers),
          await db.$count(harbourTables.inbox, eq(harbourTables.inbox.stream, `user:${userId}`)),
        ];
        expect(await kept()).toEqual([1, 1]);
        const [day, startMs] = [24 * 3_600_000, clock.now()];
        await db.execute(sql`update erased_users set erased_at = erased_at - interval '29 days'`);
        await becomes(
          async () => {
            clock.advance(3_600_000);
            return kept();
          },
          [0, 0],
          30_000,
        );
        expect(clock.now() - startMs).toBeGreaterThan(day);
      });

      it('is forgotten without reading where all streams are', async () => {
        const { clock, db, time } = await buildWithUsers();
        await db.execute(sql`insert into inbox select 'user:' || at, 'auth', 1, 1 from generate_series(1, 20000) at`);
        await db.execute(sql`insert into erased_users select at::text, ${time()} from generate_series(1, 3) at`);
        await db.execute(sql`analyze inbox`);
        clock.advance(31 * 24 * 3_600_000);
        const read = await db.transaction(async (tx) => {
          const tables = { erasedUsers: harbourTables.erasedUsers, inbox: harbourTables.inbox };
          await createErasedUsers({ db: tx as unknown as Database, tables, time }).forgetOld();
          const [row] = await tx
            .select({ rows: sql<number>`seq_tup_read::int` })
            .from(sql`pg_stat_xact_user_tables`)
            .where(sql`relname = 'inbox'`);
          return row?.rows;
        });
        expect(read).toBe(0);
        expect(await db.$count(harbourTables.inbox)).toBe(19_997);
      });
    });
  });
};
