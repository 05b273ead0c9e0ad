import { describe, expect, it } from 'vitest';
import { createBrowser, lifeSeconds } from './kit/browser.js';

describe('a session', () => {
  it('asks nothing of the server for who never signed in', async () => {
    const { openTab, server, settle } = createBrowser();
    const tab = openTab();
    await settle();
    expect([tab.state.kind, server.refreshes]).toEqual(['signed-out', 0]);
  });
  it('is renewed once for all tabs, before its end', async () => {
    const { openTab, server, advance, settle } = createBrowser();
    const first = openTab();
    await first.signIn('maria', 'x');
    const second = openTab();
    await settle();
    expect(second.state).toMatchObject({ kind: 'signed-in', userName: 'Maria' });
    const before = server.refreshes;
    await advance((lifeSeconds - 60) * 1_000);
    expect(server.refreshes).toBe(before + 1);
    expect(await first.token()).toBe(await second.token());
  });
  it('ends in every tab when one signs out', async () => {
    const { openTab, settle } = createBrowser();
    const first = openTab();
    await first.signIn('maria', 'x');
    const second = openTab();
    await settle();
    await second.signOut();
    expect([first.state.kind, second.state.kind]).toEqual(['signed-out', 'signed-out']);
    await expect(first.token()).rejects.toMatchObject({ status: 401 });
  });
  it('says that nobody answers when it is asked for without a network, and signs in by itself when it is back', async () => {
    const { openTab, server, advance, settle } = createBrowser();
    await openTab().signIn('maria', 'x');
    server.down = true;
    const tab = openTab();
    await settle();
    expect(tab.state).toEqual({ kind: 'unknown', away: true });
    await advance(30_000);
    expect(tab.state.kind).toBe('unknown');
    server.down = false;
    await advance(5_000);
    expect(tab.state).toMatchObject({ kind: 'signed-in', userName: 'Maria' });

    server.down = true;
    const hurried = openTab();
    await settle();
    server.down = false;
    hurried.retry();
    await settle();
    expect(hurried.state.kind).toBe('signed-in');
  });
  it('ends in every tab when one signs out everywhere, however early the server lets go of it', async () => {
    const { openTab, server, settle } = createBrowser();
    const first = openTab();
    await first.signIn('maria', 'x');
    const second = openTab();
    await settle();
    server.down = true;
    await expect(first.signOutEverywhere()).rejects.toMatchObject({ status: 0 });
    expect(first.state.kind).toBe('signed-in');
    server.down = false;
    // The sockets are closed before the answer is here, and renewing is refused, in the other tab too.
    let answer: () => void = () => undefined;
    server.left = new Promise((resolve) => {
      answer = resolve;
    });
    const leaving = first.signOutEverywhere();
    await settle();
    await expect(second.renew()).rejects.toMatchObject({ status: 401 });
    answer();
    await leaving;
    expect([first.state, second.state]).toEqual([
      { kind: 'signed-out', reason: 'everywhere' },
      { kind: 'signed-out', reason: 'everywhere' },
    ]);
  });
  it('says in every tab that one signed out, also where tabs cannot wait for each other', async () => {
    const { openTab, server, settle } = createBrowser();
    const [first, second] = [openTab({ locks: undefined }), openTab({ locks: undefined })];
    await first.signIn('maria', 'x');
    await settle();
    let answer: () => void = () => undefined;
    server.left = new Promise((resolve) => {
      answer = resolve;
    });
    const leaving = first.signOut();
    await settle();
    await expect(second.renew()).rejects.toMatchObject({ status: 401 });
    answer();
    await leaving;
    expect([first.state, second.state]).toEqual([
      { kind: 'signed-out', reason: 'left' },
      { kind: 'signed-out', reason: 'left' },
    ]);
  });
  it('that was to end everywhere, and did not, is not called so in another tab when it ends later', async () => {
    const { openTab, server, settle } = createBrowser();
    const [first, second] = [openTab(), openTab()];
    await first.signIn('maria', 'x');
    await settle();
    server.down = true;
    await expect(first.signOutEverywhere()).rejects.toMatchObject({ status: 0 });
    server.down = false;
    server.over = true; // By somebody else.
    await expect(second.renew()).rejects.toMatchObject({ status: 401 });
    expect(second.state).toEqual({ kind: 'signed-out', reason: 'ended' });
  });
  it('says in every tab of a second device why it ended, whichever tab heard of it first', async () => {
    const { openTab, server, settle } = createBrowser();
    const first = openTab();
    await first.signIn('maria', 'x');
    const second = openTab();
    await settle();
    server.over = true;
    await expect(first.renew()).rejects.toMatchObject({ status: 401 });
    await settle();
    expect([first.state, second.state]).toEqual([
      { kind: 'signed-out', reason: 'ended' },
      { kind: 'signed-out', reason: 'ended' },
    ]);
  });
  it('says in every tab of this device that it was ended on all', async () => {
    const { openTab, settle } = createBrowser();
    const first = openTab();
    await first.signIn('maria', 'x');
    const second = openTab();
    await settle();
    await first.signOutEverywhere();
    await settle();
    expect([first.state, second.state]).toEqual([
      { kind: 'signed-out', reason: 'everywhere' },
      { kind: 'signed-out', reason: 'everywhere' },
    ]);
  });
  it('is over, without a fault, when another device signed out everywhere first', async () => {
    const { openTab, server } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    server.over = true;
    server.refuses = true;
    await tab.signOutEverywhere();
    expect(tab.state.kind).toBe('signed-out');
  });
  it('outlives a server that is away, and not one that ended it', async () => {
    const { openTab, server, advance } = createBrowser();
    const tab = openTab();
    await tab.signIn('maria', 'x');
    server.down = true;
    await advance(lifeSeconds * 2_000);
    expect(tab.state.kind).toBe('signed-in');
    server.down = false;
    await advance(10_000);
    expect(await tab.token()).toMatch(/^h\./);
    server.over = true;
    await advance(lifeSeconds * 1_000);
    expect(tab.state).toEqual({ kind: 'signed-out', reason: 'ended' });
  });
  it.each([409, 429, 503])(
    'outlives a server that is too busy to renew it (%i), and waits as long as it asks for',
    async (status) => {
      const { openTab, server, advance } = createBrowser();
      const tab = openTab();
      await tab.signIn('maria', 'x');
      server.notNow = { status, afterSeconds: 30 };
      await advance(lifeSeconds * 1_000);
      expect(tab.state.kind).toBe('signed-in');
      expect(server.refreshes).toBeLessThan(6);
      await advance(10_000);
      const before = server.refreshes;
      server.notNow = undefined;
      await advance(30_000);
      expect(server.refreshes).toBe(before + 1);
      expect(await tab.token()).toMatch(/^h\./);
    },
  );
});

describe('a session in a browser that takes less', () => {
  const storage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined, lasts: false };
  it('is found again by its cookie where nothing else is kept, and nobody is told that one ended who had none', async () => {
    const { openTab, server, settle } = createBrowser();
    const tab = openTab({ storage });
    await settle();
    expect(tab.state).toMatchObject({ kind: 'signed-in', userName: 'Maria' });
    server.over = true;
    const stranger = openTab({ storage });
    await settle();
    await settle();
    expect(stranger.state).toEqual({ kind: 'signed-out', reason: undefined });
    expect(tab.state.kind).toBe('signed-in');
  });
  it('is renewed where locks between tabs are refused when they are asked for', async () => {
    const { openTab, server, settle } = createBrowser();
    const locks = {
      request: () => Promise.reject(new DOMException('denied', 'SecurityError')),
    } as unknown as LockManager;
    const tab = openTab({ locks });
    await tab.signIn('maria', 'x');
    expect(await tab.renew()).toMatch(/^h\./);
    server.over = true;
    await expect(tab.renew()).rejects.toMatchObject({ status: 401 });
    await settle();
    expect(server.refreshes).toBe(2); // What was refused is not asked a second time.
  });
  it('says why a reload will sign out: cookies blocked, http, or not known', async () => {
    const { openTab, server, settle } = createBrowser();
    const riskWith = async (cookie: object | undefined, takesCookies: boolean, isSecure: boolean) => {
      server.cookie = cookie;
      const tab = openTab({ jar: { takesCookies, isSecure } });
      const before = await tab.cookieRisk();
      await tab.signIn('maria', 'x');
      await settle();
      return [before, tab.state.kind === 'signed-in' && tab.state.risk];
    };
    const lost = { kept: false, needsHttps: false };
    expect(await riskWith(lost, false, true)).toEqual(['blocked', 'blocked']);
    expect(await riskWith({ ...lost, needsHttps: true }, true, false)).toEqual(['needs-https', 'needs-https']);
    expect(await riskWith(lost, true, true)).toEqual([undefined, 'not-kept']);
    // Behind a proxy that serves https and tells nobody, and with a server of before.
    expect(await riskWith({ kept: true, needsHttps: true }, true, true)).toEqual([undefined, undefined]);
    expect(await riskWith(undefined, true, false)).toEqual([undefined, undefined]);
  });
  it('tells the server that its own page asks, also behind a proxy that changes the address', async () => {
    const { openTab, server } = createBrowser();
    const tab = openTab();
    await tab.signUp('maria', 'x', 'key-1');
    await tab.signIn('maria', 'x');
    await tab.renew();
    await tab.signOutEverywhere();
    await tab.signOut();
    expect(server.headers.map((headers) => new Headers(headers).get('x-requested-with'))).toEqual(
      Array(5).fill('tickfolio'),
    );
    expect(server.headers.map((headers) => new Headers(headers).get('idempotency-key'))).toEqual([
      'key-1',
      null,
      null,
      null,
      null,
    ]);
  });
});
