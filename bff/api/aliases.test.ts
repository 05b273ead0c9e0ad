import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { withoutAlias } from './aliases.js';

let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { maxAuthCalls: 2 } });
});
afterAll(async () => {
  await bff?.close();
  await postgres?.close();
});

it.each([
  ['/api/portfolio', '/api/v1/portfolios'],
  ['/api/portfolio/default?archived=true', '/api/v1/portfolios/default?archived=true'],
  ['/api/portfolios', '/api/portfolios'],
  ['/users', '/api/v1/auth/register'],
  ['/users?from=there', '/api/v1/auth/register?from=there'],
  ['/users.html', '/users.html'],
  ['/', '/'],
])('%s is %s', (url, meant) => {
  expect(withoutAlias(url)).toBe(meant);
});

it('somebody registers at the address of older documents as at that of here, under the same limit, and signs in', async () => {
  const post = (path: string, name: string) =>
    bff.call(undefined, 'POST', path, { name, password: 'correct horse battery' });
  expect((await post('/users', 'olderdocuments')).status).toBe(201);
  expect((await post('/api/v1/auth/register', 'olderdocuments')).status).toBe(409);
  expect((await post('/users', 'another')).status).toBe(429);
  expect((await post('/api/v1/auth/login', 'olderdocuments')).body.accessToken).toEqual(expect.any(String));
});
