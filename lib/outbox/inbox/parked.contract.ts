import { isNull } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../errors/errors.js';
import { userEvents } from '../../events/user-events.js';
import { becomes, passing } from '../../kit/becomes.js';
import type { Postgres } from '../../postgres/postgres.js';
import { source } from '../kit/boats.js';
import { buildHarbour } from './kit/build-harbour.js';
import { forbidden, harbourTables, tooFar } from './kit/harbour.js';
import { consumedTopic } from './taking/consumed-topic.js';
import { readKept } from './taking/incoming.js';
import { createParked, releaseStream } from './taking/parked.js';

/** How often it is looked for streams that were released. */
const lookMs = 10_000;

/** What holds of events that cannot be taken in, and of their streams until they go on, on every adapter of the database. */
export const describeParking = (name: string, open: () => Promise<Postgres>): void => {
  describe(`streams of an inbox that are parked on ${name}`, () => {
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

    it.each([
      ['of which the service says that it can never be', forbidden, {}, 'No boat may go there.'],
      ['that the database refuses for what it is', tooFar, {}, 'the database refuses it: 23514 arrivals_at_check'],
      [
        'of a schema that is not known yet',
        3,
        { schema: 2 },
        'boat.moved has schema 2, and 1 is the newest known here',
      ],
      ['that is no event of its topic', 0.5, {}, 'data.to must be integer'],
    ])('sends an event to the dead letters %s, and parks its stream alone', async (_words, to, more, reason) => {
      const { begin, fleet, deliver, noted, scripted, clock, db, time } = await build();
      const { problem, metric } = await begin();
      const sent = [
        fleet.move('a', 1),
        fleet.move('b', 1),
        fleet.move('a', to, more),
        fleet.move('a', 4),
        fleet.move('b', 2),
      ];
      await deliver(...sent);
      const others = { 'boat:b': ['1 to 1', '2 to 2'] };
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1'], ...others });
      expect(scripted.dead()).toEqual([`boat-events.dlq ${reason}`]);
      const [letter] = scripted.appended;
      expect(Buffer.from(letter?.message.value ?? '')).toEqual(Buffer.from(sent[2]?.value ?? ''));
      expect(letter?.message.headers).toMatchObject({ 'origin-topic': 'boat-events', 'origin-offset': '2' });
      expect(problem()).toBe('a stream is parked: boat:a');
      expect(await metric('streams_parked')).toBe(1);
      await deliver(fleet.move('a', 5));
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1'], ...others });

      // It was mended, by what the owner says or by a newer build.
      fleet.mend('boat:a', 2, 3);
      expect(await releaseStream({ db, tables: harbourTables, time }, 'boat:a')).toBe(true);
      await becomes(passing(clock, lookMs, noted), { 'boat:a': ['1 to 1', '2 to 3', '3 to 4', '4 to 5'], ...others });
      await becomes(problem, undefined);
      expect(await releaseStream({ db, tables: harbourTables, time }, 'boat:a')).toBe(false);
    });

    it('parks a stream again that was released too early, and asks the dead letters first', async () => {
      const { begin, fleet, deliver, noted, scripted, clock, db, time } = await build();
      const { problem } = await begin();
      const poison = fleet.move('a', forbidden);
      scripted.set.append = async () => {
        throw new AppError('unavailable', 'Kafka is away.');
      };
      await expect(deliver(poison)).rejects.toThrow('Kafka is away.');
      expect(problem()).toBe('partition 0 of boat-events does not get on: Kafka is away.');
      scripted.set.append = async () => undefined;
      await deliver(poison);
      await releaseStream({ db, tables: harbourTables, time }, 'boat:a');
      await becomes(
        passing(clock, lookMs, () => scripted.dead().length),
        2,
      );
      await becomes(problem, 'a stream is parked: boat:a');
      expect(await noted()).toEqual({});
    });

    it('lets a released stream go on while the owner of another one is away', async () => {
      const { start, reads, boats, fleet, deliver, noted, scripted, clock, db, time } = await build();
      const around = { id: 'e1', source: 'auth', epoch: 1, time: '2026-11-28T07:40:00.123Z', userId: 'u1' };
      const gone = { ...around, stream: 'user:u1', version: 1, type: 'user.deleted', data: {} } as const;
      let isAway = false;
      const users = consumedTopic({
        topic: userEvents,
        owner: async () => {
          if (isAway) throw new AppError('unavailable', 'Accounts are away.');
          return { events: [], next: 0, stream: { lastVersion: 0, epoch: 1 } };
        },
        apply: async () => {
          throw new AppError('failed_precondition', 'Nobody goes.');
        },
      });
      const { problem } = await start({ topics: [users, boats] });
      await reads();
      await reads(1, userEvents.name);
      await scripted.deliver(userEvents.name, [userEvents.messageOf(gone)]);
      await deliver(fleet.move('a', forbidden));
      expect(problem()).toBe('2 streams are parked: boat:a, user:u1');
      isAway = true;
      fleet.mend('boat:a', 1, 3);
      for (const stream of ['user:u1', 'boat:a']) await releaseStream({ db, tables: harbourTables, time }, stream);
      await becomes(passing(clock, lookMs, noted), { 'boat:a': ['1 to 3'] });
    });

    it('sends what is no event at all to the dead letters, and goes on', async () => {
      const { begin, fleet, deliver, noted, scripted } = await build();
      const { problem } = await begin();
      await deliver({ key: 'a', value: '{"type":' }, fleet.move('a', 1), { key: 'a', value: '{"type":"boat.moved"}' });
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1'] });
      expect(scripted.dead()).toEqual([
        'boat-events.dlq the message is not JSON',
        expect.stringMatching(/^boat-events.dlq event must have required properties /),
      ]);
      expect(problem()).toBeUndefined();
    });

    it('sends that to the dead letters once, however often its batch comes again while the owner is away', async () => {
      const { begin, fleet, deliver, noted, scripted } = await build();
      await begin();
      fleet.move('a', 1);
      const batch = [{ key: 'a', value: '{"type":' }, fleet.move('a', 2)];
      fleet.set.list = async () => {
        throw new AppError('unavailable', 'The fleet is away.');
      };
      for (let times = 0; times < 3; times++) await expect(deliver(...batch)).rejects.toThrow('The fleet is away.');
      fleet.set.list = async () => undefined;
      await deliver(...batch);
      expect(await noted()).toEqual({ 'boat:a': ['1 to 1', '2 to 2'] });
      expect(scripted.dead()).toEqual(['boat-events.dlq the message is not JSON']);
    });

    it('parks a stream of which its owner has less than the log', async () => {
      const { begin, fleet, deliver, scripted } = await build();
      await begin();
      fleet.move('a', 1);
      fleet.move('a', 2);
      const third = fleet.move('a', 3);
      fleet.erase(({ version }) => version > 1);
      await deliver(third);
      expect(scripted.dead()).toEqual(['boat-events.dlq its owner has no more than 1 events of the stream']);
    });

    it('takes in what the others say in a topic of its own, and parks where it cannot know what was before', async () => {
      const { start, reads, scripted } = await build();
      const said: string[] = [];
      const erasures = consumedTopic({
        topic: userEvents,
        apply: async (_tx, event) => {
          if (event.type === 'user.erased') said.push(`${event.userId} ${event.data.service}`);
        },
      });
      await start({ topics: [erasures] });
      await reads(1, userEvents.name);
      const around = { id: 'e1', epoch: 1, time: '2026-11-28T07:40:00.123Z', userId: 'u1' };
      const erasedBy = (service: string, version = 1) =>
        userEvents.messageOf({
          ...around,
          source: service,
          stream: `erasure:u1:${service}`,
          version,
          type: 'user.erased',
          data: { service },
        });
      const own = { ...around, source: 'auth', stream: 'user:u1', version: 7, type: 'user.deleted', data: {} } as const;
      await scripted.deliver(userEvents.name, [
        erasedBy('bff'),
        userEvents.messageOf(own),
        erasedBy('portfolio', 2),
        erasedBy('bff'),
      ]);
      expect(said).toEqual(['u1 bff']);
      expect(scripted.dead()).toEqual([
        'user-events.dlq events before it are missing, and nobody can be asked for them',
      ]);
    });

    it('takes in what it was parked for once it is released, also where nobody can be asked for it', async () => {
      const { start, reads, scripted, clock, db, time } = await build();
      const said: string[] = [];
      let isReady = false;
      const erasures = consumedTopic({
        topic: userEvents,
        apply: async (_tx, event) => {
          if (event.type !== 'user.erased') return;
          if (!isReady) throw new AppError('failed_precondition', 'Nobody knows the service.');
          said.push(`${event.userId} ${event.data.service}`);
        },
      });
      const { problem } = await start({ topics: [erasures] });
      await reads(1, userEvents.name);
      const around = { id: 'e1', epoch: 1, time: '2026-11-28T07:40:00.123Z', userId: 'u1' };
      const [source, stream] = ['orders', 'erasure:u1:orders'];
      const event = { ...around, source, stream, version: 1, type: 'user.erased', data: { service: source } } as const;
      await scripted.deliver(userEvents.name, [userEvents.messageOf(event)]);
      expect(problem()).toBe(`a stream is parked: ${stream}`);
      await releaseStream({ db, tables: harbourTables, time }, stream);
      await becomes(
        passing(clock, lookMs, () => scripted.dead().length),
        2,
      );
      const { parkedStreams } = harbourTables;
      await becomes(() => db.$count(parkedStreams, isNull(parkedStreams.releasedAt)), 1);
      isReady = true;
      await releaseStream({ db, tables: harbourTables, time }, stream);
      await becomes(
        passing(clock, lookMs, () => said),
        ['u1 orders'],
      );
      await becomes(
        passing(clock, lookMs, () => db.$count(parkedStreams)),
        0,
      );
    });

    it('goes on with a stream that is released in the moment in which it was parked again', async () => {
      const { boats, fleet, clock, db, time } = await build();
      const deps = { db, tables: harbourTables, time };
      const parked = createParked(deps);
      const event = readKept(boats, source, String(fleet.move('a', 1).value));
      if (!event) return expect.unreachable();
      const park = async () => {
        clock.advance(1);
        await parked.park(event, 'No boat may go there.');
        await releaseStream(deps, event.stream);
        return parked.released(source);
      };
      const [first] = await park();
      const [second] = await park();
      if (!first || !second) return expect.unreachable();
      await parked.goneOn(first);
      expect(await parked.released(source)).toEqual([second]);
      await parked.goneOn(second);
      expect(await parked.released(source)).toEqual([]);
    });
  });
};
