import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { bodyOf } from './problem.js';
import { createServerCalls } from './server-calls.js';

it('leaves nothing behind on a signal that outlives its calls', async () => {
  const { ask } = createServerCalls((async () => new Response('{}')) as typeof fetch, false);
  const { signal } = new AbortController();
  for (let call = 0; call < 20; call++) await ask('/api/v1/profile', { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('takes for the server only what has the names that it was asked for', async () => {
  const answerOf = (json: string) => bodyOf(new Response(json), 'Symbols');
  for (const json of ['null', '[]', '"Wi-Fi"', '7', '{}', '{"symbols":[]}', '<html>'])
    await expect(answerOf(json), json).rejects.toMatchObject({ name: 'Problem', status: 0 });
  expect(await answerOf('{"Symbols":[]}')).toEqual({ Symbols: [] });
});

it('tells what is no answer of the server as a problem', async () => {
  const page = async () =>
    new Response('<html>Sign in to the Wi-Fi</html>', { status: 200, headers: { 'content-type': 'text/html' } });
  const { post } = createServerCalls(page as typeof fetch, false);
  await expect(post('/api/v1/auth/login', {})).rejects.toMatchObject({ name: 'Problem' });
});
