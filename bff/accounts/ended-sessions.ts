import type { Clock } from '@tickfolio/lib/clock';

/**
 * Sessions that ended lately, so that their access tokens, valid for some minutes more, open nothing here. Best effort:
 * it is not kept across a restart, and past `max` the oldest are forgotten: half a million in a day take some 60 MB.
 */
export interface EndedSessions {
  add(sessionId: string): void;
  has(sessionId: string): boolean;
}

export const createEndedSessions = (clock: Clock, keepMs: number, max = 500_000): EndedSessions => {
  /** In the order of their end. */
  const endedAt = new Map<string, number>();
  const forgetOld = () => {
    const oldest = clock.monotonic() - keepMs;
    for (const [id, at] of endedAt) {
      if (at > oldest && endedAt.size <= max) return;
      endedAt.delete(id);
    }
  };
  return {
    add: (sessionId) => {
      endedAt.delete(sessionId);
      endedAt.set(sessionId, clock.monotonic());
      forgetOld();
    },
    has: (sessionId) => endedAt.has(sessionId),
  };
};
