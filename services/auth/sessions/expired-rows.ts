import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, exists, gt, inArray, isNotNull, isNull, lt, lte, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { refreshTokens, sessions } from '../schema.js';
import { agreedTime, type Times } from './agreed-time.js';

export interface ExpiredRowsOptions extends Times {
  /** How long after the use of a successor the use of a token is no theft, in milliseconds. */
  readonly lateMs: number;
}

/** Revoked sessions stay this long, for whoever looks into why. */
const keepRevokedMs = 24 * 3_600_000;
const skipLocked = { skipLocked: true } as const;

/**
 * The tokens that say nothing more than their family does. Of those past their own end two kinds still do: one whose
 * successor was used a moment ago, and the last that was used, which is good for whom its answer did not reach as long
 * as one of its successors is.
 */
const expiredTokens = (db: Database, options: ExpiredRowsOptions) => {
  const kin = alias(refreshTokens, 'kin');
  const ofSession = eq(kin.sessionId, refreshTokens.sessionId);
  const kinWhich = (...which: Parameters<typeof and>) =>
    db
      .select({ one: sql`1` })
      .from(kin)
      .where(and(ofSession, ...which));
  const successor = kinWhich(isNull(kin.usedAt), gt(kin.expiresAt, agreedTime(options)));
  const usedLater = kinWhich(isNull(kin.supersededAt), gt(kin.usedAt, refreshTokens.usedAt));
  return and(
    lte(refreshTokens.expiresAt, agreedTime(options)),
    or(isNull(refreshTokens.supersededAt), lt(refreshTokens.supersededAt, agreedTime(options, options.lateMs))),
    or(isNull(refreshTokens.usedAt), isNotNull(refreshTokens.supersededAt), notExists(successor), exists(usedLater)),
  );
};

/**
 * Deletes up to `limit` tokens, and a tenth as many sessions with what tokens they have, that are over. @returns how
 * many rows went
 */
export const createDeleteOver =
  (db: Database, options: ExpiredRowsOptions) =>
  async (limit: number): Promise<number> => {
    const oldTokens = db
      .select({ tokenHash: refreshTokens.tokenHash })
      .from(refreshTokens)
      .where(expiredTokens(db, options));
    const tokens = await db
      .delete(refreshTokens)
      .where(inArray(refreshTokens.tokenHash, oldTokens.limit(limit).for('update', skipLocked)))
      .returning({ tokenHash: refreshTokens.tokenHash });
    const over = or(
      lte(sessions.expiresAt, agreedTime(options)),
      lt(sessions.revokedAt, agreedTime(options, keepRevokedMs)),
    );
    const oldSessions = db.select({ id: sessions.id }).from(sessions).where(over);
    const gone = await db
      .delete(sessions)
      .where(inArray(sessions.id, oldSessions.limit(Math.ceil(limit / 10)).for('update', skipLocked)))
      .returning({ id: sessions.id });
    return tokens.length + gone.length;
  };
