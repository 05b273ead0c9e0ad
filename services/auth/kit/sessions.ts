import type { Database } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import type { CallOrigin } from '../log/call-origin.js';
import { createSecurityLog } from '../log/security-log.js';
import { accounts } from '../schema.js';
import { createSessions, type SessionsOptions } from '../sessions/sessions.js';

/** Where calls of tests come from. */
export const testOrigin: CallOrigin = { device: 'Firefox on Linux', network: '203.0.113.0/24', requestId: 'test' };

/** Sessions, for tests that do not look at where calls come from. */
export const createTestSessions = (db: Database, options: Omit<SessionsOptions, 'securityLog' | 'maxSessions'>) => {
  const securityLog = createSecurityLog(options.time);
  const { openWithin, rotate, end, endAll, ...rest } = createSessions(db, {
    maxSessions: 100,
    ...options,
    securityLog,
  });
  return {
    ...rest,
    open: (userId: string) =>
      db.transaction(async (tx) => {
        await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, userId)).for('update');
        return openWithin(tx, userId, 'password', testOrigin);
      }),
    rotate: (token: string, signal?: AbortSignal) => rotate(token, testOrigin, signal),
    end: (token: string) => end(token, testOrigin),
    endAll: (userId: string) => endAll(userId, testOrigin),
  };
};
