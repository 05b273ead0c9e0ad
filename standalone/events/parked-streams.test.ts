import { migrationsFolder } from '@tickfolio/bff/app';
import { shareTestPglite } from '@tickfolio/lib/kit/pglite';
import { inboxTables } from '@tickfolio/lib/outbox/inbox';
import { expect, it } from 'vitest';
import { parkedInWords, releaseEverywhere } from './parked-streams.js';

it('names the streams that stand still, and has one go on by its name', async () => {
  const { db } = await shareTestPglite(migrationsFolder);
  const parked = { topic: 'user-events', source: 'auth', epoch: 1, reason: 'user.deleted has schema 2' };
  const at = (stream: string, version: number, minute: number) => ({
    ...parked,
    stream,
    version,
    parkedAt: new Date(Date.UTC(2026, 10, 29, 8, minute)),
  });
  await db.insert(inboxTables().parkedStreams).values([at('user:u2', 7, 2), at('user:u1', 3, 1)]);
  const services = [{ name: 'bff', db }];
  const second =
    'user:u2 stands in bff at event 7 (user-events) since 2026-11-29T08:02:00.000Z: user.deleted has schema 2';
  expect(await parkedInWords(services)).toEqual([expect.stringMatching(/^user:u1 stands in bff at event 3 /), second]);
  expect(await releaseEverywhere(services, 'user:u3')).toEqual([]);
  expect(await releaseEverywhere(services, 'user:u1')).toEqual(['bff']);
  expect(await parkedInWords(services)).toEqual([second]);
});
