import type { Clock } from '@tickfolio/lib/clock';
import { type Database, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { eq } from 'drizzle-orm';
import { accounts } from '../schema.js';
import type { CallOrigin } from './call-origin.js';
import type { SecurityLog } from './security-log.js';

/**
 * Counts what is refused at signing in, and writes one row an account and minute once that is over: so guessing neither
 * fills the log nor waits at its head. What was counted when this process is killed is not written.
 */
export interface RefusedSignIns {
  note(userId: string, origin: CallOrigin): void;
  /** Writes what was counted. Idempotent. */
  close(): Promise<void>;
}

export interface RefusedSignInsDeps {
  readonly db: Database;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  readonly log: Logger;
}

const periodMs = 60_000;
/** Accounts in a minute; of more nothing is written. */
const maxAccounts = 1_000;

export const createRefusedSignIns = ({ db, securityLog, clock, log }: RefusedSignInsDeps): RefusedSignIns => {
  const counted = new Map<string, { count: number; origin: CallOrigin }>();
  let running: Promise<void> | undefined;
  const writeAll = async () => {
    for (const [userId, { count, origin }] of [...counted]) {
      counted.delete(userId);
      try {
        await db.transaction(async (tx) => {
          // Kept until the row is written: what is written after the account was deleted would stay for good.
          const account = tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, userId)).for('key share');
          if ((await account).length === 0) return;
          await securityLog(tx, { userId, action: 'sign-in-refused', outcome: 'refused', origin, detail: { count } });
        });
      } catch (err) {
        const since = counted.get(userId);
        counted.set(userId, { count: count + (since?.count ?? 0), origin: since?.origin ?? origin });
        log.warn({ err: fromPostgresError(err) }, 'refused sign-ins could not be written down; trying again later');
        return;
      }
    }
  };
  const write = () => {
    running ??= inBackground(writeAll).finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = clock.every(periodMs, () => void write());
  return {
    note: (userId, origin) => {
      const before = counted.get(userId);
      if (!before && counted.size >= maxAccounts) return;
      counted.set(userId, { count: (before?.count ?? 0) + 1, origin });
    },
    close: async () => {
      timer.cancel();
      await running; // What came while that ran is still to be written.
      await write();
    },
  };
};
