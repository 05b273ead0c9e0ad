/** Somebody who is to get a frame again and again. */
export interface Receiver {
  /** When the last frame was built, monotonic. */
  framedAt: number;
  /** Which lane it is in; given when it joins. */
  lane: number;
}

/**
 * Who has had no frame for so long that the next is due, whether or not anything changed. Receivers stand in a few lanes, each in the
 * order of its last frames, so that a look costs no more than what it finds, and no timer belongs to one receiver.
 */
export interface FrameRhythm<T extends Receiver> {
  /** How often to look. */
  readonly lookEveryMs: number;
  /** A frame of this receiver is being sent. */
  framed(receiver: T, nowMs: number): void;
  leave(receiver: T): void;
  /** Hands over everybody who is due; again at the next look, unless `framed` was called in between. */
  due(nowMs: number, take: (receiver: T) => void): void;
}

/** Each lane is due a little earlier than the one before: those who had a frame at one moment do not all get the next at one. */
const lanes = 10;
/** As shares of the time that must not be exceeded: due so early that looking, sending and a busy moment have room, lanes spread over so much. */
const dueShare = 0.95;
const spreadShare = 0.1;
const lookShare = 0.02;

/** @param everyMs no receiver is to be without a frame for longer */
export const createFrameRhythm = <T extends Receiver>(everyMs: number): FrameRhythm<T> => {
  const waiting = Array.from({ length: lanes }, (_, lane) => ({
    dueAfterMs: everyMs * (dueShare - (spreadShare * lane) / lanes),
    receivers: new Set<T>(),
  }));
  let joined = 0;
  return {
    lookEveryMs: Math.max(1, everyMs * lookShare),
    framed: (receiver, nowMs) => {
      if (receiver.lane < 0) receiver.lane = joined++ % lanes;
      const receivers = waiting[receiver.lane]?.receivers;
      receivers?.delete(receiver);
      receivers?.add(receiver);
      receiver.framedAt = nowMs;
    },
    leave: (receiver) => {
      waiting[receiver.lane]?.receivers.delete(receiver);
    },
    due: (nowMs, take) => {
      for (const { dueAfterMs, receivers } of waiting) {
        for (const receiver of receivers) {
          if (nowMs - receiver.framedAt < dueAfterMs) break;
          take(receiver);
        }
      }
    },
  };
};
