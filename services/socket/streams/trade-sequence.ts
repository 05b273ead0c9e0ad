import type { Clock, Timer } from '@tickfolio/lib/clock';

/** One frame with what orders it. */
export interface Sequenced {
  /** The next frame's order is one more. */
  readonly order: number;
  readonly eventTimeMs: number;
}

export interface SequenceEvents<F> {
  readonly forward: (frame: F) => void;
  readonly duplicate: () => void;
  readonly held: () => void;
  /** Frames from `fromOrder` to `toOrder`, inclusive, did not come in time. */
  readonly hole: (fromOrder: number, toOrder: number) => void;
  readonly reset: (lastOrder: number, newOrder: number) => void;
  /** The frame `order` leapt ahead although the ids before it go on, so it is none to go on from. */
  readonly leap: (order: number, goesOnAt: number) => void;
}

export interface SequenceOptions {
  /** How long a frame waits for an earlier one while one connection, or two, deliver. Milliseconds. */
  readonly holdMs: number;
  readonly overlapHoldMs: number;
  readonly maxHeld: number;
}

/** Makes of one stream's frames, as one or two connections deliver them, each frame once and in order. */
export interface Sequence<F> {
  /** @param source number of the connection; grows with every new one */
  accept(frame: F, source: number, overlap: boolean): void;
  /** False while frames wait for an earlier one. */
  readonly settled: boolean;
  close(): void;
}

// When may an exchange have begun its ids anew, rather than repeat old ones? On a connection opened after the one that
// brought the last new frame, or on that one where the ids follow each other; with nothing new in between, and either
// later in time than anything before …
const laterFrames = 5;
const followingFrames = 3;
const laterByMs = 2_000;
// … or, for a replay whose times begin anew as well, lasting, on a newer connection only.
const lowFrames = 20;
const lowLastsMs = 5_000;
/**
 * A connection delivers in order but for neighbours. Where it goes on with ids that lie this far behind one, that one
 * was none of its series.
 */
const leapIds = 100;

/** Frames with ids that came before, since the last new one. */
const noLow = { frames: 0, later: 0, following: 0, order: Number.NaN, sinceMs: 0 };

export const createTradeSequence = <F extends Sequenced>(
  clock: Clock,
  options: SequenceOptions,
  events: SequenceEvents<F>,
): Sequence<F> => {
  let last: F | undefined;
  let lastSource = 0;
  let low = noLow;
  const held = new Map<number, { frame: F; source: number; dueMs: number; afterOrder: number }>();
  /**
   * Where the last frame stands behind a hole, or is the first ever, and none behind it came yet: the one before it.
   */
  let leap: { readonly from: F | undefined } | undefined;
  let timer: Timer | undefined;

  const forward = (frame: F, source: number) => {
    leap = last ? undefined : { from: undefined };
    last = frame;
    lastSource = source;
    if (low.frames > 0) low = noLow;
    events.forward(frame);
  };
  const drain = () => {
    while (held.size > 0 && last) {
      const next = held.get(last.order + 1);
      if (!next) return;
      held.delete(next.frame.order);
      forward(next.frame, next.source);
    }
  };
  const skipHole = () => {
    let first: { frame: F; source: number; afterOrder: number } | undefined;
    for (const entry of held.values()) if (!first || entry.frame.order < first.frame.order) first = entry;
    if (!first || !last) return;
    const from = last;
    held.delete(first.frame.order);
    // It is alone so far ahead, and the ids before it went on meanwhile.
    if (first.frame.order - from.order > leapIds && first.afterOrder < from.order && held.size === 0) {
      events.leap(first.frame.order, from.order);
      return;
    }
    events.hole(from.order + 1, first.frame.order - 1);
    forward(first.frame, first.source);
    leap = { from };
    drain();
  };
  const release = () => {
    timer = undefined;
    const nowMs = clock.monotonic();
    while (held.size > 0) {
      let dueMs = Number.POSITIVE_INFINITY;
      for (const entry of held.values()) dueMs = Math.min(dueMs, entry.dueMs);
      if (dueMs > nowMs) {
        timer = clock.after(dueMs - nowMs, release);
        return;
      }
      skipHole();
    }
  };

  const isReset = (frame: F, source: number): boolean => {
    if (!last || source < lastSource) return false;
    const nowMs = clock.monotonic();
    const isLater = frame.eventTimeMs > last.eventTimeMs + laterByMs;
    low = {
      frames: low.frames + 1,
      later: low.later + (isLater ? 1 : 0),
      following: isLater ? (frame.order === low.order + 1 ? low.following + 1 : 1) : 0,
      order: frame.order,
      sinceMs: low.frames === 0 ? nowMs : low.sinceMs,
    };
    if (source === lastSource) return low.following >= followingFrames;
    return low.later >= laterFrames || (low.frames >= lowFrames && nowMs - low.sinceMs >= lowLastsMs);
  };

  /** Goes back to before a leap when a frame of an id that it passed over shows that it was none. */
  const takeBack = (frame: F, source: number) => {
    if (!last || !leap) return;
    const { from } = leap;
    // Another connection is believed where it goes on exactly where the ids were before.
    if (source !== lastSource && (source < lastSource || frame.order - 1 !== from?.order)) return;
    if (from && frame.order <= from.order) return;
    if (last.order - (from ?? frame).order <= leapIds) return;
    events.leap(last.order, frame.order);
    last = from;
    leap = undefined;
  };

  return {
    accept: (frame, source, overlap) => {
      if (last && frame.order < last.order) takeBack(frame, source);
      if (!last || frame.order === last.order + 1) {
        forward(frame, source);
        drain();
        if (held.size === 0 && timer) {
          timer.cancel();
          timer = undefined;
        }
        return;
      }
      if (frame.order <= last.order) {
        if (isReset(frame, source)) {
          events.reset(last.order, frame.order);
          held.clear();
          forward(frame, source);
        } else events.duplicate();
        return;
      }
      if (held.has(frame.order)) {
        events.duplicate();
        return;
      }
      const waitMs = overlap ? options.overlapHoldMs : options.holdMs;
      held.set(frame.order, { frame, source, dueMs: clock.monotonic() + waitMs, afterOrder: last.order });
      events.held();
      if (held.size > options.maxHeld) skipHole();
      if (held.size > 0) timer ??= clock.after(waitMs, release);
    },
    get settled() {
      return held.size === 0;
    },
    close: () => {
      timer?.cancel();
      held.clear();
    },
  };
};
