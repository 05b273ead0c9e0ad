import { type AuditPage, type ChainCheck, checkChain, listEntries } from '@tickfolio/lib/audit';
import { AppError } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { count, eq } from 'drizzle-orm';
import { type Caller, originOf } from './accounts/caller.js';
import type { OwnPassword } from './accounts/own-password.js';
import type { Role, RoleOf } from './accounts/roles.js';
import { recoveryCodesLeft, renewRecoveryCodes } from './factors/recovery-codes.js';
import type { Totp } from './factors/totp.js';
import type { SecurityLog } from './log/security-log.js';
import { passkeys } from './schema.js';
import { type Asker, lockAsker, lockFreshAsker, markFresh } from './sessions/asker.js';

/** What a user is told of the account. */
export interface AccountOverview {
  readonly userId: string;
  readonly name: string;
  readonly role: Role | undefined;
  readonly createdAtMs: number;
  /** 0 where it never was. */
  readonly passwordChangedAtMs: number;
  readonly recoveryCodesLeft: number;
  readonly totp: boolean;
  readonly passkeys: number;
  /** Until when the session may change how one gets in; in the past where it may not. */
  readonly freshUntilMs: number;
}

/** The account of who asks. @throws AppError unauthenticated where the session is over */
export interface Account {
  overview(asker: Asker): Promise<AccountOverview>;
  /**
   * Notes that the user gave the password. @returns until when that holds
   * @throws AppError permission_denied where it is wrong, resource_exhausted
   */
  reauthenticate(asker: Asker, password: string, caller: Caller): Promise<number>;
  /** The new ones, said this once. @throws AppError permission_denied `reauthenticate` */
  renewRecoveryCodes(asker: Asker, caller: Caller): Promise<readonly string[]>;
  /** What happened, the newest first. @throws AppError invalid_argument for a cursor that is none */
  log(asker: Asker, cursor: string, limit: number): Promise<AuditPage>;
  /** Whether the log of all is as it was written. @throws AppError permission_denied `operator-only` */
  checkLog(asker: Asker, afterSeq: number): Promise<ChainCheck>;
}

export interface AccountDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly ownPassword: OwnPassword;
  readonly totp: Pick<Totp, 'isOn'>;
  readonly securityLog: SecurityLog;
  readonly roleOf: RoleOf;
}

export const createAccount = ({ db, time, ownPassword, totp, securityLog, roleOf }: AccountDeps): Account => ({
  overview: (asker) =>
    db.transaction(async (tx) => {
      const { account, freshUntilMs } = await lockAsker(tx, time, asker);
      const [keys] = await tx.select({ known: count() }).from(passkeys).where(eq(passkeys.userId, account.id));
      return {
        userId: account.id,
        name: account.name,
        role: roleOf(account),
        createdAtMs: account.createdAt.getTime(),
        passwordChangedAtMs: account.passwordChangedAt?.getTime() ?? 0,
        recoveryCodesLeft: await recoveryCodesLeft(tx, account.id),
        totp: await totp.isOn(tx, account.id),
        passkeys: keys?.known ?? 0,
        freshUntilMs,
      };
    }),
  reauthenticate: async (asker, password, caller) => {
    await db.transaction((tx) => lockAsker(tx, time, asker)); // Before anything is hashed.
    await ownPassword.prove(asker.userId, password, 'password', caller);
    return db.transaction(async (tx) => {
      await lockAsker(tx, time, asker); // A change of the password meanwhile has ended the session.
      await markFresh(tx, time, asker);
      return (await lockAsker(tx, time, asker)).freshUntilMs;
    });
  },
  renewRecoveryCodes: (asker, caller) =>
    db.transaction(async (tx) => {
      const { id: userId } = await lockFreshAsker(tx, time, asker);
      const codes = await renewRecoveryCodes(tx, time, userId);
      await securityLog(tx, { userId, action: 'recovery-codes-renewed', origin: originOf(caller) });
      return codes;
    }),
  log: async (asker, cursor, limit) => {
    await db.transaction((tx) => lockAsker(tx, time, asker));
    return listEntries(db, asker.userId, cursor, limit);
  },
  checkLog: async (asker, afterSeq) => {
    const { account } = await db.transaction((tx) => lockAsker(tx, time, asker));
    if (roleOf(account) !== 'operator')
      throw new AppError('permission_denied', 'Only an operator may ask this.', { problem: 'operator-only' });
    return checkChain(db, afterSeq);
  },
});
