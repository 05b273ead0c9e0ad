import type { Database, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { accounts, refreshTokens, sessions } from '../schema.js';
import { shifted } from './agreed-time.js';
import { createDeleteOver } from './expired-rows.js';
import { familyHash, familyOf, newFamily, refreshTokenHash } from './refresh-token.js';
import { createTokenLine, type IssuedToken, type TokenLineOptions } from './token-line.js';

export type { IssuedToken } from './token-line.js';

export type Rotation =
  /**
   * `again`: the token had been used, but none of its successors: by another tab, or in a call whose answer was lost.
   */
  | {
      readonly kind: 'rotated' | 'again';
      readonly userId: string;
      readonly userName: string;
      readonly issued: IssuedToken;
    }
  /** A successor of the token had been used: somebody has a copy. The whole session is revoked. */
  | { readonly kind: 'reused'; readonly sessionId: string; readonly userId: string }
  /** `late` and `busy` end nothing; a later try may succeed. */
  | { readonly kind: 'refused' | 'late' | 'busy' };

export interface SessionRef {
  readonly sessionId: string;
  readonly userId: string;
}

/**
 * Sessions and their refresh tokens. A session is a family of tokens, each good until one that followed it was used.
 */
export interface Sessions {
  open(userId: string): Promise<IssuedToken>;
  /**
   * Exchanges a token for its successor.
   * @param signal nothing is changed for a caller who left while it waited; throws its reason
   */
  rotate(token: string, signal?: AbortSignal): Promise<Rotation>;
  /** Revokes the session a token belongs to, whatever became of the token. Undefined when the token is unknown. */
  end(token: string): Promise<SessionRef | undefined>;
  /**
   * Revokes every session that the user has at this moment; one opened after it stays.
   * @returns the ids of those, and of what ended so short a time ago that its access tokens are still valid: a repeated
   * call names them again
   */
  endAll(userId: string): Promise<readonly string[]>;
  /** The user of a session that can go on; undefined when it is over or unknown. */
  userOf(sessionId: string): Promise<string | undefined>;
  /**
   * Deletes up to `limit` tokens, and a tenth as many sessions with what tokens they have, that are over. @returns how
   * many rows went
   */
  deleteOver(limit: number): Promise<number>;
}

export interface SessionsOptions extends TokenLineOptions {
  /** How long an access token lives, in milliseconds. */
  readonly accessTtlMs: number;
  /** After this time a session ends, however busy it is. */
  readonly sessionTtlMs: number;
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const createSessions = (db: Database, options: SessionsOptions): Sessions => {
  const { time, accessTtlMs, sessionTtlMs } = options;
  const line = createTokenLine(options);

  const sessionIdOf = async (tx: Transaction, token: string): Promise<string | undefined> => {
    const byToken = eq(refreshTokens.tokenHash, refreshTokenHash(token));
    const [known] = await tx.select({ id: refreshTokens.sessionId }).from(refreshTokens).where(byToken);
    if (known) return known.id;
    const byFamily = eq(sessions.familyHash, familyHash(familyOf(token)));
    const [kin] = await tx.select({ id: sessions.id }).from(sessions).where(byFamily);
    return kin?.id;
  };
  /** The session of a token, locked: what happens to one family happens in turn. */
  const lockSession = async (tx: Transaction, token: string) => {
    const id = await sessionIdOf(tx, token);
    if (id === undefined) return undefined;
    const [session] = await tx
      .select({
        id: sessions.id,
        userId: sessions.userId,
        userName: accounts.name,
        expiresAt: sessions.expiresAt,
        revokedAt: sessions.revokedAt,
        familyHash: sessions.familyHash,
        now: sql<Date>`${time()}`.mapWith(sessions.createdAt),
      })
      .from(sessions)
      .innerJoin(accounts, eq(accounts.id, sessions.userId))
      .where(eq(sessions.id, id))
      .for('update', { of: sessions });
    return session;
  };

  const revoke = (tx: Transaction, sessionId: string, revokedBecause: 'logout' | 'reuse') =>
    tx
      .update(sessions)
      .set({ revokedAt: time(), revokedBecause })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt)));

  return {
    open: (userId) =>
      db.transaction(async (tx) => {
        const family = newFamily();
        const [session] = await tx
          .insert(sessions)
          .values({
            userId,
            createdAt: time(),
            expiresAt: shifted(time(), sessionTtlMs),
            familyHash: familyHash(family),
          })
          .returning({ id: sessions.id, createdAt: sessions.createdAt, expiresAt: sessions.expiresAt });
        if (!session) throw new Error('an insert returned no row');
        return line.begin(tx, session, family, session.createdAt);
      }),
    rotate: (token, signal) =>
      db.transaction(async (tx): Promise<Rotation> => {
        const session = await lockSession(tx, token);
        // Who has waited here until it gave up has asked again since; what it asked first must not count beside that.
        signal?.throwIfAborted();
        if (!session || session.revokedAt || session.expiresAt <= session.now) return { kind: 'refused' };
        const { id: sessionId, userId, userName, now } = session;
        const kind = await line.use(tx, token, session, now);
        if (kind === 'reused') {
          await revoke(tx, sessionId, 'reuse');
          return { kind, sessionId, userId };
        }
        if (kind !== 'rotated' && kind !== 'again') return { kind };
        return { kind, userId, userName, issued: await line.follow(tx, token, session, kind, now) };
      }),
    end: (token) =>
      db.transaction(async (tx) => {
        const session = await lockSession(tx, token);
        if (!session) return undefined;
        await revoke(tx, session.id, 'logout');
        return { sessionId: session.id, userId: session.userId };
      }),
    endAll: (userId) =>
      db.transaction(async (tx) => {
        if (!uuidPattern.test(userId)) return [];
        // A new session refers to its account, so what is opened meanwhile waits and begins after this; what was opened
        // before is seen below.
        await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, userId)).for('update');
        await tx
          .update(sessions)
          .set({ revokedAt: time(), revokedBecause: 'everywhere' })
          .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
        const ended = await tx
          .select({ id: sessions.id })
          .from(sessions)
          .where(and(eq(sessions.userId, userId), gt(sessions.revokedAt, shifted(time(), -accessTtlMs))));
        return ended.map(({ id }) => id);
      }),
    userOf: async (sessionId) => {
      if (!uuidPattern.test(sessionId)) return undefined;
      const [session] = await db
        .select({ userId: sessions.userId })
        .from(sessions)
        .innerJoin(
          refreshTokens,
          and(
            eq(refreshTokens.sessionId, sessions.id),
            isNull(refreshTokens.usedAt),
            gt(refreshTokens.expiresAt, time()),
          ),
        )
        .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt), gt(sessions.expiresAt, time())))
        .limit(1);
      return session?.userId;
    },
    deleteOver: createDeleteOver(db, options),
  };
};
