import { AppError } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt } from 'drizzle-orm';
import { deletions, erasures } from '../schema.js';
import { shifted } from '../sessions/agreed-time.js';
import { secretHash } from '../sessions/secret-hash.js';

/** For so long the link of a deletion works, and the event log keeps what was said of the user. */
export const keptMs = 30 * 24 * 3_600_000;

export interface DeletionProgress {
  readonly deletedAtMs: number;
  /** Until when the link works. */
  readonly untilMs: number;
  readonly erasures: readonly {
    readonly service: string;
    /** 0 where it still holds something. */
    readonly doneAtMs: number;
  }[];
}

/** What became of a deletion. @throws AppError not_found for a link that is unknown or too old */
export type FindDeletion = (linkToken: string) => Promise<DeletionProgress>;

/** 256 bits by chance. */
export const linkPattern = /^[0-9a-f]{64}$/;

export const createFindDeletion =
  (db: Database, time: DatabaseTime): FindDeletion =>
  async (linkToken) => {
    const good = and(eq(deletions.linkHash, secretHash(linkToken)), gt(deletions.deletedAt, shifted(time(), -keptMs)));
    const rows = linkPattern.test(linkToken)
      ? await db
          .select({ deletedAt: deletions.deletedAt, service: erasures.service, doneAt: erasures.doneAt })
          .from(deletions)
          .innerJoin(erasures, eq(erasures.userId, deletions.userId))
          .where(good)
          .orderBy(asc(erasures.service))
      : [];
    const [first] = rows;
    if (!first) throw new AppError('not_found', 'There is no such deletion, or it was more than 30 days ago.');
    const deletedAtMs = first.deletedAt.getTime();
    return {
      deletedAtMs,
      untilMs: deletedAtMs + keptMs,
      erasures: rows.map(({ service, doneAt }) => ({ service, doneAtMs: doneAt?.getTime() ?? 0 })),
    };
  };
