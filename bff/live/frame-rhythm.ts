/** Somebody who is to get a frame again and again. */
export interface Receiver {
  /** When the last frame was built, monotonic. */
  framedAt: number;
  /** Whether that was for a change. Prices come once a second, so the next one is on its way then. */
  framedForChange: boolean;
}

/**
 * Finds who has had no frame for so long that the next is due, whether or not anything changed. One timer for all looks
 * at each receiver about once in the time that it may be without a frame; a frame that is sent costs nothing here.
 */
export interface FrameRhythm<T extends Receiver> {
  /** How often `look` is to be called. */
  readonly lookEveryMs: number;
  /** @param receiver has just had a frame */
  join(receiver: T): void;
  leave(receiver: T): void;
  /** Hands over everybody who is due, and again a while later if no frame followed. */
  look(nowMs: number, take: (receiver: T) => void): void;
}

/** A wheel of slots, each for one look; longer than the time until the next frame. */
const slots = 64;
/** As a share of the time: due so early that looking, sending and a busy moment have room. */
const dueShare = 0.95;
/**
 * After a frame for a change: so late that the next price is there first. Due earlier, every client would get each
 * second's frame twice.
 */
const changeDueShare = 1.1;
const lookShare = 0.02;
/**
 * Receivers are due up to so much earlier, each by a share of its own: those who had a frame at one moment do not get
 * the next at one.
 */
const spreadShare = 0.1;
const changeSpreadShare = 0.06;
const spreads = 10;

/** @param everyMs no receiver is to be without a frame for longer, but for a tenth more after a change */
export const createFrameRhythm = <T extends Receiver>(everyMs: number): FrameRhythm<T> => {
  const lookEveryMs = Math.max(1, everyMs * lookShare);
  const wheel: T[][] = Array.from({ length: slots }, () => []);
  /** By what share of the spread each is due earlier. */
  const earlierBy = new Map<T, number>();
  let joined = 0;
  let seen = 0;

  const turnOf = (atMs: number) => Math.floor(atMs / lookEveryMs);
  const waitAfter = (change: boolean, earlier: number) =>
    everyMs * (change ? changeDueShare - changeSpreadShare * earlier : dueShare - spreadShare * earlier);
  const place = (receiver: T, dueMs: number) => wheel[Math.max(seen + 1, turnOf(dueMs)) % slots]?.push(receiver);
  return {
    lookEveryMs,
    join: (receiver) => {
      if (earlierBy.has(receiver)) return;
      const earlier = (joined++ % spreads) / spreads;
      earlierBy.set(receiver, earlier);
      place(receiver, receiver.framedAt + waitAfter(receiver.framedForChange, earlier));
    },
    leave: (receiver) => void earlierBy.delete(receiver),
    look: (nowMs, take) => {
      const turn = turnOf(nowMs);
      const first = Math.max(seen, turn - slots) + 1;
      for (let at = first; at <= turn; at++) {
        seen = at;
        const here = wheel[at % slots];
        if (!here?.length) continue;
        wheel[at % slots] = [];
        for (const receiver of here) {
          const earlier = earlierBy.get(receiver);
          if (earlier === undefined) continue;
          const dueMs = receiver.framedAt + waitAfter(receiver.framedForChange, earlier);
          const isDue = dueMs < nowMs + lookEveryMs;
          if (isDue) take(receiver);
          place(receiver, isDue ? nowMs + waitAfter(false, earlier) : dueMs);
        }
      }
    },
  };
};
