import { type Clock, waitUntil } from '@tickfolio/lib/clock';
import type { Batch, Consumer, EventLog } from '@tickfolio/lib/event-log';
import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { inBackground } from '@tickfolio/lib/postgres';
import { retrying } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import { detached } from '@tickfolio/lib/tracing';
import type { ToldBalances } from './told-balances.js';

export interface BalanceReaderDeps {
  readonly eventLog: Pick<EventLog, 'consume' | 'offsets'>;
  readonly told: Pick<ToldBalances, 'isWanted' | 'take' | 'missed'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Reads what becomes of balances for who asked for it on a connection here. */
export interface BalanceReader {
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
export const startBalanceReader = (deps: BalanceReaderDeps, { group }: { readonly group: string }): BalanceReader => {
  const { eventLog, told, clock, log } = deps;
  const topic = balanceEvents.name;
  const closing = new AbortController();
  const { signal } = closing;
  let consumer: Consumer | undefined;
  let fail: (err: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });

  const handle = async ({ messages }: Batch): Promise<void> => {
    if (!told.isWanted) return;
    const read = messages.map((message) => balanceEvents.read(message));
    await told.take(read.flatMap((one) => (one.kind === 'event' ? [one.event] : [])));
    // What it says is not known here, and it may be a change.
    for (const one of read) if (one.kind !== 'event' && one.around?.userId) told.missed(one.around.userId);
  };
  const isPassing = (err: unknown) => {
    log.debug({ err }, 'changes of balances cannot be read for sockets yet; trying again');
    return true;
  };
  const requireBegun = async () => {
    const offsets = await eventLog.offsets(topic, group);
    if (offsets.some(({ committed }) => committed === undefined)) throw new Error('the group has not begun');
  };
  const begin = async () => {
    const begun = await retrying(clock, retry, signal, isPassing, () =>
      eventLog.consume(topic, { group, from: 'newest', ...batches }, handle),
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
