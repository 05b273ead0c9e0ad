import { randomInt } from 'node:crypto';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, count, eq, isNull } from 'drizzle-orm';
import { recoveryCodes } from '../schema.js';
import { secretHash } from '../sessions/secret-hash.js';

const codes = 10;
/** Crockford's: no letter that is taken for a digit or another letter. 16 of them are 80 bits. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const groups = 4;
const groupLength = 4;
/** With blanks or hyphens between each two of them. */
const maxTypedLength = 2 * groups * groupLength;

const newCode = (): string =>
  Array.from({ length: groups }, () =>
    Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join(''),
  ).join('-');

/** However it was typed: in capitals, without hyphens, with o for 0. */
const normalCode = (typed: string): string =>
  typed.slice(0, maxTypedLength).toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');

/** What is kept of a code, however it is typed. */
export const recoveryCodeHash = (code: string): string => secretHash(`recovery ${normalCode(code)}`);

/** Makes new codes for an account and voids those of before, in a transaction that locked the account. */
export const renewRecoveryCodes = async (
  tx: Transaction,
  time: DatabaseTime,
  userId: string,
): Promise<readonly string[]> => {
  const made = Array.from({ length: codes }, newCode);
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  await tx
    .insert(recoveryCodes)
    .values(made.map((code) => ({ userId, codeHash: recoveryCodeHash(code), createdAt: time() })));
  return made;
};

/** Uses a code, once. @returns whether it was one of the account's that was not used before */
export const useRecoveryCode = async (
  tx: Transaction,
  time: DatabaseTime,
  userId: string,
  code: string,
): Promise<boolean> => {
  const unused = and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt));
  const used = await tx
    .update(recoveryCodes)
    .set({ usedAt: time() })
    .where(and(unused, eq(recoveryCodes.codeHash, recoveryCodeHash(code))))
    .returning({ codeHash: recoveryCodes.codeHash });
  return used.length > 0;
};

export const recoveryCodesLeft = async (tx: Transaction, userId: string): Promise<number> => {
  const unused = and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt));
  const [left] = await tx.select({ codes: count() }).from(recoveryCodes).where(unused);
  return left?.codes ?? 0;
};
