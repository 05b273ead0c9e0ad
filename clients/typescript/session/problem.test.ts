import { expect, it } from 'vitest';
import { problemOf } from './problem.js';

const answered = (body: unknown) => problemOf(new Response(JSON.stringify(body), { status: 422 }));

it('says what is behind a refusal: the fields at fault, and the numbers', async () => {
  const problem = await answered({
    ...{ detail: 'The order is not valid.', code: 'urn:tickfolio:problem:lot-size' },
    errors: [{ field: 'quantity', message: 'is no multiple of 0.00001', reason: 'lot-size' }],
    facts: { bound: '0.00001', nearest: '0.12346' },
  });
  expect([problem.status, problem.reason, problem.reasons.get('quantity')]).toEqual([422, 'lot-size', 'lot-size']);
  expect(problem.facts).toEqual({ bound: '0.00001', nearest: '0.12346' });
});

it('has no facts where the server says none, or something in between answers', async () => {
  expect((await answered({ detail: 'no' })).facts).toEqual({});
  expect((await answered({ facts: ['of', 'something else'] })).facts).toEqual({});
  expect((await problemOf(new Response('<html>', { status: 502 }))).facts).toEqual({});
});
