import { createManualClock } from '@tickfolio/lib/clock';
import { passing } from '@tickfolio/lib/kit/becomes';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccounts } from '../accounts/accounts.js';
import { password, startTestAuth } from '../kit/auth.js';
import { testOrigin } from '../kit/sessions.js';
import { accountOf, createOwner, newName, openSession, shareTestAuth, waysInto, wordOf } from '../kit/user.js';
import { createSecurityLog } from './security-log.js';

const dayMs = 86_400_000;

/** The log of an account: what stands in it, for whom, and how a change of it is seen; on every database. */
export const describeLog = (name: string, open: () => Promise<Postgres>): void => {
  describe(`the security log on ${name}`, () => {
    let postgres: Postgres;
    const shared = shareTestAuth(() => postgres);
    const own: { close(): Promise<void> }[] = [];
    const operators = ['Auditor'];
    beforeAll(async () => {
      postgres = await open();
    });
    afterAll(async () => {
      for (const auth of own) await auth.close();
      await shared.close();
      await postgres?.close();
    });

    const auditorOf = async (auth: Awaited<ReturnType<typeof startTestAuth>>) => {
      const accounts = createAccounts(postgres.db);
      const [known] = await accounts.find('auditor');
      const userId = known?.id ?? (await accounts.create('Auditor', 'no hash'));
      return accountOf(auth, await openSession(auth, userId));
    };
    const build = async () => {
      const auth = await shared.get({}, { operators });
      return { auth, clock: auth.clock, ways: waysInto(auth), auditor: await auditorOf(auth) };
    };
    /** One that the test may close; closed with the suite. */
    const startOwn = async (nowMs: number) => {
      const clock = createManualClock(nowMs);
      const auth = await startTestAuth(postgres, {}, clock, timeOf(clock), { operators });
      own.push(auth);
      return auth;
    };
    const run = (text: string) => postgres.db.execute(sql.raw(text));
    /** What somebody with the owner's rights could do, who is not stopped by the trigger. */
    const tamper = async (text: string) => {
      await run('alter table audit_log disable trigger audit_log_keep');
      await run(text);
      await run('alter table audit_log enable trigger audit_log_keep');
    };

    it('tells its user what happened to the account, the newest first, in pages, and nobody else', async () => {
      const { auth, ways, clock } = await build();
      const name = newName();
      await ways.register(name, '', false);
      const tokens = await auth.login(name);
      const owner = { name, ...accountOf(auth, tokens) };
      const phone = await openSession(auth, tokens.userId);
      await owner.end(phone.sessionId);
      await owner.changePassword(password, 'another good phrase');
      await auth.logout((await auth.login(owner.name, 'another good phrase')).refreshToken);
      const { entries, next } = await owner.log();
      expect(entries.map(({ action }) => action)).toEqual([
        'session-ended',
        'sign-in',
        'password-changed',
        'session-ended',
        'sign-in',
        'sign-in',
        'account-created',
      ]);
      expect(next).toBe('');
      expect(entries[2]).toMatchObject({ outcome: 'ok', atMs: clock.now() });
      expect(JSON.parse(entries[2]?.detailJson ?? '')).toEqual({
        device: 'Firefox on Linux',
        network: '203.0.113.0/24',
        sessionsEnded: 0,
      });
      const stranger = await createOwner(auth);
      await auth.logoutEverywhere(stranger.userId);
      const pages: string[] = [];
      for (let cursor = '', turn = 0; turn === 0 || cursor !== ''; turn++) {
        const page = await owner.log(cursor, 3);
        pages.push(page.entries.map(({ action }) => action).join());
        cursor = page.next;
      }
      expect(pages.map((page) => page.split(',').length)).toEqual([3, 3, 1]);
      expect(pages.join()).toBe(entries.map(({ action }) => action).join());
      for (const bad of ['x', '-1', '0', '1 or 1', '9'.repeat(30)])
        expect(await wordOf(owner.log(bad))).toBe('invalid_argument');
    });

    it('counts refused sign-ins by the minute, and has no word of names that there are not', async () => {
      const auth = await startOwn(Date.UTC(2026, 10, 29));
      const { clock } = auth;
      const ways = waysInto(auth);
      const owner = await createOwner(auth);
      for (let guess = 0; guess < 4; guess++)
        await ways.login(owner.name, `guess ${guess} guess`).catch(() => undefined);
      await ways.login(newName(), 'any guess at all').catch(() => undefined);
      const refused = async () =>
        (await owner.log()).entries
          .filter(({ action }) => action === 'sign-in-refused')
          .map(({ detailJson }) => detailJson);
      expect(await refused()).toEqual([]);
      await expect.poll(passing(clock, 60_000, refused)).toHaveLength(1);
      expect(JSON.parse((await refused())[0] ?? '')).toMatchObject({ count: 4, network: '203.0.113.0/24' });
      await ways.login(owner.name, 'one more guess').catch(() => undefined);
      await auth.close(); // What was only counted is written.
      const { rows } = (await run("select detail from audit_log where action = 'sign-in-refused'")) as unknown as {
        rows: { detail: { count: number } }[];
      };
      expect(rows.map(({ detail }) => detail.count).slice(-2)).toEqual([4, 1]);
    });

    it('counts wrong passwords and codes inside an account and at recovery, each by the minute', async () => {
      const { auth, clock, ways } = await build();
      const owner = await createOwner(auth);
      const { secret } = await owner.beginTotp();
      expect(secret).not.toBe('');
      const guesses = [
        () => owner.changePassword('wrong password', 'another good phrase'),
        () => owner.prove('wrong again'),
        () => owner.confirmTotp('000000'),
        () => ways.recover(owner.name, 'zzzz-zzzz-zzzz-zzzz', 'another good phrase'),
        () => ways.recover(owner.name.toUpperCase(), 'yyyy-yyyy-yyyy-yyyy', 'another good phrase'),
        () => ways.recover(owner.name, owner.codes[0] ?? '', 'password'), // Refused for the password, and no guess.
      ];
      for (const guess of guesses) expect(await wordOf(guess())).not.toBe('done');
      const refused = async () =>
        (await owner.log()).entries
          .filter(({ outcome }) => outcome === 'refused')
          .map(({ action, detailJson }) => `${action} ${(JSON.parse(detailJson) as { count: number }).count}`)
          .sort();
      expect(await refused()).toEqual([]);
      await expect
        .poll(passing(clock, 60_000, refused))
        .toEqual(['code-refused 1', 'password-refused 2', 'recovery-refused 2']);
    });

    it('counts of the sessions that end only those that were open', async () => {
      const { auth, ways } = await build();
      const owner = await createOwner(auth);
      for (let visit = 0; visit < 3; visit++) await auth.logout((await openSession(auth, owner.userId)).refreshToken);
      const newest = async () => (await owner.log('', 1)).entries[0];
      const ended = async () => JSON.parse((await newest())?.detailJson ?? '{}') as Record<string, unknown>;
      await owner.changePassword(password, 'another good phrase');
      expect(await ended()).toMatchObject({ sessionsEnded: 0 });
      await openSession(auth, owner.userId);
      await owner.changePassword('another good phrase', password);
      expect(await ended()).toMatchObject({ sessionsEnded: 1 });
      await auth.logoutEverywhere(owner.userId);
      const again = accountOf(auth, await openSession(auth, owner.userId));
      const [, everywhere] = (await again.log('', 2)).entries;
      expect(everywhere?.action).toBe('sessions-ended');
      expect(JSON.parse(everywhere?.detailJson ?? '')).toMatchObject({ count: 1 });
      await ways.recover(owner.name, owner.codes[0] ?? '', 'another good phrase');
      const recovered = accountOf(auth, await openSession(auth, owner.userId));
      const [, recovery] = (await recovered.log('', 2)).entries;
      expect(JSON.parse(recovery?.detailJson ?? '')).toMatchObject({ sessionsEnded: 1 });
    });

    it('has no secret in it, and lets nobody change it', async () => {
      const { auth, clock } = await build();
      const owner = await createOwner(auth);
      await owner.changePassword(password, 'another good phrase');
      const { rows } = (await run('select * from audit_log')) as unknown as { rows: object[] };
      const text = JSON.stringify(rows);
      for (const secret of [password, 'another good phrase', owner.tokens.refreshToken, ...owner.codes, '203.0.113.7'])
        expect(text).not.toContain(secret);
      expect(text).not.toContain(owner.userId);
      const log = createSecurityLog(timeOf(clock));
      await postgres.db.transaction((tx) =>
        log(tx, {
          userId: owner.userId,
          action: 'sign-in',
          origin: testOrigin,
          detail: { refreshToken: 'abc', newPassword: 'abc', long: 'x'.repeat(10_000) },
        }),
      );
      const { entries } = await owner.log();
      expect(JSON.parse(entries[0]?.detailJson ?? '')).toMatchObject({
        refreshToken: '[secret]',
        newPassword: '[secret]',
        long: 'x'.repeat(256),
      });
      for (const change of [
        "update audit_log set action = 'x'",
        'delete from audit_log',
        'update audit_log set salt = null',
      ])
        await expect(run(change)).rejects.toThrow();
    });

    it('is held against itself by operators, who see a row that was changed, taken out or cut off', async () => {
      const { auth, auditor } = await build();
      const owner = await createOwner(auth);
      expect(await wordOf(owner.checkLog())).toBe('permission_denied operator-only');
      const whole = await auditor.checkLog();
      expect(whole).toMatchObject({ firstBad: 0, checked: whole.headSeq, lastSeq: whole.headSeq });
      expect(whole.headHash).toMatch(/^[0-9a-f]{64}$/);
      expect(await auditor.checkLog(whole.lastSeq - 1)).toMatchObject({ firstBad: 0, lastSeq: whole.headSeq });
      const bad = whole.headSeq - 1;
      const { rows } = (await run(`select action, detail from audit_log where seq = ${bad}`)) as unknown as {
        rows: { action: string; detail: object }[];
      };
      const [{ action, detail } = { action: '', detail: {} }] = rows;
      await tamper(`update audit_log set action = 'sign-out' where seq = ${bad}`);
      expect((await auditor.checkLog()).firstBad).toBe(bad);
      await tamper(`update audit_log set action = '${action}', detail = '{"count":1}' where seq = ${bad}`);
      expect((await auditor.checkLog()).firstBad).toBe(bad);
      await tamper(`update audit_log set detail = '${JSON.stringify(detail)}' where seq = ${bad}`);
      expect((await auditor.checkLog()).firstBad).toBe(0);
      await tamper(`delete from audit_log where seq = ${whole.headSeq}`);
      expect((await auditor.checkLog()).firstBad).toBe(whole.headSeq);
      await run('truncate audit_log, audit_log_head');
    });

    it('still holds after a person was erased from it', async () => {
      const { auth, auditor } = await build();
      const owner = await createOwner(auth);
      await run(`select erase_from_audit_log('${owner.userId}')`);
      expect((await owner.log()).entries).toEqual([]);
      const { firstBad, checked } = await auditor.checkLog();
      expect([firstBad, checked > 0]).toEqual([0, true]);
    });

    it('stays one chain when many write at once', async () => {
      const { auth, auditor } = await build();
      const owner = await createOwner(auth);
      await Promise.all(Array.from({ length: 8 }, () => openSession(auth, owner.userId)));
      expect((await owner.log()).entries.filter(({ action }) => action === 'sign-in')).toHaveLength(9);
      expect((await auditor.checkLog()).firstBad).toBe(0);
    });

    it('forgets what is older than 400 days, and begins there', async () => {
      await run('truncate audit_log, audit_log_head');
      const old = await startOwn(Date.UTC(2024, 0, 1));
      const owner = await createOwner(old);
      await old.close();
      const auth = await startOwn(Date.now());
      const { clock } = auth;
      const auditor = await auditorOf(auth);
      await openSession(auth, owner.userId);
      const before = await auditor.checkLog();
      clock.advance(10 * 60_000);
      const checked = async () => (await auditor.checkLog()).checked;
      await expect.poll(passing(clock, 1_000, checked)).toBeLessThan(before.checked);
      const { rows } = (await run('select min(at) as first from audit_log')) as unknown as {
        rows: { first: string }[];
      };
      expect(Date.parse(rows[0]?.first ?? '')).toBeGreaterThan(Date.now() - 400 * dayMs);
      expect((await auditor.checkLog()).firstBad).toBe(0);
    });
  });
};
