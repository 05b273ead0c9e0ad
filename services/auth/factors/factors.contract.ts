import { randomUUID } from 'node:crypto';
import { until } from '@tickfolio/lib/kit/wait-until';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createSealer, sealingKey } from '@tickfolio/lib/sealed';
import { inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuthLimits, AuthOptions } from '../app.js';
import { codeOf, jwtSecret, password, startTestAuth } from '../kit/auth.js';
import { createAuthenticator } from '../kit/authenticator.js';
import { accountOf, codeAt, createOwner, openSession, party, shareTestAuth, waysInto, wordOf } from '../kit/user.js';
import { accounts, totpSecrets } from '../schema.js';
import { totpPlace } from './totp.js';

const minuteMs = 60_000;
const stepMs = 30_000;

/** Authenticator apps and passkeys, what they are good for and what somebody may try with them, on every database. */
export const describeFactors = (name: string, open: () => Promise<Postgres>): void => {
  describe(`second factors on ${name}`, () => {
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
      const owner = await createOwner(auth);
      const { clock } = auth;
      return { auth, clock, ways: waysInto(auth), owner, codeNow: (secret: string) => codeAt(secret, clock.now()) };
    };
    /** An owner with an authenticator app, a step after its first code. */
    const withApp = async (limits: Partial<AuthLimits> = {}, options: Partial<AuthOptions> = {}) => {
      const built = await build(limits, options);
      const { secret } = await built.owner.beginTotp();
      await built.owner.confirmTotp(built.codeNow(secret));
      built.clock.advance(stepMs);
      const ticketOf = async () => {
        const { tokens, secondFactor } = await built.ways.login(built.owner.name);
        expect(tokens).toBeUndefined();
        return secondFactor?.ticket ?? '';
      };
      return { ...built, secret, ticketOf };
    };
    const wrong = (code: string) => code.replace(/^./, (digit) => String((Number(digit) + 5) % 10));

    it('an app is added by its first code, by the session that asked and soon', async () => {
      const { auth, owner, clock, codeNow } = await build();
      expect(await wordOf(owner.confirmTotp('000000'))).toBe('failed_precondition totp-not-begun');
      const { secret, uri } = await owner.beginTotp();
      expect(uri).toBe(`otpauth://totp/tickfolio:${owner.name}?secret=${secret}&issuer=tickfolio`);
      const phone = accountOf(auth, await openSession(auth, owner.userId));
      expect(await wordOf(phone.confirmTotp(codeNow(secret)))).toBe('failed_precondition totp-not-begun');
      expect(await wordOf(owner.confirmTotp(wrong(codeNow(secret))))).toBe('permission_denied wrong-code');
      clock.advance(11 * minuteMs);
      expect(await wordOf(owner.confirmTotp(codeNow(secret)))).toBe('failed_precondition totp-not-begun');
      expect((await auth.login(owner.name)).userId).toBe(owner.userId); // It does not count yet.
      await owner.prove();
      const next = await owner.beginTotp();
      expect(next.secret).not.toBe(secret);
      expect(await wordOf(owner.confirmTotp(codeNow(next.secret)))).toBe('done');
      expect(await wordOf(owner.beginTotp())).toBe('failed_precondition totp-on');
      expect((await owner.overview()).totp).toBe(true);
    });

    it('a login with the password gets a ticket and no tokens, and the code opens the session', async () => {
      const { auth, ways, owner, secret, codeNow, ticketOf } = await withApp();
      const { tokens, secondFactor } = await ways.login(owner.name);
      expect([tokens, secondFactor?.kinds]).toEqual([undefined, ['totp', 'recovery-code']]);
      const ticket = await ticketOf();
      const opened = await ways.second(ticket, ` ${codeNow(secret).slice(0, 3)} ${codeNow(secret).slice(3)} `);
      expect(opened).toMatchObject({ userId: owner.userId, userName: owner.name });
      expect(await auth.session(opened?.sessionId ?? '')).toMatchObject({ open: true });
      expect((await ways.login(owner.name, 'wrong password').catch(String)).toString()).toContain(
        'name or the password',
      );
      expect(await wordOf(ways.second(ticket, owner.codes[0] ?? '', 'sms'))).toBe('invalid_argument');
    });

    it('a code works once, also when it is given many times at once', async () => {
      const { ways, secret, codeNow, ticketOf, clock } = await withApp();
      const tickets = [await ticketOf(), await ticketOf(), await ticketOf()];
      const code = codeNow(secret);
      const words = await Promise.all(tickets.map((ticket) => wordOf(ways.second(ticket, code))));
      expect([...words].sort()).toEqual(['done', 'unauthenticated wrong-code', 'unauthenticated wrong-code']);
      const left = tickets.filter((_, at) => words[at] !== 'done');
      expect(await wordOf(ways.second(left[0] ?? '', code))).toBe('unauthenticated wrong-code');
      clock.advance(stepMs);
      expect(await wordOf(ways.second(left[0] ?? '', codeNow(secret)))).toBe('done');
      // Nor does one of before the last that was taken.
      expect(await wordOf(ways.second(left[1] ?? '', codeAt(secret, clock.now() - stepMs)))).toBe(
        'unauthenticated wrong-code',
      );
    });

    it('a ticket works once, for five tries and for five minutes', async () => {
      const { ways, owner, secret, codeNow, ticketOf, clock } = await withApp();
      const used = await ticketOf();
      expect(await wordOf(ways.second(used, codeNow(secret)))).toBe('done');
      clock.advance(stepMs);
      expect(await wordOf(ways.second(used, codeNow(secret)))).toBe('unauthenticated ticket-over');
      const tried = await ticketOf();
      for (let time = 0; time < 5; time++)
        expect(await wordOf(ways.second(tried, wrong(codeNow(secret))))).toBe('unauthenticated wrong-code');
      expect(await wordOf(ways.second(tried, codeNow(secret)))).toBe('unauthenticated ticket-over');
      const late = await ticketOf();
      clock.advance(5 * minuteMs);
      expect(await wordOf(ways.second(late, codeNow(secret)))).toBe('unauthenticated ticket-over');
      for (const never of ['', 'x'.repeat(43), 'x'.repeat(10_000)])
        expect(await wordOf(ways.second(never, codeNow(secret)))).toBe('unauthenticated ticket-over');
      expect((await owner.log()).entries.filter(({ action }) => action === 'second-factor-refused')).toHaveLength(5);
    });

    it('many tries at once with one ticket are still five', async () => {
      const { ways, secret, codeNow, ticketOf } = await withApp({ codesPerUser: { burst: 100, refillMs: minuteMs } });
      const ticket = await ticketOf();
      const words = await Promise.all(
        Array.from({ length: 12 }, () => wordOf(ways.second(ticket, wrong(codeNow(secret))))),
      );
      expect(words.filter((word) => word === 'unauthenticated wrong-code')).toHaveLength(5);
    });

    it('who has the password guesses codes a few times an hour, with however many tickets', async () => {
      const { ways, secret, codeNow, ticketOf, clock } = await withApp({
        codesPerUser: { burst: 3, refillMs: minuteMs },
      });
      for (let guess = 0; guess < 3; guess++)
        expect(await codeOf(ways.second(await ticketOf(), wrong(codeNow(secret))))).toBe('unauthenticated');
      expect(await codeOf(ways.second(await ticketOf(), codeNow(secret)))).toBe('resource_exhausted');
      clock.advance(minuteMs);
      expect(await codeOf(ways.second(await ticketOf(), codeNow(secret)))).toBe('done');
    });

    it('a recovery code stands for the app, and recovery does not turn it off', async () => {
      const { ways, owner, ticketOf, codeNow, secret } = await withApp();
      const [first = '', second = ''] = owner.codes;
      const words = await Promise.all(
        [await ticketOf(), await ticketOf()].map((ticket) => wordOf(ways.second(ticket, first, 'recovery-code'))),
      );
      expect(words.sort()).toEqual(['done', 'unauthenticated wrong-code']);
      await ways.recover(owner.name, second, 'another good phrase');
      const { tokens, secondFactor } = await ways.login(owner.name, 'another good phrase');
      expect(tokens).toBeUndefined();
      expect(await wordOf(ways.second(secondFactor?.ticket ?? '', codeNow(secret)))).toBe('done');
    });

    it('a login that waits for its code begins anew after a change of the password', async () => {
      const { ways, owner, ticketOf, codeNow, secret } = await withApp();
      const ticket = await ticketOf();
      await owner.changePassword(password, 'another good phrase');
      expect(await wordOf(ways.second(ticket, codeNow(secret)))).toBe('unauthenticated ticket-over');
    });

    it('the app is removed by who proved to be there, and then the password is enough', async () => {
      const { auth, owner } = await withApp();
      expect(await wordOf(owner.removeTotp())).toBe('done');
      expect(await wordOf(owner.removeTotp())).toBe('not_found');
      expect((await auth.login(owner.name)).userId).toBe(owner.userId);
    });

    /** Signs an owner in at a service that was restarted with other settings, and lets it run until it says so much. */
    const restarted = async (
      { owner, secret, codeNow, clock }: Awaited<ReturnType<typeof withApp>>,
      options: Partial<AuthOptions>,
      says?: RegExp,
    ) => {
      const auth = await startTestAuth(postgres, { resealAfterMs: 1_000 }, clock, timeOf(clock), options);
      const ways = waysInto(auth);
      const { secondFactor } = await ways.login(owner.name);
      clock.advance(stepMs);
      const word = await wordOf(ways.second(secondFactor?.ticket ?? '', codeNow(secret)));
      const said = () => auth.lines.filter((line) => says?.test(line)).join();
      if (says)
        await until(async () => {
          await clock.advanceAsync(1_000);
          return said() !== '';
        });
      await auth.close();
      return { word, said: said() };
    };
    const changed = { jwtSecret: 'another secret, and no key that it replaced' };
    const added = { sealSecret: 'a key that was added to the settings' };

    it('its secret lies sealed, opens after a key was added, and says so when the key is gone', async () => {
      const it = await withApp();
      const rows = await postgres.db.select().from(totpSecrets);
      expect(JSON.stringify(rows)).not.toContain(it.secret);
      expect((await restarted(it, added)).word).toBe('done');
      const { word, said } = await restarted(it, changed, /do(es)? not have any more/);
      expect([word, said]).toEqual(['failed_precondition', expect.stringMatching(/"lost":[1-9]/)]);
    });

    it('its codes are right also where JWT_SECRET was changed after SEAL_SECRET had been set, whether or not it was used in between', async () => {
      const it = await withApp();
      // Of more people than are looked at together.
      const sealer = createSealer(sealingKey(jwtSecret));
      const people = Array.from({ length: 120 }, () => ({ name: `sealed-${randomUUID()}`, passwordHash: 'none' }));
      const others = (await postgres.db.insert(accounts).values(people).returning()).map(({ id }) => id);
      const rowOf = (userId: string) => ({ userId, sealed: sealer.seal('secret', totpPlace(userId)) });
      const begun = { begunBy: randomUUID(), createdAt: new Date(it.clock.now()) };
      await postgres.db.insert(totpSecrets).values(others.map((userId) => ({ ...rowOf(userId), ...begun })));
      expect((await restarted(it, added, /are sealed with the present key/)).word).toBe('done');
      expect((await restarted(it, { ...added, ...changed })).word).toBe('done');
      const present = createSealer(sealingKey(added.sealSecret));
      const rows = await postgres.db.select().from(totpSecrets).where(inArray(totpSecrets.userId, others));
      expect(rows.map(({ userId, sealed }) => present.open(sealed, totpPlace(userId)))).toEqual(
        others.map(() => 'secret'),
      );
    });

    describe('a passkey', () => {
      const withPasskey = async (limits: Partial<AuthLimits> = {}, made = createAuthenticator()) => {
        const built = await build(limits);
        const begun = await built.owner.beginPasskey();
        const { passkey } = await built.owner.addPasskey(begun.ticket, made.make(begun));
        const signIn = async () => {
          const { ticket, optionsJson } = await built.ways.beginPasskey();
          return built.ways.passkey(ticket, made.sign({ optionsJson }));
        };
        return { ...built, made, passkey, signIn };
      };

      it('is added, listed, signs in without name and password, and is removed', async () => {
        const { ways, owner, made, passkey, signIn, clock } = await withPasskey();
        expect(passkey).toMatchObject({ name: 'Laptop', lastUsedAtMs: 0, relyingPartyId: 'localhost' });
        clock.advance(1_000);
        expect(await signIn()).toMatchObject({ userId: owner.userId, userName: owner.name });
        expect(await owner.passkeys()).toMatchObject([{ id: passkey?.id, lastUsedAtMs: clock.now() }]);
        const again = await owner.beginPasskey();
        expect(JSON.parse(again.optionsJson)).toMatchObject({ excludeCredentials: [{ id: made.id }] });
        expect(await codeOf(owner.addPasskey(again.ticket, made.make(again)))).toBe('already_exists');
        expect(await wordOf(owner.removePasskey(passkey?.id ?? ''))).toBe('done');
        expect(await wordOf(owner.removePasskey(passkey?.id ?? ''))).toBe('not_found');
        const said = (await owner.log()).entries.map(({ action, detailJson }) => [action, JSON.parse(detailJson).name]);
        expect(said).toEqual(
          expect.arrayContaining([
            ['passkey-added', 'Laptop'],
            ['passkey-removed', 'Laptop'],
          ]),
        ); // Not hidden.
        expect(await codeOf(signIn())).toBe('unauthenticated');
        const { ticket, optionsJson } = await ways.beginPasskey();
        expect(await codeOf(ways.passkey(ticket, createAuthenticator().sign({ optionsJson })))).toBe('unauthenticated');
      });

      it('is both factors: no code of the app is asked for', async () => {
        const { owner, signIn, codeNow } = await withPasskey();
        const { secret } = await owner.beginTotp();
        await owner.confirmTotp(codeNow(secret));
        expect(await signIn()).toMatchObject({ userId: owner.userId });
      });

      it('answers a challenge once, also twice at once, and soon', async () => {
        const { ways, made, clock } = await withPasskey();
        const { ticket, optionsJson } = await ways.beginPasskey();
        const response = made.sign({ optionsJson });
        const words = await Promise.all([1, 2, 3].map(() => wordOf(ways.passkey(ticket, response))));
        expect(words.sort()).toEqual(['done', 'unauthenticated ticket-over', 'unauthenticated ticket-over']);
        const other = await ways.beginPasskey();
        expect(await codeOf(ways.passkey(other.ticket, response))).toBe('unauthenticated');
        clock.advance(5 * minuteMs);
        expect(await wordOf(ways.passkey(other.ticket, made.sign(other)))).toBe('unauthenticated ticket-over');
        const [text = '', mac = ''] = ticket.split('.');
        const longer = Buffer.from(
          Buffer.from(text, 'base64url')
            .toString()
            .replace(/"expiresAtMs":\d+/, '"expiresAtMs":9999999999999'),
        );
        expect(await wordOf(ways.passkey(`${longer.toString('base64url')}.${mac}`, response))).toBe(
          'unauthenticated ticket-over',
        );
      });

      it('signs in from no other page, for no other host, and not without its user', async () => {
        const { ways, made } = await withPasskey();
        const signed = async (how: object, relyingParty = party) => {
          const { ticket, optionsJson } = await ways.beginPasskey();
          return wordOf(ways.passkey(ticket, made.sign({ optionsJson, ...how }), relyingParty));
        };
        expect(await signed({ origin: 'https://tickfolio.example' })).toBe('unauthenticated');
        expect(await signed({ origin: 'http://localhost:9090' })).toBe('unauthenticated');
        expect(await signed({ verified: false })).toBe('unauthenticated');
        const elsewhere = { id: 'tickfolio.example', origins: ['https://tickfolio.example'] };
        expect(await signed({ origin: 'https://tickfolio.example' }, elsewhere)).toBe('unauthenticated ticket-over');
        for (const id of ['127.0.0.1', '::1', '', 'a b', 'x'.repeat(300)])
          expect(await signed({}, { id, origins: party.origins })).toBe('failed_precondition passkey-address');
        expect(await signed({})).toBe('done');
      });

      it('of which there is a copy signs in no more', async () => {
        const { made, signIn } = await withPasskey({}, createAuthenticator({ counts: true }));
        expect(await codeOf(signIn())).toBe('done');
        made.rewind();
        expect(await codeOf(signIn())).toBe('unauthenticated');
        expect(await codeOf(signIn())).toBe('done');
      });

      it('is added by no session but the one that began, and not by what does not fit', async () => {
        const { auth, owner } = await build();
        const made = createAuthenticator();
        const begun = await owner.beginPasskey();
        const phone = accountOf(auth, await openSession(auth, owner.userId));
        const stranger = await createOwner(auth);
        for (const one of [phone, stranger])
          expect(await wordOf(one.addPasskey(begun.ticket, made.make(begun)))).toBe('unauthenticated ticket-over');
        const misfits = [
          made.make({ ...begun, origin: 'https://tickfolio.example' }),
          made.make({ ...begun, verified: false }),
          made.make(await owner.beginPasskey()),
          made.sign(begun),
          '{}',
          'null',
          '"x"',
          'no json',
          `{"id":"${'x'.repeat(20_000)}"}`,
        ];
        for (const misfit of misfits)
          expect([misfit.slice(0, 40), await wordOf(owner.addPasskey(begun.ticket, misfit))]).toEqual([
            misfit.slice(0, 40),
            'permission_denied passkey-misfit',
          ]);
        for (const bad of ['', '  ', 'x'.repeat(65), 'a\u0000b'])
          expect(await wordOf(owner.addPasskey(begun.ticket, made.make(begun), bad))).toBe(
            'invalid_argument passkey-name',
          );
        expect(await owner.passkeys()).toEqual([]);
        expect(await wordOf(owner.addPasskey(begun.ticket, made.make(begun)))).toBe('done');
      });

      it('is one of so many, also when several are added at once', async () => {
        const { owner } = await withPasskey({ maxPasskeys: 2 });
        const begun = [await owner.beginPasskey(), await owner.beginPasskey()];
        const words = await Promise.all(
          begun.map((each) => wordOf(owner.addPasskey(each.ticket, createAuthenticator().make(each)))),
        );
        expect(words.sort()).toEqual(['done', 'failed_precondition too-many-passkeys']);
        expect(await wordOf(owner.beginPasskey())).toBe('failed_precondition too-many-passkeys');
      });

      it('proves that its user is there, and nobody else', async () => {
        const { auth, owner, made, clock } = await withPasskey();
        const stranger = await createOwner(auth);
        clock.advance(6 * minuteMs);
        expect(await wordOf(owner.renewCodes())).toBe('permission_denied reauthenticate');
        expect(await wordOf(stranger.beginProof())).toBe('not_found');
        const begun = await owner.beginProof();
        const response = made.sign(begun);
        expect(await wordOf(stranger.proveByPasskey(begun.ticket, response))).toBe('unauthenticated ticket-over');
        expect(await wordOf(owner.proveByPasskey(begun.ticket, response))).toBe('done');
        expect(await wordOf(owner.proveByPasskey(begun.ticket, response))).toBe('unauthenticated ticket-over');
        expect(await owner.renewCodes()).toHaveLength(10);
        const login = await waysInto(auth).beginPasskey();
        expect(await wordOf(owner.proveByPasskey(login.ticket, made.sign(login)))).toBe('unauthenticated ticket-over');
      });
    });
  });
};
