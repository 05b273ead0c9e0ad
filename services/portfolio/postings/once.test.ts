import { systemClock as clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import { expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { createCommand } from './once.js';

const away = () => new AppError('unavailable', 'The database cannot be reached.', { retryAfterMs: 1_000 });

/** A database of which nothing is heard any more once it was told to commit. */
const losing = (db: Database) =>
  ({
    transaction: async (...of: Parameters<Database['transaction']>) => {
      await db.transaction(...of);
      throw away();
    },
  }) as unknown as Database;

it('a command whose commit is not answered may have been done and says so; one that never came that far was not', async () => {
  const postgres = await openEmbeddedDatabase();
  try {
    const command = createCommand({ db: losing(postgres.db), clock });
    await expect(command('p', async () => 'done')).rejects.toMatchObject({
      code: 'deadline_exceeded',
      message: expect.stringContaining('not known whether this was done'),
    });
    await expect(command('p', () => Promise.reject(away()))).rejects.toMatchObject({ code: 'unavailable' });
  } finally {
    await postgres.close();
  }
});

it('a command that waited while another one’s commit was not answered was never begun, and says so', async () => {
  const postgres = await openEmbeddedDatabase();
  try {
    const command = createCommand({ db: losing(postgres.db), clock });
    const begun: string[] = [];
    const make = (name: string) => command('p', async () => void begun.push(name));
    const [first, second] = await Promise.allSettled([make('first'), make('second')]);
    expect(first).toMatchObject({ reason: { code: 'deadline_exceeded' } });
    expect(second).toMatchObject({ reason: { code: 'unavailable', retryAfterMs: 1_000 } });
    expect(begun).toEqual(['first']);
  } finally {
    await postgres.close();
  }
});

it('a command that the database ends because it takes too long was not done, nor was what waited for it, and both say so', async () => {
  const postgres = await openEmbeddedDatabase();
  try {
    const command = createCommand({ db: postgres.db, clock });
    const tooLate = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
    const begun: string[] = [];
    const make = (name: string) =>
      command('p', async () => {
        begun.push(name);
        throw tooLate;
      });
    const nothingDone = {
      reason: { code: 'unavailable', retryAfterMs: 1_000, message: expect.stringContaining('nothing was changed') },
    };
    expect(await Promise.allSettled([make('first'), make('second')])).toMatchObject([nothingDone, nothingDone]);
    expect(begun).toEqual(['first']);
  } finally {
    await postgres.close();
  }
});
