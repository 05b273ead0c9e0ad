import { expect, it } from 'vitest';
import { createBrowser, lifeSeconds } from './kit/browser.js';

it('renews nothing more once it was closed, also where it was closed during a renewal', async () => {
  const { openTab, server, advance, settle } = createBrowser();
  const tab = openTab();
  await tab.signIn('maria', 'x');
  let letGo: () => void = () => undefined;
  server.refreshed = new Promise((resolve) => {
    letGo = resolve;
  });
  await advance((lifeSeconds - 119) * 1_000); // The renewal is on its way.
  expect(server.refreshes).toBe(1);
  tab.close();
  letGo();
  await settle();
  await advance(3 * lifeSeconds * 1_000);
  expect(server.refreshes).toBe(1);
});
