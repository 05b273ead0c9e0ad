import type { Clock } from '@tickfolio/lib/clock';
import { type Database, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { eq } from 'drizzle-orm';
import { accounts } from '../schema.js';
import type { CallOrigin } from './call-origin.js';
import type { SecurityLog } from './security-log.js';

/** What somebody may have been guessing: at signing in, of the password or an app's code inside, of a recovery code. */
export type Guess = 'sign-in-refused' | 'password-refused' | 'code-refused' | 'recovery-refused';

/**
 * Counts what is refused, and writes one row an account, kind and minute once that is over: so guessing neither fills
 * the log nor waits at its head. What was counted when this process is killed is not written.
 */
export interface Refusals {
  note(userId: string, guess: Guess, origin: CallOrigin): void;
  /** Writes what was counted. Idempotent. */
  close(): Promise<void>;
}

export interface RefusalsDeps {
  readonly db: Database;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Counted {
  readonly userId: string;
  readonly guess: Guess;
  readonly count: number;
  readonly origin: CallOrigin;
}

const periodMs = 60_000;
/** Rows of a minute; of more nothing is written. */
const maxRows = 1_000;

export const createRefusals = ({ db, securityLog, clock, log }: RefusalsDeps): Refusals => {
  const counted = new Map<string, Counted>();
  let running: Promise<void> | undefined;
  const writeAll = async () => {
    for (const [key, row] of [...counted]) {
      const { userId, guess, count, origin } = row;
      counted.delete(key);
      try {
        await db.transaction(async (tx) => {
          // Kept until the row is written: what is written after the account was deleted would stay for good.
          const account = tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, userId)).for('key share');
          if ((await account).length === 0) return;
          await securityLog(tx, { userId, action: guess, outcome: 'refused', origin, detail: { count } });
        });
      } catch (err) {
        const since = counted.get(key);
        counted.set(key, { ...row, count: count + (since?.count ?? 0), origin: since?.origin ?? origin });
        log.warn({ err: fromPostgresError(err) }, 'what was refused could not be written down; trying again later');
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
    note: (userId, guess, origin) => {
      const key = `${guess} ${userId}`;
      const before = counted.get(key);
      if (!before && counted.size >= maxRows) return;
      counted.set(key, { userId, guess, count: (before?.count ?? 0) + 1, origin });
    },
    close: async () => {
      timer.cancel();
      await running; // What came while that ran is still to be written.
      await write();
    },
  };
};
