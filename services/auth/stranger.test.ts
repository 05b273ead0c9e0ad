import { createManualClock } from '@tickfolio/lib/clock';
import { timeOf } from '@tickfolio/lib/postgres';
import { afterAll, expect, it } from 'vitest';
import { startTestAuth } from './kit/auth.js';
import { createAuthenticator } from './kit/authenticator.js';
import { openEmbeddedDatabase } from './kit/database.js';
import { createOwner, waysInto, wordOf } from './kit/user.js';

// What strangers and owners meet who did something odd.

const postgres = await openEmbeddedDatabase();
const clock = createManualClock(Date.UTC(2026, 10, 29));
const auth = await startTestAuth(postgres, {}, clock, timeOf(clock));
afterAll(async () => {
  await auth.close();
  await postgres.close();
});

it('refuses a passkey whose id is no text of a database, as any other that is unknown', async () => {
  const ways = waysInto(auth);
  const { ticket, optionsJson } = await ways.beginPasskey();
  const response = { ...JSON.parse(createAuthenticator().sign({ optionsJson })), id: 'a\u0000' };
  expect(await wordOf(ways.passkey(ticket, JSON.stringify(response)))).toBe('unauthenticated');
});

it('lets in with the new password who recovered after guessing too often', async () => {
  const owner = await createOwner(auth);
  const ways = waysInto(auth);
  for (let i = 0; i < 10; i++) expect(await wordOf(ways.login(owner.name, `wrong guess ${i}`))).toBe('unauthenticated');
  expect(await wordOf(ways.recover(owner.name, owner.codes[0] ?? '', 'another good password'))).toBe('done');
  expect(await wordOf(ways.login(owner.name, 'another good password'))).toBe('done');
});
