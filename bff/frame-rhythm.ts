/** Somebody who is to get a frame again and again. */
export interface Receiver {
  /** When the last frame was built, monotonic. */
  framedAt: number;
}

/**
 * Finds who has had no frame for so long that the next is due, whether or not anything changed. One timer for all looks at each receiver
 * about once in the time that it may be without a frame; a frame that is sent costs nothing here.
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
/** As shares of the time that must not be exceeded: due so early that looking, sending and a busy moment have room. */
const dueShare = 0.95;
const lookShare = 0.02;
/** Receivers are due up to so much earlier, each by a share of its own: those who had a frame at one moment do not get the next at one. */
const spreadShare = 0.1;
const spreads = 10;

/** @param everyMs no receiver is to be without a frame for longer */
export const createFrameRhythm = <T extends Receiver>(everyMs: number): FrameRhythm<T> => {
  const lookEveryMs = Math.max(1, everyMs * lookShare);
  const wheel: T[][] = Array.from({ length: slots }, () => []);
  /** When the next frame of each is due, counted from its last one. */
  const dueAfter = new Map<T, number>();
  let joined = 0;
  let seen = 0;

  const turnOf = (atMs: number) => Math.floor(atMs / lookEveryMs);
  const place = (receiver: T, dueMs: number) => wheel[Math.max(seen + 1, turnOf(dueMs)) % slots]?.push(receiver);
  return {
    lookEveryMs,
    join: (receiver) => {
      if (dueAfter.has(receiver)) return;
      const wait = everyMs * (dueShare - (spreadShare * (joined++ % spreads)) / spreads);
      dueAfter.set(receiver, wait);
      place(receiver, receiver.framedAt + wait);
    },
    leave: (receiver) => void dueAfter.delete(receiver),
    look: (nowMs, take) => {
      const turn = turnOf(nowMs);
      const first = Math.max(seen, turn - slots) + 1;
      for (let at = first; at <= turn; at++) {
        seen = at;
        const here = wheel[at % slots];
        if (!here?.length) continue;
        wheel[at % slots] = [];
        for (const receiver of here) {
          const wait = dueAfter.get(receiver);
          if (wait === undefined) continue;
          const isDue = receiver.framedAt + wait < nowMs + lookEveryMs;
          if (isDue) take(receiver);
          place(receiver, (isDue ? nowMs : receiver.framedAt) + wait);
        }
      }
    },
  };
};
