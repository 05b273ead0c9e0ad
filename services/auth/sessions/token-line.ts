import type { Transaction } from '@tickfolio/lib/postgres';
import { and, count, eq, gt, isNull, lt, type SQL } from 'drizzle-orm';
import { refreshTokens, sessions } from '../schema.js';
import { agreedTime, type Times } from './agreed-time.js';
import { familyHash, familyOf, newFamily, newRefreshToken, refreshTokenHash } from './refresh-token.js';

/** A refresh token just made; only its hash is kept. */
export interface IssuedToken {
  readonly sessionId: string;
  readonly token: string;
  /** When it was made, by the database's time; epoch milliseconds as are the others. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** The end of its session: so long it may be good, or what follows it. */
  readonly sessionEndsAtMs: number;
  /** Where it opened the session: those that ended to make room. */
  readonly endedSessionIds?: readonly string[];
}

/**
 * What a token is good for. `rotated`: its first use. `again`: it was used, but none of its successors, so the answer
 * was lost or another tab asked too. `late`: a successor was used a moment ago, so this call was held up on its way.
 * `reused`: the same long ago, so somebody has a copy. `busy`: too many successors in too short a time. `refused`:
 * unknown, or over.
 */
export type Use = 'rotated' | 'again' | 'late' | 'reused' | 'busy' | 'refused';

export interface TokenLineOptions extends Times {
  /** How long a refresh token lives unused, in milliseconds. */
  readonly refreshTtlMs: number;
  /** How long after the use of a successor the use of a token is no theft, in milliseconds. */
  readonly lateMs: number;
  /** How many tokens a session may be given in a minute. */
  readonly maxTokensPerMinute: number;
}

/** The session that a line of tokens belongs to, locked by the transaction. */
export interface LineSession {
  readonly id: string;
  readonly expiresAt: Date;
  readonly familyHash: string | null;
}

const minuteMs = 60_000;

/**
 * The tokens of a session, each born of the use of another. At any time one used token is good with all its unused
 * successors; the first use of one of them supersedes everything else (the database sees to that). Superseded ones are
 * kept only as long as their row says more than the family that the token itself names.
 */
export const createTokenLine = (options: TokenLineOptions) => {
  const { refreshTtlMs, lateMs, maxTokensPerMinute } = options;
  const insert = async (
    tx: Transaction,
    session: Omit<LineSession, 'familyHash'>,
    family: Buffer | undefined,
    now: Date,
  ): Promise<IssuedToken> => {
    const token = newRefreshToken(family);
    const expiresAt = new Date(Math.min(now.getTime() + refreshTtlMs, session.expiresAt.getTime()));
    const row = { tokenHash: refreshTokenHash(token), sessionId: session.id, createdAt: now, expiresAt };
    await tx.insert(refreshTokens).values({ ...row, familyHash: family ? familyHash(family) : null });
    return {
      sessionId: session.id,
      token,
      issuedAtMs: now.getTime(),
      expiresAtMs: expiresAt.getTime(),
      sessionEndsAtMs: session.expiresAt.getTime(),
    };
  };

  const useFirst = async (tx: Transaction, token: string, now: Date): Promise<boolean> => {
    const unused = and(isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, now));
    const used = await tx
      .update(refreshTokens)
      .set({ usedAt: now })
      .where(and(eq(refreshTokens.tokenHash, refreshTokenHash(token)), unused))
      .returning({ tokenHash: refreshTokens.tokenHash });
    return used.length > 0;
  };

  /** Whether some of the session may still be used for the first time. */
  const goesOn = async (tx: Transaction, sessionId: string, now: Date): Promise<boolean> => {
    const unused = and(
      eq(refreshTokens.sessionId, sessionId),
      isNull(refreshTokens.usedAt),
      gt(refreshTokens.expiresAt, now),
    );
    return (
      (await tx.select({ tokenHash: refreshTokens.tokenHash }).from(refreshTokens).where(unused).limit(1)).length > 0
    );
  };

  /**
   * Deletes rows of which theft detection needs no more than the family; nothing for a token of no family, whose kin
   * only rows can name.
   */
  const deleteKin = async (tx: Transaction, token: string, session: LineSession, which: SQL | undefined) => {
    const family = familyHash(familyOf(token));
    if (family !== session.familyHash) return;
    await tx
      .delete(refreshTokens)
      .where(and(eq(refreshTokens.sessionId, session.id), eq(refreshTokens.familyHash, family), which));
  };

  const useAgain = async (tx: Transaction, token: string, session: LineSession, now: Date): Promise<Use> => {
    const ofSession = eq(refreshTokens.sessionId, session.id);
    const [row] = await tx
      .select()
      .from(refreshTokens)
      .where(eq(refreshTokens.tokenHash, refreshTokenHash(token)));
    if (!row) return (await goesOn(tx, session.id, now)) ? 'reused' : 'refused'; // Its row is gone, its family is known.
    if (row.supersededAt) return row.supersededAt.getTime() + lateMs < now.getTime() ? 'reused' : 'late';
    if (!row.usedAt) return 'refused';
    // Past its own end it is as good as its successors, of which none may have reached who asks.
    if (row.expiresAt <= now && !(await goesOn(tx, session.id, now))) return 'refused';
    // Of what was used before there was such a mark only the last is good.
    const later = and(ofSession, isNull(refreshTokens.supersededAt), gt(refreshTokens.usedAt, row.usedAt));
    if ((await tx.select({ tokenHash: refreshTokens.tokenHash }).from(refreshTokens).where(later).limit(1)).length > 0)
      return 'reused';
    // What went with answers that were lost; whoever has one of these after all is found by its family.
    const lost = and(isNull(refreshTokens.usedAt), lt(refreshTokens.createdAt, agreedTime(options, lateMs)));
    await deleteKin(tx, token, session, lost);
    const lately = and(ofSession, gt(refreshTokens.createdAt, new Date(now.getTime() - minuteMs)));
    const [issued] = await tx.select({ tokens: count() }).from(refreshTokens).where(lately);
    return (issued?.tokens ?? 0) < maxTokensPerMinute ? 'again' : 'busy';
  };

  return {
    /** The first token of a session that was opened with the hash of this family. */
    begin: (
      tx: Transaction,
      session: Omit<LineSession, 'familyHash'>,
      family: Buffer,
      now: Date,
    ): Promise<IssuedToken> => insert(tx, session, family, now),
    /** Uses a token, within the transaction that locked its session. */
    use: async (tx: Transaction, token: string, session: LineSession, now: Date): Promise<Use> => {
      if (!(await useFirst(tx, token, now))) return useAgain(tx, token, session, now);
      await deleteKin(tx, token, session, lt(refreshTokens.supersededAt, agreedTime(options, lateMs)));
      return 'rotated';
    },
    /** A successor of a token. One of a build before begins a family with its first use. */
    follow: async (tx: Transaction, token: string, session: LineSession, use: Use, now: Date): Promise<IssuedToken> => {
      const family = familyOf(token);
      if (familyHash(family) === session.familyHash) return insert(tx, session, family, now);
      if (use !== 'rotated') return insert(tx, session, undefined, now);
      const begun = newFamily();
      await tx
        .update(sessions)
        .set({ familyHash: familyHash(begun) })
        .where(eq(sessions.id, session.id));
      return insert(tx, session, begun, now);
    },
  };
};
