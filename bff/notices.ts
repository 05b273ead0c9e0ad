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
  portfolioChanged(userId: string): void;
  sessionEnded(sessionId: string): void;
  /** Notices of other replicas may have been missed. */
  resumed(): void;
}

/** Tells all BFF replicas, this one included, what happened on one of them. */
export interface Notices {
  portfolioChanged(userId: string): void;
  sessionEnded(sessionId: string): void;
  close(): Promise<void>;
}

const portfolioChannel = 'tickfolio:portfolio-changed';
const sessionChannel = 'tickfolio:session-ended';
const retryMs = 1_000;

export const createNotices = ({ pubsub, clock, log }: NoticesDeps, listener: NoticeListener): Notices => {
  const ownId = randomUUID();
  let subscription: Subscription | undefined;
  let retry: Timer | undefined;
  let closed = false;

  const message = (channel: string, text: string) => {
    const notice = readNotice(text);
    if (!notice) log.warn({ channel }, 'a notice could not be read and was skipped');
    else if (notice.from === ownId)
      return; // Heeded when it was sent.
    else if (channel === portfolioChannel) listener.portfolioChanged(notice.id);
    else listener.sessionEnded(notice.id);
  };
  const open = async () => {
    try {
      subscription = await pubsub.subscribe([portfolioChannel, sessionChannel], { message, resumed: () => listener.resumed() });
      if (closed) await subscription.close();
      else if (retry) listener.resumed();
    } catch (err) {
      log.warn({ err }, 'notices of other replicas cannot be heard; trying again');
      if (!closed) retry = clock.after(retryMs, () => void open());
    }
  };
  void open();
  const tell = (channel: string, id: string) => pubsub.publish(channel, JSON.stringify({ from: ownId, id }));

  return {
    portfolioChanged: (userId) => {
      listener.portfolioChanged(userId);
      tell(portfolioChannel, userId);
    },
    sessionEnded: (sessionId) => {
      listener.sessionEnded(sessionId);
      tell(sessionChannel, sessionId);
    },
    close: async () => {
      closed = true;
      retry?.cancel();
      await subscription?.close();
    },
  };
};

const readNotice = (text: string): { readonly from: string; readonly id: string } | undefined => {
  try {
    const { from, id } = JSON.parse(text) as Record<string, unknown>;
    return typeof from === 'string' && typeof id === 'string' ? { from, id } : undefined;
  } catch {
    return undefined;
  }
};
