import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { createClient } from '../client.js';

const tokenOf = (user: string): string =>
  `h.${btoa(JSON.stringify({ sub: user, name: user, sid: `s-${user}`, iat: 0, exp: 900 }))}.s`;

/** A client, and a server that knows users by their refresh tokens, which are `<user>-<number>`. */
const build = () => {
  const clock = createManualClock();
  const server = {
    /** A renewal of a user is answered after this. */
    held: new Map<string, Promise<void>>(),
    /** Whom a status is answered at a renewal instead. */
    refuses: new Map<string, number>(),
    asked: [] as string[],
  };
  let given = 0;
  const fetch = (async (url: string, init: RequestInit) => {
    const path = url.replace('http://tickfolio/api/v1', '');
    const headers = new Headers(init.headers);
    const entered = (user: string) => {
      const cookie = `refreshToken=${user}-${++given}; Path=/api/v1/auth; HttpOnly`;
      return new Response(JSON.stringify({ accessToken: tokenOf(user) }), { headers: { 'set-cookie': cookie } });
    };
    if (path === '/auth/login') return entered((JSON.parse(String(init.body)) as { name: string }).name);
    if (path === '/auth/refresh') {
      const user = /refreshToken=([^-]*)/.exec(headers.get('cookie') ?? '')?.[1] ?? '';
      server.asked.push(`renews ${user}`);
      await server.held.get(user);
      const status = server.refuses.get(user);
      return status === undefined ? entered(user) : new Response('{}', { status });
    }
    const bearer = headers.get('authorization')?.split('.')[1] ?? '';
    server.asked.push(`${init.method} as ${(JSON.parse(atob(bearer)) as { sub: string }).sub}`);
    return new Response('{}');
  }) as typeof globalThis.fetch;
  const t = createClient({ url: 'http://tickfolio', fetch }, { clock, idleClock: clock, random: () => 0 });
  return { t, server, clock };
};
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

it('is the user whose session it resumed, also where one of another user was being renewed', async () => {
  const { t, server, clock } = build();
  await t.signIn('anna', 'x');
  let letGo: () => void = () => undefined;
  server.held.set(
    'anna',
    new Promise((resolve) => {
      letGo = resolve;
    }),
  );
  clock.advance(850_000); // The renewal is on its way.
  const readAsAnna = t.portfolio.read().then(
    () => 'read',
    ({ status }) => status,
  );
  const resumed = t.resume('ben-0');
  await settled();
  letGo();
  await resumed;
  expect(t.user?.name).toBe('ben');
  await t.portfolio.add('btcusdt', '1');
  expect(server.asked.at(-1)).toBe('POST as ben');
  await readAsAnna;
  clock.advance(850_000);
  await settled();
  expect(server.asked.at(-1)).toBe('renews ben');
  t.close();
});

it.each([503, 401])('stays who it was where a session cannot be resumed (%i)', async (status) => {
  const { t, server, clock } = build();
  await t.signIn('anna', 'x');
  server.refuses.set('ben', status);
  await expect(t.resume('ben-0')).rejects.toMatchObject({ status });
  expect(t.user?.name).toBe('anna');
  await t.portfolio.read();
  expect(server.asked.at(-1)).toBe('GET as anna');
  clock.advance(850_000);
  await settled();
  expect([server.asked.at(-1), t.user?.name]).toEqual(['renews anna', 'anna']);
  t.close();
});

it('goes on with a token that is still good while nobody can renew it, and renews it later', async () => {
  const { t, server, clock } = build();
  await t.signIn('anna', 'x');
  server.refuses.set('anna', 503);
  for (const secondsLeft of [180, 60, 30, 5]) {
    await clock.advanceAsync(900_000 - secondsLeft * 1_000 - clock.monotonic());
    await t.portfolio.read();
    expect(server.asked.at(-1), `${secondsLeft} s left`).toBe('GET as anna');
  }
  // Once in five seconds of the last two minutes, and not with each call.
  expect(server.asked.filter((what) => what === 'renews anna').length).toBeLessThan(30);
  server.refuses.clear();
  await clock.advanceAsync(5_000);
  expect(server.asked.at(-1)).toBe('renews anna');
  await t.portfolio.read();
  server.refuses.set('anna', 503);
  await clock.advanceAsync(900_000);
  const ended = t.call('POST', '/api/v1/anything');
  await expect(ended).rejects.toMatchObject({ status: 503 });
  t.close();
});
