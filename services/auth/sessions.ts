import type { Clock } from '@tickfolio/lib/clock';
import type { Database, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, gt, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { newRefreshToken, refreshTokenHash } from './refresh-token.js';
import { accounts, refreshTokens, sessions } from './schema.js';

/** A refresh token just made; only its hash is kept. */
export interface IssuedToken {
  readonly sessionId: string;
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

export type Rotation =
  /** `again`: the token had been used a moment ago, by another tab or in a call whose answer was lost. */
  | { readonly kind: 'rotated' | 'again'; readonly userId: string; readonly userName: string; readonly issued: IssuedToken }
  /** The token had been used before: somebody has a copy. The whole session is revoked. */
  | { readonly kind: 'reused'; readonly sessionId: string; readonly userId: string }
  | { readonly kind: 'refused' };

export interface SessionRef {
  readonly sessionId: string;
  readonly userId: string;
}

/** Sessions and their refresh tokens. A session is a family of tokens, each used once and followed by the next. */
export interface Sessions {
  open(userId: string): Promise<IssuedToken>;
  /** Exchanges a token for its successor. */
  rotate(token: string): Promise<Rotation>;
  /** Revokes the session a token belongs to, whatever became of the token. Undefined when the token is unknown. */
  end(token: string): Promise<SessionRef | undefined>;
  /**
   * Revokes every session that the user has at this moment; one opened after it stays.
   * @returns the ids of those, and of what ended so short a time ago that its access tokens are still valid: a repeated call names them again
   */
  endAll(userId: string): Promise<readonly string[]>;
  /** The user of a session that can go on; undefined when it is over or unknown. */
  userOf(sessionId: string): Promise<string | undefined>;
  /** Deletes up to `limit` tokens and `limit` sessions that are over. @returns how many rows went */
  deleteOver(limit: number): Promise<number>;
}

export interface SessionsOptions {
  readonly clock: Clock;
  /** How long an access token lives, in milliseconds. */
  readonly accessTtlMs: number;
  /** How long a refresh token lives unused, in milliseconds. */
  readonly refreshTtlMs: number;
  /** After this time a session ends, however busy it is. */
  readonly sessionTtlMs: number;
  /** How long after its use a token may be used again. */
  readonly graceMs: number;
  /** How often it may be. */
  readonly maxGraceUses: number;
}

/** Revoked sessions stay this long, for whoever looks into why. */
const keepRevokedMs = 24 * 3_600_000;
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const createSessions = (db: Database, options: SessionsOptions): Sessions => {
  const { clock, accessTtlMs, refreshTtlMs, sessionTtlMs, graceMs, maxGraceUses } = options;

  const issue = async (tx: Transaction, sessionId: string, nowMs: number, sessionEnd: Date): Promise<IssuedToken> => {
    const token = newRefreshToken();
    const expiresAtMs = Math.min(nowMs + refreshTtlMs, sessionEnd.getTime());
    await tx
      .insert(refreshTokens)
      .values({ tokenHash: refreshTokenHash(token), sessionId, createdAt: new Date(nowMs), expiresAt: new Date(expiresAtMs) });
    return { sessionId, token, expiresAtMs };
  };

  /** The session of a token, locked: what happens to one family happens in turn. */
  const lockSession = async (tx: Transaction, tokenHash: string) => {
    const [session] = await tx
      .select({
        id: sessions.id,
        userId: sessions.userId,
        userName: accounts.name,
        expiresAt: sessions.expiresAt,
        revokedAt: sessions.revokedAt,
      })
      .from(refreshTokens)
      .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
      .innerJoin(accounts, eq(accounts.id, sessions.userId))
      .where(eq(refreshTokens.tokenHash, tokenHash))
      .for('update', { of: sessions });
    return session;
  };

  const revoke = (tx: Transaction, sessionId: string, revokedBecause: 'logout' | 'reuse') =>
    tx
      .update(sessions)
      .set({ revokedAt: new Date(clock.now()), revokedBecause })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt)));

  /** Uses a token for the first time. What else of the family is unused came from a use within the grace, and ends here: one line goes on. */
  const useFirst = async (tx: Transaction, tokenHash: string, sessionId: string, now: Date): Promise<boolean> => {
    const used = await tx
      .update(refreshTokens)
      .set({ usedAt: now })
      .where(and(eq(refreshTokens.tokenHash, tokenHash), isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, now)))
      .returning({ tokenHash: refreshTokens.tokenHash });
    if (used.length === 0) return false;
    await tx
      .update(refreshTokens)
      .set({ usedAt: now })
      .where(and(eq(refreshTokens.sessionId, sessionId), isNull(refreshTokens.usedAt)));
    return true;
  };

  const useAgain = async (tx: Transaction, tokenHash: string, now: Date): Promise<'again' | 'refused' | 'reused'> => {
    const [token] = await tx.select().from(refreshTokens).where(eq(refreshTokens.tokenHash, tokenHash));
    if (!token?.usedAt) return 'refused'; // It expired unused.
    if (token.usedAt.getTime() + graceMs < now.getTime()) return 'reused';
    const counted = await tx
      .update(refreshTokens)
      .set({ graceUses: sql`${refreshTokens.graceUses} + 1` })
      .where(and(eq(refreshTokens.tokenHash, tokenHash), lt(refreshTokens.graceUses, maxGraceUses)))
      .returning({ graceUses: refreshTokens.graceUses });
    return counted.length > 0 ? 'again' : 'refused';
  };

  return {
    open: (userId) =>
      db.transaction(async (tx) => {
        const nowMs = clock.now();
        const expiresAt = new Date(nowMs + sessionTtlMs);
        const [session] = await tx
          .insert(sessions)
          .values({ userId, createdAt: new Date(nowMs), expiresAt })
          .returning({ id: sessions.id });
        if (!session) throw new Error('an insert returned no row');
        return issue(tx, session.id, nowMs, expiresAt);
      }),
    rotate: (token) =>
      db.transaction(async (tx): Promise<Rotation> => {
        const tokenHash = refreshTokenHash(token);
        const session = await lockSession(tx, tokenHash);
        const now = new Date(clock.now());
        if (!session || session.revokedAt || session.expiresAt <= now) return { kind: 'refused' };
        const { id: sessionId, userId, userName } = session;
        const outcome = (await useFirst(tx, tokenHash, sessionId, now)) ? 'rotated' : await useAgain(tx, tokenHash, now);
        if (outcome === 'refused') return { kind: 'refused' };
        if (outcome === 'reused') {
          await revoke(tx, sessionId, 'reuse');
          return { kind: 'reused', sessionId, userId };
        }
        return { kind: outcome, userId, userName, issued: await issue(tx, sessionId, now.getTime(), session.expiresAt) };
      }),
    end: (token) =>
      db.transaction(async (tx) => {
        const session = await lockSession(tx, refreshTokenHash(token));
        if (!session) return undefined;
        await revoke(tx, session.id, 'logout');
        return { sessionId: session.id, userId: session.userId };
      }),
    endAll: (userId) =>
      db.transaction(async (tx) => {
        if (!uuidPattern.test(userId)) return [];
        // A new session refers to its account, so what is opened meanwhile waits and begins after this; what was opened before is seen below.
        await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, userId)).for('update');
        const nowMs = clock.now();
        await tx
          .update(sessions)
          .set({ revokedAt: new Date(nowMs), revokedBecause: 'everywhere' })
          .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
        const ended = await tx
          .select({ id: sessions.id })
          .from(sessions)
          .where(and(eq(sessions.userId, userId), gt(sessions.revokedAt, new Date(nowMs - accessTtlMs))));
        return ended.map(({ id }) => id);
      }),
    userOf: async (sessionId) => {
      if (!uuidPattern.test(sessionId)) return undefined;
      const now = new Date(clock.now());
      const [session] = await db
        .select({ userId: sessions.userId })
        .from(sessions)
        .innerJoin(
          refreshTokens,
          and(eq(refreshTokens.sessionId, sessions.id), isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, now)),
        )
        .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt), gt(sessions.expiresAt, now)))
        .limit(1);
      return session?.userId;
    },
    deleteOver: async (limit) => {
      const nowMs = clock.now();
      const now = new Date(nowMs);
      const skipLocked = { skipLocked: true } as const;
      const oldTokens = db.select({ tokenHash: refreshTokens.tokenHash }).from(refreshTokens).where(lte(refreshTokens.expiresAt, now));
      const tokens = await db
        .delete(refreshTokens)
        .where(inArray(refreshTokens.tokenHash, oldTokens.limit(limit).for('update', skipLocked)))
        .returning({ tokenHash: refreshTokens.tokenHash });
      const over = or(lte(sessions.expiresAt, now), lt(sessions.revokedAt, new Date(nowMs - keepRevokedMs)));
      const oldSessions = db.select({ id: sessions.id }).from(sessions).where(over);
      const gone = await db
        .delete(sessions)
        .where(inArray(sessions.id, oldSessions.limit(limit).for('update', skipLocked)))
        .returning({ id: sessions.id });
      return tokens.length + gone.length;
    },
  };
};
