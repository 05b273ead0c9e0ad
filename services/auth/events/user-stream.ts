import type { TypesOf } from '@tickfolio/lib/events/domain-event';
import { streams } from '@tickfolio/lib/events/streams';
import type { userEvents } from '@tickfolio/lib/events/user-events';
import type { AppendEvents, NewEvent } from '@tickfolio/lib/outbox';
import type { Transaction } from '@tickfolio/lib/postgres';
import { eq, sql } from 'drizzle-orm';
import { accounts, userStreams } from '../schema.js';

type UserEvent = NewEvent<TypesOf<typeof userEvents>>;
type Said<Event> = Event extends UserEvent ? Pick<Event, 'type' | 'data'> : never;

/**
 * What happened to an account. That one was made is told by itself, before anything else of it; that its data is erased
 * stands in other streams.
 */
export type UserEventSaid = Exclude<Said<UserEvent>, { readonly type: 'user.created' | 'user.erased' }>;

/**
 * Tells what happened to an account, with nothing only that it was made, in the transaction in which it does: locks the
 * user's stream, which nobody locks before anything else but the head of the security log.
 * @param requestId of the call that did it, empty for none
 */
export type TellOfUser = (
  tx: Transaction,
  userId: string,
  said: readonly UserEventSaid[],
  requestId: string,
) => Promise<void>;

/** The first event of every user. */
export const createdEvent = (userId: string, name: string): UserEvent => ({
  type: 'user.created',
  stream: streams.user(userId),
  version: 1,
  userId,
  data: { id: userId, name },
});

/**
 * The topic, loaded when somebody is told of something: what it checks events with is nothing that the first price after
 * a start should wait for.
 */
export const loadTopic = async () => (await import('@tickfolio/lib/events/user-events')).userEvents;

/** A caller may name a request as it likes. */
const maxIdLength = 128;

export const createTellOfUser = (append: AppendEvents): TellOfUser => {
  /** A trigger gives each account its stream. One that has none all the same gets it here, and can sign in. */
  const raise = async (tx: Transaction, userId: string, by: number): Promise<number> => {
    const [stream] = await tx
      .insert(userStreams)
      .values({ userId, version: by })
      .onConflictDoUpdate({ target: userStreams.userId, set: { version: sql`${userStreams.version} + ${by}` } })
      .returning({ version: userStreams.version });
    if (!stream) throw new Error('a stream was not raised');
    return stream.version;
  };
  /** Of an account that nobody was told of: one that is new, or is of a build before. */
  const created = async (tx: Transaction, userId: string): Promise<UserEvent> => {
    const [account] = await tx.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, userId));
    if (!account) throw new Error('a stream has no account');
    return createdEvent(userId, account.name);
  };
  return async (tx, userId, said, requestId) => {
    let version = await raise(tx, userId, said.length);
    const isUntold = version === said.length;
    if (isUntold) version = await raise(tx, userId, 1);
    const first = version - said.length + 1;
    const about = { userId, ...(requestId === '' ? {} : { requestId: requestId.slice(0, maxIdLength) }) };
    const told = said.map((one, at) => ({ ...one, ...about, stream: streams.user(userId), version: first + at }));
    const before = isUntold ? [{ ...(await created(tx, userId)), ...about }] : [];
    await append(tx, await loadTopic(), [...before, ...told]);
  };
};
