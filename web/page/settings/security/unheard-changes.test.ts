import { Problem } from '@tickfolio/client/problem';
import type { Session } from '@tickfolio/client/session';
import { expect, it } from 'vitest';
import { createAppConfirmation, createPasswordChange } from './unheard-changes.js';

/** An account at a server whose next answers may get lost. */
const build = () => {
  const server = { password: 'the old one', totp: false, loses: false, asked: [] as string[] };
  const refuse = (status: number, field: string, reason: string) =>
    new Problem(status, 'no', { reasons: new Map([[field, reason]]) });
  const answer = (path: string, body: Record<string, string>): object => {
    if (path.endsWith('/password')) {
      if (body.old !== server.password) throw refuse(403, 'old', 'wrong-password');
      server.password = body.new ?? '';
    }
    if (path.endsWith('/reauthenticate') && body.password !== server.password)
      throw refuse(403, 'password', 'wrong-password');
    if (path.endsWith('/confirm')) {
      if (server.totp) throw refuse(409, 'code', 'totp-not-begun');
      server.totp = true;
    }
    return { totp: server.totp };
  };
  const call = (async (method: string, path: string, body: Record<string, string> = {}) => {
    server.asked.push(`${method} ${path.split('/').at(-1)}`);
    const told = answer(path, body);
    if (server.loses) throw new Problem(0, '');
    return told;
  }) as Session['call'];
  return { server, call };
};

it('says that the password is changed where the answer of the try before was lost', async () => {
  const { server, call } = build();
  const change = createPasswordChange(call);
  server.loses = true;
  await expect(change('the old one', 'the new one')).rejects.toMatchObject({ status: 0 });
  server.loses = false;
  expect(await change('the old one', 'the new one')).toBe('done');
  expect(server.asked).toEqual(['POST password', 'POST password', 'POST reauthenticate']);
});

it('says that the password is that of the try before where another one is wanted now', async () => {
  const { server, call } = build();
  const change = createPasswordChange(call);
  server.loses = true;
  await expect(change('the old one', 'the new one')).rejects.toMatchObject({ status: 0 });
  server.loses = false;
  expect(await change('the old one', 'a third one')).toBe('before');
  expect(await change('the new one', 'a third one')).toBe('done');
});

it('is refused as ever where the old password is wrong', async () => {
  const { server, call } = build();
  const change = createPasswordChange(call);
  await expect(change('a guess', 'the new one')).rejects.toMatchObject({ status: 403 });
  server.loses = true;
  server.password = 'another one meanwhile';
  await expect(change('another one meanwhile', 'the new one')).rejects.toMatchObject({ status: 0 });
  server.loses = false;
  server.password = 'changed elsewhere';
  await expect(change('a guess', 'the new one')).rejects.toMatchObject({ status: 403 });
  expect(server.asked.at(-1)).toBe('POST reauthenticate');
});

it('says that the app is set up where the answer to its first code was lost', async () => {
  const { server, call } = build();
  const confirm = createAppConfirmation(call);
  server.loses = true;
  await expect(confirm('123456')).rejects.toMatchObject({ status: 0 });
  server.loses = false;
  await confirm('123456');
  const other = createAppConfirmation(call);
  await expect(other('123456')).rejects.toMatchObject({ status: 409 });
});
