import { expect, it } from 'vitest';
import { createBrowser } from './kit/browser.js';
import { createRepeatedCall } from './repeated-call.js';

it('repeats no change of one user for another one who signed in meanwhile', async () => {
  const { openTab, server, clock, advance, settle } = createBrowser();
  const tab = openTab();
  await tab.signIn('maria', 'x');
  const call = createRepeatedCall({
    call: tab.call,
    userId: () => (tab.state.kind === 'signed-in' ? tab.state.userId : undefined),
    clock,
    random: () => 1,
    onPause: undefined,
  });
  server.down = true;
  const change = call(
    'POST',
    '/api/v1/profile/coins',
    { symbol: 'btcusdt', quantity: '1' },
    { 'idempotency-key': 'k' },
  ).catch((thrown: unknown) => thrown);
  await settle();
  server.down = false;
  server.userId = 'u2';
  await tab.signIn('bob', 'x');
  await advance(30_000);
  expect(await change).toMatchObject({ status: 401 });
  expect(server.done).toEqual([]);
});
