import { type Clock, sleep } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import { createBackoff, type RetryPolicy } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { AssetLists } from './asset-lists.js';
import type { SocketClient } from './socket-client.js';

/** Keeps what is known of assets as new as the exchange's list of symbols. */
export interface AssetFeed {
  /** Undefined when well, else what is wrong, in words. @throws AppError where the socket service cannot be asked */
  problem(): Promise<string | undefined>;
  /** Lets the piece that runs end. */
  close(): Promise<void>;
}

export interface AssetFeedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly socket: SocketClient;
  readonly lists: AssetLists;
}

/** The pauses are those after a failed reading. */
export interface AssetFeedOptions extends RetryPolicy {
  /** How often the list is asked for at the least; a tenth less by chance. */
  readonly refreshMs: number;
}

const retry = { minRetryMs: 500, maxRetryMs: 30_000, leastShare: 0.5 };

/** Asks at once, then again and again. While nobody answers, what is known stays. */
export const startAssetFeed = (
  { clock, log, socket, lists }: AssetFeedDeps,
  given: Pick<AssetFeedOptions, 'refreshMs'> & Partial<AssetFeedOptions>,
): AssetFeed => {
  const options = { ...retry, random: Math.random, ...given };
  const { refreshMs, random } = options;
  const stop = new AbortController();
  const backoff = createBackoff(options);
  let revision = '';
  let fault: string | undefined = 'the list of symbols was not read yet';

  /** @returns whether what is known is as the list says */
  const read = async (): Promise<boolean> => {
    const list = await socket.symbols(revision, stop.signal);
    if (revision !== '' && list.revision === revision) {
      fault = undefined;
      return true;
    }
    const taken = await inBackground(() => lists.take(list, stop.signal)).catch((thrown: unknown) => {
      throw fromPostgresError(thrown);
    });
    const doubt = typeof taken === 'object' ? taken.doubt : undefined;
    if (doubt !== undefined && doubt !== fault) log.error({ symbols: list.symbols.length }, doubt);
    fault = doubt;
    // What another replica writes is looked at soon; what is doubted is asked for in full once more.
    revision = taken === 'written' ? list.revision : '';
    return taken !== 'elsewhere';
  };
  const follow = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      let waitMs = refreshMs * (0.9 + 0.1 * random());
      try {
        if (await read()) {
          if (backoff.failures >= 3) log.info('the list of symbols is read again');
          backoff.reset();
        } else waitMs = backoff.next();
      } catch (thrown) {
        if (stop.signal.aborted) return;
        const err = toAppError(thrown);
        fault = err.message;
        waitMs = backoff.next();
        // The first ones are a start in which the socket service is not up yet.
        if (backoff.failures === 3)
          log.warn({ code: err.code, reason: err.message }, 'the list of symbols cannot be read; assets stay as known');
      }
      await sleep(clock, waitMs, stop.signal);
    }
  };
  const following = follow();

  return {
    problem: async () => (await socket.check()) ?? fault,
    close: async () => {
      stop.abort();
      await following;
    },
  };
};
