import { expect, it } from 'vitest';
import { silentLogger } from '../telemetry/telemetry.js';
import { createHttpServer } from './http.js';

/** A reference that leads nowhere. */
const broken = { type: 'object', properties: { coin: { $ref: 'https://nowhere.test/coin.json' } } };

it('fails the calls of a route with a broken schema, each in words, and no others', async () => {
  const app = createHttpServer({ log: silentLogger() });
  app.post('/body', { schema: { body: broken } }, async () => 'fine');
  app.get('/answer', { schema: { response: { 200: broken } } }, async () => ({ coin: 1 }));
  const good = { type: 'object', required: ['coin'], properties: { coin: { type: 'string' } } };
  app.post('/good', { schema: { body: good, response: { 200: good } } }, async ({ body }) => body as object);
  await app.ready();
  for (let call = 0; call < 2; call++) {
    for (const [method, url] of [
      ['POST', '/body'],
      ['GET', '/answer'],
    ] as const) {
      const answer = await app.inject({ method, url, ...(method === 'POST' ? { payload: { coin: 1 } } : {}) });
      expect([url, answer.statusCode, answer.json().detail]).toEqual([url, 500, 'Something went wrong on our side.']);
    }
    const post = (payload: object) => app.inject({ method: 'POST', url: '/good', payload });
    expect((await post({ coin: 'btc' })).json()).toEqual({ coin: 'btc' });
    expect((await post({})).json().errors).toEqual([{ field: 'coin', message: 'is required' }]);
    expect((await post({ coin: 'eth' })).json()).toEqual({ coin: 'eth' });
  }
  await app.close();
});
