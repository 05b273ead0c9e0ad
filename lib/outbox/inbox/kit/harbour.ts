import { fileURLToPath } from 'node:url';
import { asc, eq } from 'drizzle-orm';
import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { AppError } from '../../../errors/errors.js';
import type { Database, Transaction } from '../../../postgres/postgres.js';
import { boatEvents } from '../../kit/boats.js';
import type { ListEvents } from '../../list-events.js';
import { consumedTopic } from '../taking/consumed-topic.js';
import { inboxTables } from '../taking/tables.js';

/** A service as small as it may be that takes events in: a harbour that notes every move of every boat. */
export const harbourTables = inboxTables();
export const harbourMigrations = fileURLToPath(new URL('./migrations', import.meta.url));

/** No key: what is taken in twice stands there twice. */
const arrivals = pgTable('arrivals', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  stream: text('stream').notNull(),
  version: bigint('version', { mode: 'number' }).notNull(),
  at: integer('at').notNull(),
});

/** Where a boat may not go, for ever; and where the database itself does not let it. */
export const [forbidden, tooFar] = [-1, 1_000_000];

export const boatsTopic = (owner: ListEvents) =>
  consumedTopic({
    topic: boatEvents,
    owner,
    apply: async (tx, { stream, version, data }) => {
      if (data.to === forbidden) throw new AppError('failed_precondition', 'No boat may go there.');
      await tx.insert(arrivals).values({ stream, version, at: data.to });
    },
  });

export const restart = async (tx: Transaction, { stream }: { readonly stream: string }): Promise<undefined> => {
  await tx.delete(arrivals).where(eq(arrivals.stream, stream));
};

/** `boat:a 1 to 7`, … of each boat, in the order in which it was noted. */
export const notedIn = async (db: Database): Promise<Readonly<Record<string, readonly string[]>>> => {
  const rows = await db.select().from(arrivals).orderBy(asc(arrivals.id));
  const noted: Record<string, string[]> = {};
  for (const { stream, version, at } of rows) {
    const of = noted[stream] ?? [];
    noted[stream] = of;
    of.push(`${version} to ${at}`);
  }
  return noted;
};
