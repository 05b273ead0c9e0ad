import { randomBytes } from 'node:crypto';
import { AppError } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import type { Throttle } from '@tickfolio/lib/throttle';
import { and, desc, eq, gt, lt, notInArray } from 'drizzle-orm';
import type { CallOrigin } from '../log/call-origin.js';
import type { SecurityLog } from '../log/security-log.js';
import { accounts, tickets } from '../schema.js';
import { shifted } from '../sessions/agreed-time.js';
import { secretHash } from '../sessions/secret-hash.js';
import type { IssuedToken, Sessions } from '../sessions/sessions.js';
import { useRecoveryCode } from './recovery-codes.js';
import type { Totp } from './totp.js';

/** What a login has to go on with. */
export interface SecondFactorNeeded {
  readonly ticket: string;
  readonly kinds: readonly string[];
}

/** Whose session was opened, and what renews it. */
export interface Opened {
  readonly userId: string;
  readonly userName: string;
  readonly nameKey: string | null;
  readonly issued: IssuedToken;
}

/** An account, and what the password was held against. */
export interface Proved {
  readonly id: string;
  readonly passwordHash: string;
}

/** The second step of a login, where the account has an authenticator app. */
export interface SecondFactor {
  /**
   * Opens a session, or where the account has an app says what the login has to go on with: both by what holds when it
   * is done, so that a password or an app that came while the password was checked counts.
   * @param proved the account whose password was given, as it was then
   * @throws AppError unauthenticated where that is not its password any more
   */
  begin(proved: Proved, origin: CallOrigin): Promise<Opened | SecondFactorNeeded>;
  /**
   * @throws AppError unauthenticated for a wrong code, a used one and a ticket that is over; invalid_argument for
   * another kind; resource_exhausted after too many tries of the account
   */
  give(ticket: string, kind: string, code: string, origin: CallOrigin): Promise<Opened>;
}

export interface SecondFactorDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly totp: Pick<Totp, 'isOn' | 'use'>;
  readonly sessions: Pick<Sessions, 'openWithin'>;
  /** By user. */
  readonly throttle: Throttle;
  readonly securityLog: SecurityLog;
}

const kinds = ['totp', 'recovery-code'] as const;
const lifeMs = 5 * 60_000;
const maxTries = 5;
/** Of one account at once; a login beyond them takes the place of the oldest. */
const maxTickets = 20;
const ticketPattern = /^[\w-]{43}$/;

const ticketOver = () =>
  new AppError('unauthenticated', 'That took too long or too many tries; please sign in again.', {
    fields: [{ field: 'ticket', message: 'is used, or its time or its tries are over', reason: 'ticket-over' }],
  });
const wrongCode = () =>
  new AppError('unauthenticated', 'The code is wrong or was used before.', {
    fields: [{ field: 'code', message: 'is wrong, or was used before', reason: 'wrong-code' }],
  });

export const createSecondFactor = (deps: SecondFactorDeps): SecondFactor => {
  const { db, time, totp, sessions, throttle, securityLog } = deps;
  const good = (ticket: string) =>
    and(
      eq(tickets.ticketHash, secretHash(ticket)),
      eq(tickets.kind, 'second-factor'),
      gt(tickets.expiresAt, time()),
      lt(tickets.tries, maxTries),
    );
  const isRight = (tx: Transaction, userId: string, kind: string, code: string): Promise<boolean> =>
    kind === 'totp' ? totp.use(tx, userId, code) : useRecoveryCode(tx, time, userId, code);

  const giveTicket = async (tx: Transaction, userId: string): Promise<string> => {
    const ticket = randomBytes(32).toString('base64url');
    const ofUser = and(eq(tickets.userId, userId), eq(tickets.kind, 'second-factor'));
    const newest = tx
      .select({ ticketHash: tickets.ticketHash })
      .from(tickets)
      .where(ofUser)
      .orderBy(desc(tickets.expiresAt))
      .limit(maxTickets - 1);
    await tx.delete(tickets).where(and(ofUser, notInArray(tickets.ticketHash, newest)));
    const expiresAt = shifted(time(), lifeMs);
    await tx.insert(tickets).values({ ticketHash: secretHash(ticket), kind: 'second-factor', userId, expiresAt });
    return ticket;
  };

  return {
    begin: (proved, origin) =>
      db.transaction(async (tx) => {
        const userId = proved.id;
        const [account] = await tx.select().from(accounts).where(eq(accounts.id, userId)).for('update');
        if (account?.passwordHash !== proved.passwordHash)
          throw new AppError('unauthenticated', 'The name or the password is wrong.');
        if (await totp.isOn(tx, userId)) return { ticket: await giveTicket(tx, userId), kinds };
        const issued = await sessions.openWithin(tx, userId, 'password', origin);
        return { userId, userName: account.name, nameKey: account.nameKey, issued };
      }),
    give: async (ticket, kind, code, origin) => {
      if (!kinds.some((one) => one === kind))
        throw new AppError('invalid_argument', 'There is no such second factor.', {
          fields: [{ field: 'kind', message: `must be one of ${kinds.join(', ')}` }],
        });
      if (!ticketPattern.test(ticket)) throw ticketOver();
      const [known] = await db.select({ userId: tickets.userId }).from(tickets).where(good(ticket));
      if (!known) throw ticketOver();
      const { userId } = known;
      throttle.take(userId);
      const opened = await db.transaction(async (tx) => {
        const [account] = await tx.select().from(accounts).where(eq(accounts.id, userId)).for('update');
        const [still] = await tx.select({ tries: tickets.tries }).from(tickets).where(good(ticket)).for('update');
        if (!account || !still) throw ticketOver();
        if (!(await isRight(tx, userId, kind, code))) {
          await tx
            .update(tickets)
            .set({ tries: still.tries + 1 })
            .where(eq(tickets.ticketHash, secretHash(ticket)));
          await securityLog(tx, {
            userId,
            action: 'second-factor-refused',
            outcome: 'refused',
            origin,
            detail: { kind },
          });
          return undefined;
        }
        await tx.delete(tickets).where(eq(tickets.ticketHash, secretHash(ticket)));
        const by = kind === 'totp' ? 'password and totp' : 'password and recovery code';
        const issued = await sessions.openWithin(tx, userId, by, origin);
        return { userId, userName: account.name, nameKey: account.nameKey, issued };
      });
      if (!opened) throw wrongCode();
      throttle.reset(userId);
      return opened;
    },
  };
};
