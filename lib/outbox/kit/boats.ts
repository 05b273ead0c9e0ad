import { eq, sql } from 'drizzle-orm';
import { bigint, pgTable, text } from 'drizzle-orm/pg-core';
import { Type } from 'typebox';
import { systemClock } from '../../clock/clock.js';
import { createEventTopic } from '../../events/domain-event.js';
import type { Database, DatabaseTime, Transaction } from '../../postgres/postgres.js';
import { createAppend } from '../append.js';
import { outboxTables } from '../tables.js';

/** A service as small as it may be that tells of what it does: boats that move. */
export const source = 'boats';
export const boatEvents = createEventTopic({
  name: 'boat-events',
  description: 'Where boats go.',
  partitions: 3,
  source,
  keyOf: ({ stream }) => stream,
  types: { 'boat.moved': { schema: 1, withoutUser: true, data: Type.Object({ to: Type.Integer() }) } },
});
export const boatTables = outboxTables('boat_events');

const boats = pgTable('boats', { name: text('name').primaryKey(), version: bigint('version', { mode: 'number' }) });

export const createBoats = (db: Database, time: DatabaseTime) => {
  const append = createAppend({ tables: boatTables, clock: systemClock, time, source });
  /** Moves a boat within a transaction. */
  const moveWithin = async (tx: Transaction, name: string, to: number): Promise<number> => {
    await tx.insert(boats).values({ name, version: 0 }).onConflictDoNothing();
    const [moved] = await tx
      .update(boats)
      .set({ version: sql`${boats.version} + 1` })
      .where(eq(boats.name, name))
      .returning({ version: boats.version });
    const version = moved?.version ?? 0;
    const event = { type: 'boat.moved' as const, stream: `boat:${name}`, version, data: { to } };
    await append(tx, boatEvents, [event]);
    return version;
  };
  return {
    append,
    moveWithin,
    move: (name: string, to: number) => db.transaction((tx) => moveWithin(tx, name, to)),
  };
};

/** What a message of the log says, as far as tests look at it. */
export const movedIn = ({ value }: { readonly value: string | Uint8Array }) => {
  const read = boatEvents.read({ value: Buffer.from(value) });
  if (read.kind !== 'event') throw new Error(`no event of a boat: ${String(value)}`);
  const { stream, version, epoch, data } = read.event;
  return { stream, version, epoch, to: data.to };
};
