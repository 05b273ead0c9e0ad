import type { TokenPair } from '@tickfolio/gen/auth/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createThrottle } from '@tickfolio/lib/throttle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccounts } from './accounts/accounts.js';
import type { AuthLimits, AuthOptions } from './app.js';
import { createSecondFactor } from './factors/second-factor.js';
import { codeOf, password, startTestAuth } from './kit/auth.js';
import { testOrigin } from './kit/sessions.js';
import {
  accountOf,
  createOwner,
  newName,
  type OwnSession,
  openSession,
  shareTestAuth,
  waysInto,
  wordOf,
} from './kit/user.js';
import { defaultLimits } from './limits.js';
import { createSecurityLog } from './log/security-log.js';
import { createSessions } from './sessions/sessions.js';

const minuteMs = 60_000;
const other = 'another good phrase';

/** What an owner does with passwords, sessions and recovery codes, and what others try, on every database. */
export const describeSecurity = (name: string, open: () => Promise<Postgres>): void => {
  describe(`passwords, sessions and recovery codes on ${name}`, () => {
    let postgres: Postgres;
    const shared = shareTestAuth(() => postgres);
    beforeAll(async () => {
      postgres = await open();
    });
    afterAll(async () => {
      await shared.close();
      await postgres?.close();
    });

    const build = async (limits: Partial<AuthLimits> = {}, options: Partial<AuthOptions> = {}) => {
      const auth = await shared.get(limits, options);
      return { ...auth, ways: waysInto(auth), owner: await createOwner(auth), self: auth };
    };
    const isOpen = async ({ session }: { session: (id: string) => Promise<{ open: boolean }> }, of: OwnSession) =>
      (await session(of.sessionId)).open;

    it('change the password, and end every other session', async () => {
      const { self, owner, login, session, refresh } = await build();
      const phone = await openSession(self, owner.userId);
      const { sessionIds } = await owner.changePassword(password, other);
      expect(sessionIds).toEqual([phone.sessionId]);
      expect([await isOpen({ session }, phone), await isOpen({ session }, owner.tokens)]).toEqual([false, true]);
      expect(await codeOf(refresh(phone.refreshToken))).toBe('unauthenticated');
      expect((await refresh(owner.tokens.refreshToken)).sessionId).toBe(owner.tokens.sessionId);
      expect(await codeOf(login(owner.name))).toBe('unauthenticated');
      expect((await login(owner.name, other)).userId).toBe(owner.userId);
      expect(await codeOf(accountOf(self, phone).changePassword(other, password))).toBe('unauthenticated');
    });

    it('leave the password as it is for who does not know it, or chooses one that is guessed first', async () => {
      const { owner, login, clock } = await build({ provesPerUser: { burst: 3, refillMs: minuteMs } });
      expect(await wordOf(owner.changePassword('wrong password', other))).toBe('permission_denied wrong-password');
      expect(await wordOf(owner.changePassword(password, 'password'))).toBe('invalid_argument password-common');
      expect(await wordOf(owner.changePassword(password, `${owner.name}-2026`))).toBe(
        'invalid_argument password-like-name',
      );
      for (let guess = 0; guess < 3; guess++)
        expect(await codeOf(owner.changePassword(`wrong ${guess} wrong`, other))).toBe('permission_denied');
      expect(await codeOf(owner.changePassword(password, other))).toBe('resource_exhausted');
      clock.advance(minuteMs);
      expect(await codeOf(owner.changePassword(password, other))).toBe('done');
      expect((await login(owner.name, other)).userId).toBe(owner.userId);
    });

    it('take one of two changes of the password at once, and the other not by half', async () => {
      const { self, owner, login } = await build();
      const phone = accountOf(self, await openSession(self, owner.userId));
      const wanted = ['one wish of two', 'two wishes of two'];
      const words = await Promise.all([
        wordOf(owner.changePassword(password, wanted[0] ?? '')),
        wordOf(phone.changePassword(password, wanted[1] ?? '')),
      ]);
      const done = words.indexOf('done');
      expect(words.filter((word) => word === 'done')).toHaveLength(1);
      // The other session was ended by the first, or saw that the password was no longer the one it had proved.
      expect(['unauthenticated', 'failed_precondition password-changed', 'permission_denied wrong-password']).toContain(
        words[1 - done],
      );
      expect((await login(owner.name, wanted[done])).userId).toBe(owner.userId);
      expect(await codeOf(login(owner.name, wanted[1 - done]))).toBe('unauthenticated');
    });

    it('open no session with a password that was changed while it was checked', async () => {
      const { self, owner, clock } = await build();
      const time = timeOf(clock);
      const securityLog = createSecurityLog(time);
      const sessions = createSessions(postgres.db, { ...defaultLimits, time, clock, securityLog });
      const throttle = createThrottle({ clock, ...defaultLimits.codesPerUser });
      const deps = { db: postgres.db, time, sessions, throttle, securityLog };
      const noApp = { isOn: async () => false, use: async () => false };
      const { begin } = createSecondFactor({ ...deps, totp: noApp });
      const [account] = await createAccounts(postgres.db).find(owner.name);
      if (!account) throw new Error('no account');
      await owner.changePassword(password, other);
      expect(await codeOf(begin(account, testOrigin))).toBe('unauthenticated');
      expect((await owner.sessions()).map(({ id }) => id)).toEqual([owner.tokens.sessionId]);
      for (let round = 0; round < 2; round++) {
        const person = await createOwner(self);
        const [opened] = await Promise.all([
          self.login(person.name).catch(() => undefined),
          person.changePassword(password, other),
        ]);
        if (opened) expect(await isOpen(self, opened)).toBe(false);
        expect(await person.sessions()).toHaveLength(1);
      }
    });

    it('list the open sessions with device, network and last use, and end each', async () => {
      const { self, owner, session, refresh, clock } = await build();
      clock.advance(minuteMs);
      const phone = await openSession(self, owner.userId);
      clock.advance(minuteMs);
      const renewed = await refresh(owner.tokens.refreshToken);
      const [first, second, ...rest] = await owner.sessions();
      expect(rest).toEqual([]);
      expect(first).toMatchObject({
        id: owner.tokens.sessionId,
        device: 'Firefox on Linux',
        lastUsedAtMs: clock.now(),
      });
      expect(second).toMatchObject({ id: phone.sessionId, createdAtMs: clock.now() - minuteMs });
      expect(await wordOf(owner.end(phone.sessionId))).toBe('done');
      expect(await isOpen({ session }, phone)).toBe(false);
      expect(await codeOf(refresh(phone.refreshToken))).toBe('unauthenticated');
      for (const gone of [phone.sessionId, 'no-uuid', '00000000-0000-4000-8000-000000000000'])
        expect(await codeOf(owner.end(gone))).toBe('not_found');
      const stranger = await createOwner(self);
      expect(await codeOf(stranger.end(owner.tokens.sessionId))).toBe('not_found');
      expect(await codeOf(accountOf(self, { ...stranger.tokens, userId: owner.userId }).sessions())).toBe(
        'unauthenticated',
      );
      expect(await codeOf(accountOf(self, phone).sessions())).toBe('unauthenticated');
      expect(await codeOf(refresh(renewed.refreshToken))).toBe('done');
      expect(await wordOf(owner.end(owner.tokens.sessionId))).toBe('done');
      expect(await codeOf(owner.sessions())).toBe('unauthenticated');
    });

    it('let no token out of a session that is ended while it is renewed', async () => {
      const { self, owner, refresh } = await build();
      for (let round = 0; round < 3; round++) {
        const phone = await openSession(self, owner.userId);
        const [renewed] = await Promise.all([
          refresh(phone.refreshToken).catch(() => undefined),
          owner.end(phone.sessionId),
        ]);
        for (const { refreshToken } of [phone, ...(renewed ? [renewed] : [])])
          expect(await codeOf(refresh(refreshToken))).toBe('unauthenticated');
      }
    });

    it('keep so many sessions of one user, and end the one that was used longest ago', async () => {
      const { self, owner, login, session, refresh, clock } = await build({ maxSessions: 3 });
      const opened = [owner.tokens];
      for (let more = 0; more < 2; more++) {
        clock.advance(1_000);
        opened.push(await openSession(self, owner.userId));
      }
      clock.advance(1_000);
      await refresh(owner.tokens.refreshToken);
      const { endedSessionIds } = await login(owner.name);
      expect(endedSessionIds).toEqual([opened[1]?.sessionId]);
      expect(await Promise.all(opened.map((one) => isOpen({ session }, one)))).toEqual([true, false, true]);
      expect(await owner.sessions()).toHaveLength(3);
    });

    it('ask for the password again some minutes after signing in, before it changes how one gets in', async () => {
      const { owner, clock } = await build();
      expect(await owner.renewCodes()).toHaveLength(10);
      clock.advance(5 * minuteMs);
      for (const call of [owner.renewCodes, owner.beginTotp, owner.removeTotp, owner.beginPasskey])
        expect(await wordOf(call())).toBe('permission_denied reauthenticate');
      expect(await wordOf(owner.removePasskey('any'))).toBe('permission_denied reauthenticate');
      expect(await wordOf(owner.prove('wrong password'))).toBe('permission_denied wrong-password');
      expect(await wordOf(owner.renewCodes())).toBe('permission_denied reauthenticate');
      expect((await owner.prove()).freshUntilMs).toBe(clock.now() + 5 * minuteMs);
      expect(await owner.renewCodes()).toHaveLength(10);
      expect((await owner.overview()).freshUntilMs).toBe(clock.now() + 5 * minuteMs);
      clock.advance(5 * minuteMs);
      expect(await wordOf(owner.renewCodes())).toBe('permission_denied reauthenticate');
    });

    it('ask for it again also where the clock was ahead as they signed in, and was set back', async () => {
      const { owner, clock } = await build();
      const setBack = createManualClock(clock.now() - 60 * minuteMs);
      const auth = await startTestAuth(postgres, {}, setBack);
      const self = accountOf(auth, owner.tokens);
      expect(await wordOf(self.renewCodes())).toBe('permission_denied reauthenticate');
      expect((await self.overview()).freshUntilMs).toBeLessThanOrEqual(setBack.now());
      await self.prove();
      expect(await self.renewCodes()).toHaveLength(10);
      await auth.close();
    });

    it('recover an account by a code, once a code, and end its sessions', async () => {
      const { owner, ways, session, login } = await build();
      const [code = '', second = ''] = owner.codes;
      expect(owner.codes).toHaveLength(10);
      const typed = ` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O')} `;
      expect(await ways.recover(owner.name.toUpperCase(), typed, other)).toEqual({
        sessionIds: [owner.tokens.sessionId],
        recoveryCodesLeft: 9,
      });
      expect(await isOpen({ session }, owner.tokens)).toBe(false);
      expect(await codeOf(login(owner.name))).toBe('unauthenticated');
      expect((await login(owner.name, other)).userId).toBe(owner.userId);
      expect(await codeOf(ways.recover(owner.name, code, password))).toBe('unauthenticated');
      expect(await wordOf(ways.recover(owner.name, second, 'password'))).toBe('invalid_argument password-common');
      expect(await codeOf(ways.recover(owner.name, second, password))).toBe('done');
    });

    it('let one of many recoveries with the same code through', async () => {
      const { owner, ways, login } = await build();
      const [code = ''] = owner.codes;
      const wanted = Array.from({ length: 5 }, (_, at) => `wish number ${at} of five`);
      const words = await Promise.all(wanted.map((one) => wordOf(ways.recover(owner.name, code, one))));
      expect([...words].sort()).toEqual(['done', ...Array<string>(4).fill('unauthenticated')]);
      expect((await login(owner.name, wanted[words.indexOf('done')])).userId).toBe(owner.userId);
    });

    it('tell nobody by recovery which names there are, and bound the guesses', async () => {
      const { owner, ways, self, clock } = await build({ provesPerUser: { burst: 3, refillMs: minuteMs } });
      const stranger = await createOwner(self);
      const [theirs = ''] = stranger.codes;
      const tell = (err: unknown) => String(err);
      const answers = await Promise.all([
        ways.recover(owner.name, theirs, other).catch(tell),
        ways.recover(newName(), theirs, other).catch(tell),
        ways.recover(owner.name, 'zzzz', other).catch(tell),
      ]);
      expect(new Set(answers)).toEqual(new Set(['AppError: The name or the recovery code is wrong.']));
      await ways.recover(owner.name, 'zzzz', other).catch(tell);
      expect(await codeOf(ways.recover(owner.name, owner.codes[0] ?? '', other))).toBe('resource_exhausted');
      clock.advance(minuteMs);
      expect(await codeOf(ways.recover(owner.name, owner.codes[0] ?? '', other))).toBe('done');
    });

    it('void the codes of before when there are new ones, and keep none that could be read', async () => {
      const { owner, ways } = await build();
      const renewed = await owner.renewCodes();
      const { rows } = (await postgres.db.execute('select code_hash from recovery_codes')) as unknown as {
        rows: object[];
      };
      for (const code of [...owner.codes, ...renewed]) expect(JSON.stringify(rows)).not.toContain(code);
      expect(await codeOf(ways.recover(owner.name, owner.codes[0] ?? '', other))).toBe('unauthenticated');
      expect(await codeOf(ways.recover(owner.name, renewed[0] ?? '', other))).toBe('done');
    });

    it('answer a sign-up once more with new codes, for a few minutes, and an older program as ever', async () => {
      const { ways, clock } = await build();
      const [first, second, third] = [newName(), newName(), newName()];
      expect((await ways.register(first, '', false)).recoveryCodes).toEqual([]);
      const lost = await ways.register(second, `key-${second}`);
      const again = await ways.register(second, `key-${second}`);
      expect(again.userId).toBe(lost.userId);
      expect(again.recoveryCodes).toHaveLength(10);
      expect(again.recoveryCodes).not.toEqual(lost.recoveryCodes);
      expect(await codeOf(ways.recover(second, lost.recoveryCodes[0] ?? '', other))).toBe('unauthenticated');
      await ways.register(third, `key-${third}`);
      clock.advance(11 * minuteMs);
      expect((await ways.register(third, `key-${third}`)).recoveryCodes).toEqual([]);
    });

    it('make operators of the accounts that the setting names, asked again at every renewal', async () => {
      const { self, ways } = await build({}, { operators: ['Ops-Person'] });
      await ways.register('ops-person');
      const tokens = await self.login('ops-person');
      const roleIn = ({ accessToken }: TokenPair) =>
        (JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as { role?: string }).role;
      expect([roleIn(tokens), roleIn(await self.login((await createOwner(self)).name))]).toEqual([
        'operator',
        undefined,
      ]);
      expect((await accountOf(self, tokens).overview()).role).toBe('operator');
      const { refresh } = await build();
      expect(roleIn(await refresh(tokens.refreshToken))).toBeUndefined();
    });
  });
};
