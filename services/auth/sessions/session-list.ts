import { AppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { CallOrigin } from '../log/call-origin.js';
import type { SecurityLog } from '../log/security-log.js';
import { sessions } from '../schema.js';
import { type Asker, lockAsker, uuidPattern } from './asker.js';
import { isOpen, type RevocationOptions, revoke } from './revocation.js';

/** A session as its user sees it. */
export interface OpenSession {
  readonly id: string;
  readonly device: string;
  readonly network: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
  readonly expiresAtMs: number;
}

/** The open sessions of who asks. @throws AppError unauthenticated where the session that asks is over */
export interface SessionList {
  /** The one used last first. */
  list(asker: Asker): Promise<readonly OpenSession[]>;
  /** Ends one of them, also that which asks. @throws AppError not_found for what is no open session of the user */
  end(asker: Asker, sessionId: string, origin: CallOrigin): Promise<void>;
}

export interface SessionListOptions extends RevocationOptions {
  readonly securityLog: SecurityLog;
  readonly maxSessions: number;
}

export const createSessionList = (db: Database, options: SessionListOptions): SessionList => {
  const { time, securityLog, maxSessions } = options;
  return {
    list: (asker) =>
      db.transaction(async (tx) => {
        await lockAsker(tx, time, asker);
        const lastUsedAt = sql`coalesce(${sessions.lastUsedAt}, ${sessions.createdAt})`;
        const rows = await tx
          .select({
            id: sessions.id,
            device: sql<string>`coalesce(${sessions.device}, '')`,
            network: sql<string>`coalesce(${sessions.network}, '')`,
            createdAt: sessions.createdAt,
            lastUsedAt: lastUsedAt.mapWith(sessions.createdAt),
            expiresAt: sessions.expiresAt,
          })
          .from(sessions)
          .where(and(eq(sessions.userId, asker.userId), isOpen(tx, time)))
          .orderBy(desc(lastUsedAt), sessions.id)
          .limit(maxSessions);
        return rows.map(({ createdAt, lastUsedAt: usedAt, expiresAt, ...row }) => ({
          ...row,
          createdAtMs: createdAt.getTime(),
          lastUsedAtMs: usedAt.getTime(),
          expiresAtMs: expiresAt.getTime(),
        }));
      }),
    end: (asker, sessionId, origin) =>
      db.transaction(async (tx) => {
        await lockAsker(tx, time, asker);
        const own = and(eq(sessions.id, sessionId), eq(sessions.userId, asker.userId));
        const ended = uuidPattern.test(sessionId) ? await revoke(tx, options, own, 'ended') : [];
        if (ended.length === 0) throw new AppError('not_found', 'There is no such open session.');
        await securityLog(tx, {
          userId: asker.userId,
          action: 'session-ended',
          origin,
          detail: { session: sessionId, because: 'ended' },
        });
      }),
  };
};
