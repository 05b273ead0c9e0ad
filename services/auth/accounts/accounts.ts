import { AppError } from '@tickfolio/lib/errors';
import { type Database, sqlState, type Transaction, uniqueViolation } from '@tickfolio/lib/postgres';
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { accounts } from '../schema.js';
import { nameKey } from './credentials.js';

export interface Account {
  readonly id: string;
  /** As it was given when the account was made. */
  readonly name: string;
  /** What the name is compared by; null for an account that has lost it to another one. */
  readonly nameKey: string | null;
  readonly passwordHash: string;
}

export interface Accounts {
  /**
   * @param key names the request, once for all @param made what else is done in the same transaction
   * @returns the new account's id. @throws AppError already_exists when the name is taken, in whatever case, or the key
   */
  create(
    name: string,
    passwordHash: string,
    key?: string,
    made?: (tx: Transaction, userId: string) => Promise<void>,
  ): Promise<string>;
  findById(userId: string): Promise<Account | undefined>;
  /** The one that was made by the request of that name. */
  findByKey(key: string): Promise<Account | undefined>;
  /**
   * By its name, in whatever case. Nearly always one or none: from before names were compared by key there may be two
   * that differ in case only, and the one that is spelled exactly so comes first.
   */
  find(name: string): Promise<readonly Account[]>;
}

export const nameTaken = (): AppError =>
  new AppError('already_exists', 'This name is taken.', { fields: [{ field: 'name', message: 'is taken' }] });

const columns = {
  id: accounts.id,
  name: accounts.name,
  nameKey: accounts.nameKey,
  passwordHash: accounts.passwordHash,
};

export const createAccounts = (db: Database): Accounts => ({
  create: async (name, passwordHash, key, made) => {
    try {
      const row = { name, nameKey: nameKey(name), passwordHash, registrationKey: key ?? null };
      return await db.transaction(async (tx) => {
        const [account] = await tx.insert(accounts).values(row).returning({ id: accounts.id });
        if (!account) throw new Error('an insert returned no row');
        await made?.(tx, account.id);
        return account.id;
      });
    } catch (err) {
      if (sqlState(err) === uniqueViolation) throw nameTaken();
      throw err;
    }
  },
  findByKey: async (key) => {
    const [account] = await db.select(columns).from(accounts).where(eq(accounts.registrationKey, key));
    return account;
  },
  findById: async (userId) => {
    const [account] = await db.select(columns).from(accounts).where(eq(accounts.id, userId));
    return account;
  },
  find: (name) =>
    db
      .select(columns)
      .from(accounts)
      .where(
        or(
          eq(accounts.nameKey, nameKey(name)),
          and(isNull(accounts.nameKey), eq(sql`${accounts.name} collate "C"`, name)),
        ),
      )
      .orderBy(sql`${accounts.nameKey} nulls first`),
});
