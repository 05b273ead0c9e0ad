import type { Watchlist } from '@tickfolio/gen/portfolio/v1/watchlist';
import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';

export interface WatchedListsDeps {
  /** @throws AppError */
  readonly read: (userId: string) => Promise<Watchlist>;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Logger;
  /** Called with what the service says. */
  readonly taken: (userId: string, list: Watchlist) => void;
}

/**
 * Reads what users watch, the lists of some users at once and that of one user never twice at once: what was asked for
 * during a reading is read after it, so the last one is the newest.
 */
export interface WatchedLists {
  want(userId: string): void;
  /** What was asked for and not begun is not read, and what cannot be read is not tried again. */
  forget(userId: string): void;
  close(): void;
}

const maxAtOnce = 8;
const retryMs = 2_000;

export const createWatchedLists = ({ read, clock, log, taken }: WatchedListsDeps): WatchedLists => {
  const wanted = new Set<string>();
  /** And whether somebody still wants it. */
  const reading = new Map<string, { isWanted: boolean }>();
  let retry: Timer | undefined;
  let isFailing = false;
  let closed = false;

  const readOne = async (userId: string) => {
    const own = { isWanted: true };
    reading.set(userId, own);
    try {
      const list = await read(userId);
      isFailing = false;
      if (!closed) taken(userId, list);
    } catch (err) {
      if (!isFailing) log.warn({ err }, 'watchlists cannot be read; trying again');
      isFailing = true;
      if (own.isWanted) wanted.add(userId);
      retry ??= clock.after(retryMs, () => {
        retry = undefined;
        readNext();
      });
    }
    reading.delete(userId);
    readNext();
  };
  const readNext = () => {
    if (closed || retry) return;
    for (const userId of wanted) {
      if (reading.size >= maxAtOnce) return;
      if (reading.has(userId)) continue;
      wanted.delete(userId);
      void readOne(userId);
    }
  };
  return {
    want: (userId) => {
      wanted.add(userId);
      readNext();
    },
    forget: (userId) => {
      wanted.delete(userId);
      const own = reading.get(userId);
      if (own) own.isWanted = false;
    },
    close: () => {
      closed = true;
      retry?.cancel();
    },
  };
};
