import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createWatchedLists } from './watched-lists.js';

const list = { version: 1, symbols: [] };

it('is read again for who stays until it can be read, and not for who left meanwhile', async () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const taken: string[] = [];
  let isAway = true;
  const lists = createWatchedLists({
    read: async (userId) => {
      asked.push(userId);
      if (isAway) throw new AppError('unavailable', 'It cannot be reached.');
      return list;
    },
    clock,
    log: silentLogger(),
    taken: (userId) => void taken.push(userId),
  });
  for (const userId of ['stays', 'leaves', 'is back']) lists.want(userId);
  for (const userId of ['leaves', 'is back']) lists.forget(userId);
  lists.want('is back');
  await clock.advanceAsync(2_000);
  isAway = false;
  await clock.advanceAsync(2_000);
  expect(asked.filter((userId) => userId === 'leaves')).toHaveLength(1);
  expect(taken.sort()).toEqual(['is back', 'stays']);
  lists.close();
});
