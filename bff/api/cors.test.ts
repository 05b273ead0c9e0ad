import { systemClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';

const page = 'https://app.example.com';
let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { allowedOrigins: [page] } });
});
afterAll(async () => {
  await bff.close();
  await postgres.close();
});

const ask = async (
  method: string,
  path: string,
  origin: string | undefined,
  headers: Record<string, string> = {},
  at = bff.url,
) => {
  const answer = await fetch(`${at}${path}`, { method, headers: { ...(origin ? { origin } : {}), ...headers } });
  const text = await answer.text();
  const cors = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
  return { status: answer.status, header: (name: string) => answer.headers.get(name), cors, text };
};
const preflight = (path: string, method: string, origin: string) =>
  ask('OPTIONS', path, origin, {
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  });

describe('a page of an allowed origin', () => {
  it.each([
    ['/api/v1/profile/coins', 'DELETE'],
    ['/api/v1/profile/coins', 'POST'],
    ['/api/v1/auth/refresh', 'POST'],
    ['/api/v1/profile', 'GET'],
  ])('may ask for %s by %s, with the cookie', async (path, method) => {
    const { status, header } = await preflight(path, method, page);
    expect(status).toBe(204);
    expect(header('access-control-allow-origin')).toBe(page);
    expect(header('access-control-allow-credentials')).toBe('true');
    expect(header('access-control-allow-methods')?.split(', ')).toContain(method);
    expect(header('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'content-type']),
    );
    expect(header('access-control-max-age')).toBe('600');
    expect(header('vary')).toMatch(/\bOrigin\b/i);
  });

  it('may read the answers, refusals and their headers included', async () => {
    const { token } = createUser(systemClock);
    for (const [headers, expected] of [
      [{ authorization: `Bearer ${token}` }, 200],
      [{}, 401],
    ] as const) {
      const { status, header } = await ask('GET', '/api/v1/profile', page, headers);
      expect([status, header('access-control-allow-origin'), header('access-control-allow-credentials')]).toEqual([
        expected,
        page,
        'true',
      ]);
      expect(header('access-control-expose-headers')).toContain('retry-after');
      expect(header('vary')).toMatch(/\bOrigin\b/i);
    }
    expect((await ask('GET', '/api/v1/nothing', page)).header('access-control-allow-origin')).toBe(page);
  });
});

describe('anybody else', () => {
  it.each(['https://evil.example', 'https://app.example.com.evil.example', 'http://app.example.com', 'null'])(
    'such as %s may not',
    async (origin) => {
      const { status, cors, header, text } = await preflight('/api/v1/profile/coins', 'POST', origin);
      expect([status, cors]).toEqual([405, []]);
      expect(JSON.parse(text)).toMatchObject({ status: 405, title: 'Method not allowed' });
      expect(header('allow')).toBe('DELETE, POST');
      const answer = await ask('GET', '/api/v1/profile', origin);
      expect([answer.status, answer.cors]).toEqual([401, []]);
      expect(answer.header('vary')).toMatch(/\bOrigin\b/i); // A cache must not give one origin's answer to another.
    },
  );
  it('that is no browser notices nothing', async () => {
    expect((await ask('GET', '/health', undefined)).cors).toEqual([]);
  });
  it('is refused wherever no origin is allowed', async () => {
    const closed = await startTestBff({ postgres });
    const headers = { 'access-control-request-method': 'POST' };
    const answer = await ask('OPTIONS', '/api/v1/profile/coins', page, headers, closed.url);
    expect([answer.status, answer.cors]).toEqual([405, []]);
    await closed.close();
  });
});
