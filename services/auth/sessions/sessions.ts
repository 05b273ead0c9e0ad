import type { Database, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, gt, isNull, ne, notInArray, sql } from 'drizzle-orm';
import type { CallOrigin } from '../log/call-origin.js';
import type { SecurityLog } from '../log/security-log.js';
import { accounts, refreshTokens, sessions } from '../schema.js';
import { shifted } from './agreed-time.js';
import { uuidPattern } from './asker.js';
import { createDeleteOver } from './expired-rows.js';
import { familyHash, familyOf, newFamily, refreshTokenHash } from './refresh-token.js';
import { revoke, revokeAll } from './revocation.js';
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
      /** What its name is compared by; null for one that has lost it to another account. */
      readonly nameKey: string | null;
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

/** How somebody proved to be the user. */
export type SignInBy = 'password' | 'password and totp' | 'password and recovery code' | 'passkey';

/**
 * Sessions and their refresh tokens. A session is a family of tokens, each good until one that followed it was used.
 */
export interface Sessions {
  /**
   * Opens a session in a transaction that locked the account. Where the user has too many, those that were used longest
   * ago end.
   */
  openWithin(tx: Transaction, userId: string, by: SignInBy, origin: CallOrigin): Promise<IssuedToken>;
  /**
   * Exchanges a token for its successor.
   * @param signal nothing is changed for a caller who left while it waited; throws its reason
   */
  rotate(token: string, origin: CallOrigin, signal?: AbortSignal): Promise<Rotation>;
  /** Revokes the session a token belongs to, whatever became of the token. Undefined when the token is unknown. */
  end(token: string, origin: CallOrigin): Promise<SessionRef | undefined>;
  /**
   * Revokes every session that the user has at this moment; one opened after it stays.
   * @returns the ids of those, and of what ended so short a time ago that its access tokens are still valid: a repeated
   * call names them again
   */
  endAll(userId: string, origin: CallOrigin): Promise<readonly string[]>;
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
  /** How many one user may have. */
  readonly maxSessions: number;
  readonly securityLog: SecurityLog;
}

export const createSessions = (db: Database, options: SessionsOptions): Sessions => {
  const { time, sessionTtlMs, maxSessions, securityLog } = options;
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
        userId: accounts.id,
        userName: accounts.name,
        nameKey: accounts.nameKey,
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

  /** Those of the user beyond so many, in a transaction that locked the account. @returns their ids */
  const revokeTooMany = async (tx: Transaction, userId: string, opened: string): Promise<readonly string[]> => {
    const others = and(eq(sessions.userId, userId), ne(sessions.id, opened), gt(sessions.expiresAt, time()));
    const newest = tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(others, isNull(sessions.revokedAt)))
      .orderBy(sql`coalesce(${sessions.lastUsedAt}, ${sessions.createdAt}) desc`, sql`${sessions.createdAt} desc`)
      .limit(maxSessions - 1);
    return revoke(tx, options, and(others, notInArray(sessions.id, newest)), 'too-many');
  };
  const openWithin: Sessions['openWithin'] = async (tx, userId, by, origin) => {
    const family = newFamily();
    const [session] = await tx
      .insert(sessions)
      .values({
        userId,
        createdAt: time(),
        expiresAt: shifted(time(), sessionTtlMs),
        familyHash: familyHash(family),
        device: origin.device,
        network: origin.network,
        lastUsedAt: time(),
        authenticatedAt: time(),
      })
      .returning({ id: sessions.id, createdAt: sessions.createdAt, expiresAt: sessions.expiresAt });
    if (!session) throw new Error('an insert returned no row');
    const issued = await line.begin(tx, session, family, session.createdAt);
    const endedSessionIds = await revokeTooMany(tx, userId, session.id);
    const ended = endedSessionIds.length;
    const detail = { session: session.id, by, ...(ended > 0 ? { ended } : {}) };
    await securityLog(tx, { userId, action: 'sign-in', origin, detail });
    return { ...issued, endedSessionIds };
  };

  return {
    openWithin,
    rotate: (token, origin, signal) =>
      db.transaction(async (tx): Promise<Rotation> => {
        const session = await lockSession(tx, token);
        // Who has waited here until it gave up has asked again since; what it asked first must not count beside that.
        signal?.throwIfAborted();
        if (!session || session.revokedAt || session.expiresAt <= session.now) return { kind: 'refused' };
        const { id: sessionId, userId, userName, nameKey, now } = session;
        const ofSession = eq(sessions.id, sessionId);
        const kind = await line.use(tx, token, session, now);
        if (kind === 'reused') {
          await revoke(tx, options, ofSession, 'reuse');
          const detail = { session: sessionId };
          await securityLog(tx, { userId, action: 'refresh-reused', outcome: 'refused', origin, detail });
          return { kind, sessionId, userId };
        }
        if (kind !== 'rotated' && kind !== 'again') return { kind };
        const { network } = origin;
        await tx.update(sessions).set({ lastUsedAt: now, network }).where(ofSession);
        return { kind, userId, userName, nameKey, issued: await line.follow(tx, token, session, kind, now) };
      }),
    end: (token, origin) =>
      db.transaction(async (tx) => {
        const session = await lockSession(tx, token);
        if (!session) return undefined;
        const { id: sessionId, userId } = session;
        const detail = { session: sessionId, because: 'logout' };
        if ((await revoke(tx, options, eq(sessions.id, sessionId), 'logout')).length > 0)
          await securityLog(tx, { userId, action: 'session-ended', origin, detail });
        return { sessionId, userId };
      }),
    endAll: (userId, origin) =>
      db.transaction(async (tx) => {
        // A new session refers to its account, so what is opened meanwhile waits and begins after this; what was opened
        // before is seen below.
        if (!uuidPattern.test(userId)) return [];
        await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, userId)).for('update');
        const { ended, sessionIds } = await revokeAll(tx, options, userId, 'everywhere');
        const detail = { count: ended, because: 'everywhere' };
        if (ended > 0) await securityLog(tx, { userId, action: 'sessions-ended', origin, detail });
        return sessionIds;
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
      return session?.userId ?? undefined;
    },
    deleteOver: createDeleteOver(db, options),
  };
};
