import { describe, expect, it } from 'vitest';
import { createBrowser } from './kit/browser.js';

describe('signing in', () => {
  it('with an authenticator app opens nothing before its code was right, and then every tab', async () => {
    const { openTab, server, settle } = createBrowser();
    server.code = '492039';
    const [tab, other] = [openTab(), openTab()];
    expect(await tab.signIn('maria', 'x')).toEqual({ ticket: 't1', kinds: ['totp', 'recovery-code'] });
    expect(tab.state).toEqual({ kind: 'signed-out' });
    const wrong = tab.giveSecondFactor('t1', 'totp', '000000');
    await expect(wrong).rejects.toMatchObject({ status: 401, reasons: new Map([['code', 'wrong-code']]) });
    expect(tab.state).toEqual({ kind: 'signed-out' });
    await tab.giveSecondFactor('t1', 'totp', '492039');
    await settle();
    expect([tab.state.kind, other.state.kind]).toEqual(['signed-in', 'signed-in']);
  });

  it('with a passkey keeps no other tab waiting while its user looks for the finger', async () => {
    const { openTab, server } = createBrowser();
    const [tab, other] = [openTab(), openTab()];
    let give: (response: object) => void = () => undefined;
    const asked: unknown[] = [];
    const signingIn = tab.signInByPasskey((options) => {
      asked.push(options);
      return new Promise((resolve) => {
        give = resolve;
      });
    });
    await other.signIn('maria', 'x');
    await other.signOut();
    give({ id: 'k1' });
    await signingIn;
    expect([asked, server.entered.at(-1)]).toEqual([[{ challenge: 'c' }], { ticket: 't2', response: { id: 'k1' } }]);
    expect([tab.state.kind, other.state.kind]).toEqual(['signed-in', 'signed-in']);
  });

  it('stays as it was where the passkey is not given', async () => {
    const { openTab, server } = createBrowser();
    const tab = openTab();
    const refused = tab.signInByPasskey(() => Promise.reject(new DOMException('', 'NotAllowedError')));
    await expect(refused).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect([tab.state.kind, server.entered]).toEqual(['signed-out', []]);
  });
});

it('asks for recovery codes where they will be shown, and not for a program that does not want them', async () => {
  const { openTab, server } = createBrowser();
  const tab = openTab();
  expect(await tab.signUp('maria', 'x', 'k1', true)).toEqual(['7k3m-q9xd-2hpw-v4ta']);
  await tab.signUp('peter', 'x', 'k2');
  expect(server.entered).toEqual([
    { name: 'maria', password: 'x', recoveryCodes: true },
    { name: 'peter', password: 'x' },
  ]);
});

it('sets a new password by a code of the sheet, and says how many are left', async () => {
  const { openTab, server } = createBrowser();
  const tab = openTab();
  expect(await tab.recover('maria', '7k3m', 'another good phrase')).toBe(9);
  expect(server.entered).toEqual([{ name: 'maria', code: '7k3m', password: 'another good phrase' }]);
  expect(tab.state.kind).toBe('signed-out');
});
