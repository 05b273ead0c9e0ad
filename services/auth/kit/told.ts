import { userEvents } from '@tickfolio/lib/events/user-events';
import type { startTestAuth } from './auth.js';

type TestAuth = Awaited<ReturnType<typeof startTestAuth>>;

/** What the service has told so far of each user, as whoever reads the event log sees it. */
export const readTold = async ({ eventLog }: TestAuth) => {
  const told: ReturnType<typeof eventIn>[] = [];
  const texts: string[] = [];
  const options = { group: 'tests', minBatchMessages: 1, maxBatchMessages: 1_000, maxBatchWaitMs: 1 };
  await eventLog.consume(userEvents.name, options, async ({ messages }) => {
    for (const { value } of messages) {
      told.push(eventIn(value));
      texts.push(value.toString());
    }
  });
  const of = (userId: string) => told.filter((event) => event.userId === userId);
  return {
    texts,
    events: of,
    /** `1 user.created`, … of a user. */
    types: (userId: string) => of(userId).map(({ version, type }) => `${version} ${type}`),
    data: (userId: string) => of(userId).map(({ data }) => data),
  };
};

const eventIn = (value: Buffer) => {
  const read = userEvents.read({ value });
  if (read.kind !== 'event') throw new Error(`no event of a user: ${value.toString()}`);
  return read.event;
};
