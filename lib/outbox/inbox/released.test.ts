import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../errors/errors.js';
import { userEvents } from '../../events/user-events.js';
import { becomes, passing } from '../../kit/becomes.js';
import { shareTestPglite } from '../../kit/pglite.js';
import type { Postgres } from '../../postgres/postgres.js';
import { buildHarbour } from './kit/build-harbour.js';
import { forbidden, harbourMigrations, harbourTables } from './kit/harbour.js';
import { consumedTopic } from './taking/consumed-topic.js';
import { releaseStream } from './taking/parked.js';

/** How often it is looked for streams that were released. */
const lookMs = 10_000;
/** More than go on in one round. */
const many = 22;

let postgres: Postgres;
let harbour: ReturnType<typeof buildHarbour>;
const build = async () => {
  postgres = await shareTestPglite(harbourMigrations);
  harbour = buildHarbour(postgres);
  const { db, time } = harbour;
  const release = (stream: string) => releaseStream({ db, tables: harbourTables, time }, stream);
  return { ...harbour, release };
};
afterEach(async () => {
  await harbour.close();
  await postgres.close();
});

describe('of very many streams that were released', () => {
  it('those of one owner go on while another one is away, however many of that one wait', async () => {
    const { start, reads, boats, fleet, deliver, noted, scripted, clock, release } = await build();
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
    await start({ topics: [users, boats] });
    await reads();
    await reads(1, userEvents.name);
    const goneOf = (userId: string) => {
      const around = { id: 'e1', source: 'auth', epoch: 1, time: '2026-11-28T07:40:00.123Z', userId };
      return { ...around, stream: `user:${userId}`, version: 1, type: 'user.deleted', data: {} } as const;
    };
    const userIds = Array.from({ length: many }, (_, at) => `u${at}`);
    await scripted.deliver(
      userEvents.name,
      userIds.map((userId) => userEvents.messageOf(goneOf(userId))),
    );
    await deliver(fleet.move('z', forbidden));
    isAway = true;
    fleet.mend('boat:z', 1, 3);
    for (const userId of userIds) await release(`user:${userId}`);
    await release('boat:z');
    await becomes(passing(clock, lookMs, noted), { 'boat:z': ['1 to 3'] });
  });

  it('those that can go on do, however many of the same owner cannot yet', async () => {
    const { begin, fleet, deliver, noted, clock, release } = await build();
    await begin();
    const names = Array.from({ length: many }, (_, at) => `b${String(at).padStart(2, '0')}`);
    for (const name of [...names, 'z']) await deliver(fleet.move(name, forbidden));
    fleet.set.list = async (asked) => {
      if ('stream' in asked && asked.stream.startsWith('boat:b'))
        throw new AppError('unavailable', 'Nobody knows of that boat at the moment.');
    };
    fleet.mend('boat:z', 1, 3);
    for (const name of [...names, 'z']) await release(`boat:${name}`);
    await becomes(passing(clock, lookMs, noted), { 'boat:z': ['1 to 3'] });
  });
});

it('it is told of a stream that its owner does not have any more since it was restored', async () => {
  const { begin, fleet, deliver, noted, clock } = await build();
  const { told } = await begin();
  await deliver(fleet.move('a', 1));
  const restore = fleet.backup();
  await deliver(fleet.move('lost', 1));
  restore();
  await deliver(fleet.move('a', 2));
  await becomes(
    passing(clock, 1_000, () => told.filter((words) => words.includes('lost'))),
    ['boat:lost 1', 'boat:lost is empty'],
  );
  expect(await noted()).toEqual({ 'boat:a': ['1 to 1', '2 to 2'] });
});
