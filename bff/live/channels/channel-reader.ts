import { type Clock, waitUntil } from '@tickfolio/lib/clock';
import type { Batch, Consumer, EventLog } from '@tickfolio/lib/event-log';
import type { DomainEvent, EventTopic, EventTypes } from '@tickfolio/lib/events/domain-event';
import { inBackground } from '@tickfolio/lib/postgres';
import { retrying } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import { detached } from '@tickfolio/lib/tracing';

/** A channel that is told out of the event log. */
export interface ToldChannel<Event> {
  /** Whether anybody asked for it here. */
  readonly isWanted: boolean;
  take(events: readonly Event[]): Promise<void>;
  /** Changes of theirs may have gone by untold. Of everybody where nobody is named. */
  missed(userId?: string): void;
}

export interface ChannelReaderDeps<Types extends EventTypes> {
  readonly eventLog: Pick<EventLog, 'consume' | 'offsets'>;
  readonly topic: Pick<EventTopic<Types>, 'name' | 'read'>;
  readonly told: ToldChannel<DomainEvent<Types>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Reads a topic for who asked for its channel on a connection here. */
export interface ChannelReader {
  /** Settles with the reason only when nothing will be read any more. */
  readonly failed: Promise<Error>;
  close(until?: AbortSignal): Promise<void>;
}

const batches = { minBatchMessages: 1, maxBatchMessages: 200, maxBatchWaitMs: 25 };
const retry = { minRetryMs: 250, maxRetryMs: 5_000 };

/**
 * It begins at the newest: whoever asks for the channel reads what is there over REST.
 * @param group of this process alone, so that every replica reads everything
 */
export const startChannelReader = <Types extends EventTypes>(
  deps: ChannelReaderDeps<Types>,
  { group }: { readonly group: string },
): ChannelReader => {
  const { eventLog, topic, told, clock, log } = deps;
  const closing = new AbortController();
  const { signal } = closing;
  let consumer: Consumer | undefined;
  let fail: (err: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });

  const handle = async ({ messages }: Batch): Promise<void> => {
    if (!told.isWanted) return;
    const read = messages.map((message) => topic.read(message));
    await told.take(read.flatMap((one) => (one.kind === 'event' ? [one.event] : [])));
    // What it says is not known here, and it may be a change.
    for (const one of read) if (one.kind !== 'event' && one.around?.userId) told.missed(one.around.userId);
  };
  const isPassing = (err: unknown) => {
    log.debug({ err, topic: topic.name }, 'what sockets are told cannot be read yet; trying again');
    return true;
  };
  const requireBegun = async () => {
    const offsets = await eventLog.offsets(topic.name, group);
    if (offsets.some(({ committed }) => committed === undefined)) throw new Error('the group has not begun');
  };
  const begin = async () => {
    const begun = await retrying(clock, retry, signal, isPassing, () =>
      eventLog.consume(topic.name, { group, from: 'newest', ...batches }, handle),
    );
    if (!begun) return;
    consumer = begun;
    void begun.failed.then(fail);
    await retrying(clock, retry, signal, isPassing, requireBegun);
    // Who asked before that was told nothing.
    if (!signal.aborted) told.missed();
  };
  const beginning = detached(() => inBackground(begin));

  return {
    failed,
    close: async (until) => {
      closing.abort();
      await waitUntil(until, beginning);
      await consumer?.close(until);
    },
  };
};
