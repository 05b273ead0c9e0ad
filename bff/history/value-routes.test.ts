import { systemClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff } from '../kit/bff.js';
import { createValueHistory } from './value-history.js';

it('answers who asks again only with what is new, keeps nothing on a disk, and gives nobody what is of somebody else', async () => {
  const postgres = await openTestPostgres();
  const bff = await startTestBff({ postgres });
  const [anna, berta] = [createUser(systemClock), createUser(systemClock)];
  const minuteMs = 60_000;
  const minute = Math.floor(systemClock.now() / minuteMs) * minuteMs;
  const history = createValueHistory(postgres.db);
  for (const ago of [3, 2, 1])
    await history.record(
      'real',
      minute - ago * minuteMs,
      [anna, berta].map(({ userId }) => ({ userId, value: `${ago}` })),
      false,
    );
  const ask = (user: typeof anna, query: string, headers: Record<string, string> = {}) =>
    fetch(`${bff.url}/api/v1/profile/value?${query}`, {
      headers: { authorization: `Bearer ${user.token}`, ...headers },
    });
  await expect.poll(async () => (await ask(anna, 'range=1h')).status).toBe(200);
  const first = await ask(anna, 'range=1h');
  const etag = first.headers.get('etag') ?? '';
  const { Points, StepSeconds } = (await first.json()) as {
    Points: { Time: string; Value: string }[];
    StepSeconds: number;
  };
  expect([StepSeconds, Points.map(({ Value }) => Value), first.headers.get('cache-control')]).toEqual([
    60,
    ['3', '2', '1'],
    'no-store',
  ]);
  expect((await ask(anna, 'range=1h', { 'if-none-match': etag })).status).toBe(304);
  expect((await ask(berta, 'range=1h', { 'if-none-match': etag })).status).toBe(200);
  const later = (await (await ask(anna, `range=1h&after=${Points[1]?.Time}`)).json()) as typeof first & {
    Points: unknown[];
  };
  expect(later.Points).toEqual(Points.slice(2));
  for (const noMoment of ['yesterday', '2026-12-31T23:59:60Z'])
    expect((await ask(anna, `range=1h&after=${noMoment}`)).status).toBe(400);
  await history.record('real', minute, [{ userId: anna.userId, value: '0' }], false);
  expect((await ask(anna, 'range=1h', { 'if-none-match': etag })).status).toBe(200);
  await bff.close();
});
