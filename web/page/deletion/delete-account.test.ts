import { Problem } from '@tickfolio/client/problem';
import { expect, it } from 'vitest';
import { deleteAccount, newLinkToken } from './delete-account.js';

/** What becomes of it. @param refusal of the call; undefined for none @param known whether the link shows a deletion */
const outcomeOf = (refusal: Problem | undefined, known: boolean) => {
  const asked: string[] = [];
  const sent: unknown[] = [];
  const deps = {
    call: async (...request: unknown[]) => {
      sent.push(request);
      if (refusal) throw refusal;
    },
    ask: async (token: string) => {
      asked.push(token);
      if (!known) throw new Problem(404, 'none');
    },
  };
  const token = newLinkToken();
  return deleteAccount(deps, token).then(
    () => ({ asked: asked.length, sent, token, outcome: 'deleted' as const }),
    (thrown: unknown) => ({ asked: asked.length, sent, token, outcome: (thrown as Problem).status }),
  );
};

it('an account is deleted under a link that the page has made', async () => {
  const { sent, token, outcome } = await outcomeOf(undefined, true);
  expect(outcome).toBe('deleted');
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(sent).toEqual([['DELETE', '/api/v1/account', undefined, { 'idempotency-key': token }]]);
});

it.each([0, 401, 502, 503, 504])('whose answer was lost (%i) is looked for under that link', async (status) => {
  const lost = new Problem(status, 'lost');
  expect(await outcomeOf(lost, true)).toMatchObject({ outcome: 'deleted', asked: 1 });
  expect(await outcomeOf(lost, false)).toMatchObject({ outcome: status, asked: 1 });
});

it.each([403, 409, 429])('a refusal (%i) is one', async (status) => {
  expect(await outcomeOf(new Problem(status, 'refused'), true)).toMatchObject({ outcome: status, asked: 0 });
});
