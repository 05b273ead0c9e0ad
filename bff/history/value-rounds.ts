import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import { and, eq, gte, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { isSimulated, type Kind } from '../market/portfolio-value.js';
import { valueRounds } from '../schema.js';

export interface ValueRound {
  /** Whether no minute of its hour was recorded to its end yet. */
  readonly isFirstOfHour: boolean;
  /** Everything of the minute is recorded. */
  finish(): Promise<void>;
  /** It could not be recorded: whoever asks now may have it. */
  release(): Promise<void>;
}

/** Who records which minute, of all replicas. Every method throws AppError `unavailable` when the database is away. */
export interface ValueRounds {
  /**
   * Whoever asks first has the minute, unless they release it: what is left out of it when they die is left out.
   * @returns undefined when somebody has it
   */
  take(kind: Kind, minuteMs: number): Promise<ValueRound | undefined>;
}

const hourMs = 3_600_000;

export const createValueRounds = (db: Database): ValueRounds => ({
  take: async (kind, minuteMs) => {
    const [simulated, minute] = [isSimulated(kind), new Date(minuteMs)];
    const ofKind = eq(valueRounds.simulated, simulated);
    try {
      const taken = await db.insert(valueRounds).values({ simulated, minute }).onConflictDoNothing().returning();
      if (taken.length === 0) return undefined;
      const hour = new Date(Math.floor(minuteMs / hourMs) * hourMs);
      const before = await db
        .select({ minute: valueRounds.minute })
        .from(valueRounds)
        .where(
          and(ofKind, gte(valueRounds.minute, hour), lt(valueRounds.minute, minute), isNotNull(valueRounds.doneAt)),
        )
        .limit(1);
      const finish = async () => {
        try {
          await db
            .update(valueRounds)
            .set({ doneAt: sql`now()` })
            .where(and(ofKind, eq(valueRounds.minute, minute)));
        } catch (thrown) {
          throw fromPostgresError(thrown);
        }
      };
      const release = async () => {
        try {
          await db.delete(valueRounds).where(and(ofKind, eq(valueRounds.minute, minute), isNull(valueRounds.doneAt)));
        } catch (thrown) {
          throw fromPostgresError(thrown);
        }
      };
      return { isFirstOfHour: before.length === 0, finish, release };
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  },
});
