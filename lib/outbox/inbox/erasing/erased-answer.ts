import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { streams } from '../../../events/streams.js';
import type { userEvents } from '../../../events/user-events.js';
import type { Database, DatabaseTime, Transaction } from '../../../postgres/postgres.js';
import type { AppendEvents } from '../../append.js';
import type { OutboxTables } from '../../tables.js';

/** Says of a user that nothing is left of them in this service. */
export interface ErasedAnswer {
  /**
   * In the transaction in which the last of it goes; again where it was said before, for that may have been lost.
   * @returns whether it was not said before
   */
  say(tx: Transaction, userId: string): Promise<boolean>;
  /** Forgets what was said more than 30 days ago, when the log has forgotten it too. */
  forgetOld(): Promise<void>;
}

export interface ErasedAnswerDeps {
  readonly db: Database;
  readonly tables: Pick<OutboxTables, 'events'>;
  readonly append: AppendEvents;
  readonly topic: typeof userEvents;
  readonly time: DatabaseTime;
  /** As it says of itself that it has erased a user. */
  readonly service: string;
}

/** Longer than `erased_users` by the hour in which those are forgotten: who is among them has been answered for. */
const keptHours = 30 * 24 + 2;
/** Nobody should have an embedded database for long. */
const pageRows = 500;

export const createErasedAnswer = (deps: ErasedAnswerDeps): ErasedAnswer => {
  const { db, tables, append, topic, time, service } = deps;
  const { events } = tables;
  return {
    say: async (tx, userId) => {
      const stream = streams.erasure(userId, service);
      const said = await tx
        .update(events)
        .set({ sentAt: null })
        .where(eq(events.stream, stream))
        .returning({ seq: events.seq });
      if (said.length > 0) return false;
      await append(tx, topic, [{ type: 'user.erased', userId, stream, version: 1, data: { service } }]);
      return true;
    },
    forgetOld: async () => {
      // In words of its own, so that an index of these alone is used.
      const isOld = sql`${events.type} = 'user.erased' and ${events.createdAt} < ${time()} - make_interval(hours => ${keptHours})`;
      const old = db
        .select({ seq: events.seq })
        .from(events)
        .where(and(isNotNull(events.sentAt), isOld))
        .limit(pageRows);
      await db.delete(events).where(inArray(events.seq, old));
    },
  };
};
