import { describe, expect, it } from 'vitest';
import { readToken } from './access-token.js';
import { createBrowser, lifeSeconds } from './kit/browser.js';

const coin = { symbol: 'btcusdt', quantity: '1' };

describe('what somebody began', () => {
  it('is not carried out for who signed in meanwhile in another tab', async () => {
    const { openTab, server } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    server.takes = (userId) => {
      if (userId === 'u1') server.userId = 'u2';
      return userId !== 'u1';
    };
    await expect(tab.call('POST', '/api/v1/profile/coins', coin)).rejects.toMatchObject({ status: 401 });
    expect(server.done).toEqual([]);
  });
  it('is not carried out for them either where the token had to be renewed first', async () => {
    const { openTab, server, advance } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    server.down = true;
    await advance(lifeSeconds * 1_000);
    server.down = false;
    server.userId = 'u2';
    await expect(tab.call('POST', '/api/v1/profile/coins', coin)).rejects.toMatchObject({ status: 401 });
    expect(server.done).toEqual([]);
  });
  it('is carried out after a renewal for who began it', async () => {
    const { openTab, server } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    let asked = 0;
    server.takes = () => ++asked > 1;
    await tab.call('POST', '/api/v1/profile/coins', coin);
    expect(server.done).toEqual([{ userId: 'u1', body: JSON.stringify(coin) }]);
  });
});

describe('signing out', () => {
  /** A renewal whose answer waits until it is let go. */
  const holdRefresh = (server: ReturnType<typeof createBrowser>['server']): (() => void) => {
    let letGo: () => void = () => undefined;
    server.refreshed = new Promise((resolve) => {
      letGo = resolve;
    });
    return letGo;
  };
  it.each(['with locks', 'without locks'])(
    'during a renewal stays signed out when its answer comes, %s',
    async (kind) => {
      const { openTab, server, settle } = createBrowser();
      const tab = openTab(kind === 'with locks' ? {} : { locks: undefined });
      await tab.signIn('maria', 'x');
      const letGo = holdRefresh(server);
      const renewal = tab.renew().catch((thrown: unknown) => thrown);
      await settle();
      await tab.signOut();
      expect(tab.state.kind).toBe('signed-out');
      letGo();
      expect(await renewal).toMatchObject({ name: 'Problem' });
      await settle();
      expect(tab.state.kind).toBe('signed-out');
    },
  );
  it('is not undone by a token of that session that another tab hands on late, and a new sign-in is', async () => {
    const { openTab, channel } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    const old = await tab.token();
    await tab.signOut();
    channel.postMessage({ type: 'token', token: old });
    expect(tab.state.kind).toBe('signed-out');
    await openTab().signIn('maria', 'x');
    expect(tab.state.kind).toBe('signed-in');
  });
  it('of a session that is gone does not sign out who signed in anew since', async () => {
    const { openTab, channel } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    const session = readToken(await tab.token())?.sessionId;
    await tab.signOut();
    await tab.signIn('maria', 'x');
    channel.postMessage({ type: 'signed-out', session });
    expect(tab.state.kind).toBe('signed-in');
    channel.postMessage({ type: 'signed-out' }); // Of a page of before an update.
    expect(tab.state.kind).toBe('signed-out');
  });
  it('goes on being signed in, and renewed, where the server does not answer it', async () => {
    const { openTab, server, advance, settle } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    holdRefresh(server);
    void tab.renew().catch(() => undefined);
    await settle();
    server.down = true;
    await expect(tab.signOut()).rejects.toMatchObject({ status: 0 });
    server.down = false;
    server.refreshed = Promise.resolve();
    const before = server.refreshes;
    await advance(lifeSeconds * 1_000);
    expect(server.refreshes).toBeGreaterThan(before);
    expect(tab.state.kind).toBe('signed-in');
  });
});

it('renews a token of thirty days when it is due, and not again and again', async () => {
  const { openTab, server, advance } = createBrowser();
  server.tokenSeconds = 30 * 86_400;
  const tab = openTab();
  await tab.signIn('maria', 'x');
  await advance(29 * 86_400_000);
  expect(server.refreshes).toBe(0);
  await advance(86_400_000);
  expect(server.refreshes).toBe(1);
});
