import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { PubSub, Subscription } from '@tickfolio/lib/pubsub';
import type { Logger } from '@tickfolio/lib/telemetry';

export interface NoticesDeps {
  readonly pubsub: PubSub;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a notice asks of this replica; also called for notices of this replica itself, at once. */
export interface NoticeListener {
  /**
   * @param version of the portfolio after the change; undefined where it is not known, or whether there was any
   * @param portfolioId undefined for the default one
   */
  portfolioChanged(userId: string, version: number | undefined, portfolioId: string | undefined): void;
  /** A user watches other symbols now. */
  watchlistChanged(userId: string): void;
  sessionEnded(sessionId: string): void;
  /** The account of a user was deleted. */
  userErased(userId: string): void;
  /** Notices of other replicas may have been missed. */
  resumed(): void;
}

/**
 * Tells all BFF replicas, this one included, what happened on one of them. A hint only: what one misses,
 * `reconciliation.ts` finds.
 */
export interface Notices {
  /**
   * Heeds from now on what is told here, and what the others tell as soon as they can be heard. One heeds: who has what
   * they are about.
   */
  connect(listener: NoticeListener): void;
  portfolioChanged(userId: string, version: number | undefined, portfolioId?: string): void;
  watchlistChanged(userId: string): void;
  sessionEnded(sessionId: string): void;
  userErased(userId: string): void;
  close(): Promise<void>;
}

const portfolioChannel = 'tickfolio:portfolio-changed';
const watchlistChannel = 'tickfolio:watchlist-changed';
const sessionChannel = 'tickfolio:session-ended';
const userChannel = 'tickfolio:user-erased';
const retryMs = 1_000;

export const createNotices = ({ pubsub, clock, log }: NoticesDeps): Notices => {
  const ownId = randomUUID();
  let listener: NoticeListener | undefined;
  let subscription: Subscription | undefined;
  let retry: Timer | undefined;
  let closed = false;

  const message = (channel: string, text: string) => {
    const notice = readNotice(text);
    if (!notice) log.warn({ channel }, 'a notice could not be read and was skipped');
    else if (notice.from === ownId)
      return; // Heeded when it was sent.
    else if (channel === portfolioChannel) listener?.portfolioChanged(notice.id, notice.version, notice.portfolioId);
    else if (channel === watchlistChannel) listener?.watchlistChanged(notice.id);
    else if (channel === userChannel) listener?.userErased(notice.id);
    else listener?.sessionEnded(notice.id);
  };
  const open = async () => {
    try {
      subscription = await pubsub.subscribe([portfolioChannel, watchlistChannel, sessionChannel, userChannel], {
        message,
        resumed: () => listener?.resumed(),
      });
      // What happened elsewhere until now went by unheard, however short that was.
      if (closed) await subscription.close();
      else listener?.resumed();
    } catch (err) {
      log.warn({ err }, 'notices of other replicas cannot be heard; trying again');
      if (!closed) retry = clock.after(retryMs, () => void open());
    }
  };
  const tell = (
    channel: string,
    id: string,
    more: { version?: number | undefined; portfolioId?: string | undefined } = {},
  ) => pubsub.publish(channel, JSON.stringify({ from: ownId, id, ...more }));

  return {
    connect: (next) => {
      listener = next;
      void open();
    },
    portfolioChanged: (userId, version, portfolioId) => {
      listener?.portfolioChanged(userId, version, portfolioId);
      tell(portfolioChannel, userId, { version, portfolioId });
    },
    watchlistChanged: (userId) => {
      listener?.watchlistChanged(userId);
      tell(watchlistChannel, userId);
    },
    sessionEnded: (sessionId) => {
      listener?.sessionEnded(sessionId);
      tell(sessionChannel, sessionId);
    },
    userErased: (userId) => {
      listener?.userErased(userId);
      tell(userChannel, userId);
    },
    close: async () => {
      closed = true;
      retry?.cancel();
      await subscription?.close();
    },
  };
};

interface Notice {
  readonly from: string;
  readonly id: string;
  /** Missing in those of builds before portfolios had versions. */
  readonly version: number | undefined;
  readonly portfolioId: string | undefined;
}

const readNotice = (text: string): Notice | undefined => {
  try {
    const { from, id, version, portfolioId } = JSON.parse(text) as Record<string, unknown>;
    if (typeof from !== 'string' || typeof id !== 'string') return undefined;
    return {
      ...{ from, id, version: typeof version === 'number' ? version : undefined },
      portfolioId: typeof portfolioId === 'string' ? portfolioId : undefined,
    };
  } catch {
    return undefined;
  }
};
