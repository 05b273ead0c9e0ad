import { AppError } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import type { Sealer } from '@tickfolio/lib/sealed';
import type { Throttle } from '@tickfolio/lib/throttle';
import { and, eq, gt, isNotNull, isNull, lt, or, type SQL } from 'drizzle-orm';
import { generateSecret, generateURI, verifySync } from 'otplib';
import type { CallOrigin } from '../log/call-origin.js';
import type { Refusals } from '../log/refusals.js';
import type { SecurityLog } from '../log/security-log.js';
import { totpSecrets } from '../schema.js';
import { shifted, timeMs } from '../sessions/agreed-time.js';
import { type Asker, lockAsker, lockFreshAsker } from '../sessions/asker.js';

/** Codes of an authenticator app (RFC 6238): six digits, SHA-1, 30 s, which is what all such apps can do. */
export interface Totp {
  /**
   * A new secret, which counts once it was confirmed. @throws AppError unauthenticated, permission_denied
   * `reauthenticate`, failed_precondition while one counts
   */
  begin(asker: Asker): Promise<{ readonly secret: string; readonly uri: string }>;
  /**
   * @throws AppError permission_denied for a wrong code, failed_precondition where nothing was begun, unauthenticated,
   * resource_exhausted
   */
  confirm(asker: Asker, code: string, origin: CallOrigin): Promise<void>;
  /** @throws AppError not_found, unauthenticated, permission_denied `reauthenticate` */
  remove(asker: Asker, origin: CallOrigin): Promise<void>;
  /** Whether the account's logins need a code. */
  isOn(tx: Pick<Transaction, 'select'>, userId: string): Promise<boolean>;
  /**
   * Uses a code, once, in a transaction. @returns whether it was right and not used before
   * @throws AppError failed_precondition where the secret was sealed with a key that the service has no more
   */
  use(tx: Transaction, userId: string, code: string): Promise<boolean>;
}

export interface TotpDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly sealer: Sealer;
  /** By user. */
  readonly throttle: Throttle;
  readonly securityLog: SecurityLog;
  readonly refusals: Pick<Refusals, 'note'>;
}

const issuer = 'tickfolio';
const stepS = 30;
/** A code is good for as long before and after its own 30 s. */
const toleranceS = stepS;
const confirmWithinMs = 10 * 60_000;
const codePattern = /^\d{6}$/;

/** Where the sealed secret of a user belongs. */
export const totpPlace = (userId: string): readonly string[] => ['auth', 'totp', userId];

export const createTotp = ({ db, time, sealer, throttle, securityLog, refusals }: TotpDeps): Totp => {
  const ofUser = (userId: string) => eq(totpSecrets.userId, userId);
  /** Uses a code of the row; the database alone says whether one of that step was used. */
  const useCode = async (tx: Transaction, userId: string, sealed: string, typed: string): Promise<boolean> => {
    const token = typed.replace(/\s/g, '');
    if (!codePattern.test(token)) return false;
    const epoch = Math.floor((await timeMs(tx, time)) / 1_000);
    const secret = sealer.open(sealed, totpPlace(userId));
    const result = verifySync({ secret, token, epoch, epochTolerance: toleranceS });
    if (!result.valid) return false;
    const step = Math.floor(epoch / stepS) + result.delta;
    const later = or(isNull(totpSecrets.lastStep), lt(totpSecrets.lastStep, step));
    const used = await tx
      .update(totpSecrets)
      .set({ lastStep: step })
      .where(and(ofUser(userId), eq(totpSecrets.sealed, sealed), later))
      .returning({ userId: totpSecrets.userId });
    return used.length > 0;
  };
  /** Nobody seals it anew before its code is used. */
  const lockSealed = async (tx: Transaction, which: SQL | undefined) =>
    (await tx.select({ sealed: totpSecrets.sealed }).from(totpSecrets).where(which).for('update'))[0];
  const isOn: Totp['isOn'] = async (tx, userId) => {
    const confirmed = and(ofUser(userId), isNotNull(totpSecrets.confirmedAt));
    return (await tx.select({ userId: totpSecrets.userId }).from(totpSecrets).where(confirmed)).length > 0;
  };

  return {
    begin: (asker) =>
      db.transaction(async (tx) => {
        const account = await lockFreshAsker(tx, time, asker);
        if (await isOn(tx, account.id))
          throw new AppError('failed_precondition', 'An authenticator app is set up already; remove it first.', {
            fields: [{ field: 'totp', message: 'is set up already', reason: 'totp-on' }],
          });
        const secret = generateSecret();
        const row = {
          sealed: sealer.seal(secret, totpPlace(account.id)),
          begunBy: asker.sessionId,
          createdAt: time(),
          lastStep: null,
        };
        await tx
          .insert(totpSecrets)
          .values({ ...row, userId: account.id })
          .onConflictDoUpdate({ target: totpSecrets.userId, set: row });
        return { secret, uri: generateURI({ issuer, label: account.name, secret }) };
      }),
    confirm: async (asker, code, origin) => {
      throttle.take(asker.userId);
      const isRight = await db.transaction(async (tx) => {
        const { account } = await lockAsker(tx, time, asker);
        const begun = and(
          ofUser(account.id),
          isNull(totpSecrets.confirmedAt),
          eq(totpSecrets.begunBy, asker.sessionId),
          gt(totpSecrets.createdAt, shifted(time(), -confirmWithinMs)),
        );
        const row = await lockSealed(tx, begun);
        if (!row)
          throw new AppError('failed_precondition', 'Ask for a new secret first; none waits for its first code.', {
            fields: [{ field: 'code', message: 'is of no secret that waits for it', reason: 'totp-not-begun' }],
          });
        if (!(await useCode(tx, account.id, row.sealed, code))) return false;
        await tx.update(totpSecrets).set({ confirmedAt: time() }).where(ofUser(account.id));
        await securityLog(tx, { userId: account.id, action: 'totp-added', origin });
        return true;
      });
      if (!isRight) {
        refusals.note(asker.userId, 'code-refused', origin);
        throw new AppError('permission_denied', 'The code is wrong; take the one that the app shows now.', {
          fields: [{ field: 'code', message: 'is not the one that the app shows', reason: 'wrong-code' }],
        });
      }
      throttle.reset(asker.userId);
    },
    remove: (asker, origin) =>
      db.transaction(async (tx) => {
        const { id: userId } = await lockFreshAsker(tx, time, asker);
        const confirmed = and(ofUser(userId), isNotNull(totpSecrets.confirmedAt));
        const gone = await tx.delete(totpSecrets).where(confirmed).returning({ userId: totpSecrets.userId });
        if (gone.length === 0) throw new AppError('not_found', 'No authenticator app is set up.');
        await securityLog(tx, { userId, action: 'totp-removed', origin });
      }),
    isOn,
    use: async (tx, userId, code) => {
      const confirmed = and(ofUser(userId), isNotNull(totpSecrets.confirmedAt));
      const row = await lockSealed(tx, confirmed);
      return row !== undefined && useCode(tx, userId, row.sealed, code);
    },
  };
};
