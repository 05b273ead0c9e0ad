import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { Random } from '../market/random.js';
import { createFrame, type Frame } from '../streams/frame.js';
import type { Subscriber } from '../streams/stream-hub.js';
import { type Alteration, type AlteredTrades, alterText, escapedText, misnumberText, skewText } from './alteration.js';
import type { FaultOf } from './fault.js';

export type FrameFaultKind = 'drop' | 'duplicate' | 'reorder' | 'stall' | 'alter' | 'skew' | 'wrongId';

/** Something that changes which frames go on to a subscriber. */
export interface FrameFault {
  /** The frames that go on now, in order, for one that came. */
  pass(subscriber: Subscriber, frame: Frame): readonly Frame[];
  readonly hits: number;
  /** True once it has done all it was asked to. */
  readonly isDone: boolean;
  /** Lets go of what it withheld. */
  end(): void;
}

export interface FrameFaultDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Sends on what was withheld; later faults are not applied to it again. */
  deliver(subscriber: Subscriber, frame: Frame): void;
  readonly altered: Pick<AlteredTrades, 'note'>;
}

/** Frames a stall withholds at most; what comes on top is lost. */
const maxHeldFrames = 50_000;
/** A frame waiting to change places with the next goes out after this, when none comes. */
const maxReorderWaitMs = 1_000;

interface Held {
  readonly subscriber: Subscriber;
  readonly frame: Frame;
}

export const createFrameFault = (fault: FaultOf<FrameFaultKind>, deps: FrameFaultDeps): FrameFault => {
  const matches = (subscriber: Subscriber, frame: Frame) =>
    (fault.stream === undefined || fault.stream === frame.stream) &&
    (fault.connection === undefined || fault.connection === subscriber.id);
  if (fault.kind === 'stall') return createStall(fault, matches, deps);
  return fault.kind === 'alter' && fault.ids
    ? createChosen(fault, fault.ids, matches, deps)
    : createShare(fault, matches, deps);
};

type Matches = (subscriber: Subscriber, frame: Frame) => boolean;

const createStall = (fault: FaultOf<'stall'>, matches: Matches, { deliver }: FrameFaultDeps): FrameFault => {
  let held: Held[] = [];
  let hits = 0;
  return {
    pass: (subscriber, frame) => {
      if (!matches(subscriber, frame)) return [frame];
      hits++;
      if (fault.mode === 'hold' && held.length < maxHeldFrames) held.push({ subscriber, frame });
      return [];
    },
    get hits() {
      return hits;
    },
    isDone: false,
    end: () => {
      const late = held;
      held = [];
      for (const { subscriber, frame } of late) deliver(subscriber, frame);
    },
  };
};

const tradeOf = (frame: Frame): { readonly s: string; readonly a: number } | undefined => {
  const { s, a } = JSON.parse(frame.bytes(false, 'ms').toString()) as { readonly s?: unknown; readonly a?: unknown };
  return typeof s === 'string' && typeof a === 'number' ? { s, a } : undefined;
};

const altered = (frame: Frame, as: Alteration): Frame =>
  createFrame(
    frame.stream,
    (unit) => {
      const text = frame.bytes(false, unit).toString();
      return unit === 'ms' ? alterText(text, as) : text;
    },
    as === 'escaped-name' ? escapedText(frame.stream) : undefined,
  );

const rewritten = (frame: Frame, change: (text: string) => string): Frame =>
  createFrame(frame.stream, (unit) => {
    const text = frame.bytes(false, unit).toString();
    return unit === 'ms' ? change(text) : text;
  });

/** The frame with wrong times or ids; undefined where it has none of them. */
const misled = (frame: Frame, fault: FaultOf<'skew' | 'wrongId'>): Frame | undefined => {
  const change = (text: string) =>
    fault.kind === 'skew' ? skewText(text, fault.byMs, fault.of) : misnumberText(text, fault.by);
  const text = frame.bytes(false, 'ms').toString();
  return change(text) === text ? undefined : rewritten(frame, change);
};

/** Whether anything of the frame can be altered so: a trade has no close, a mini-ticker no ids. */
const isAlterable = (frame: Frame, as: Alteration): boolean => {
  const text = frame.bytes(false, 'ms').toString();
  return as === 'escaped-name' || alterText(text, as) !== text;
};

/** What goes on for a frame that is altered, whose trade the history may show altered too. */
const alter = (frame: Frame, { as, where }: FaultOf<'alter'>, { altered: history }: FrameFaultDeps): Frame => {
  const trade = tradeOf(frame);
  if (trade && where !== 'stream') history.note(trade.s, trade.a, as);
  return where === 'history' ? frame : altered(frame, as);
};

/** Alters the trades with certain ids, whenever they come. */
const createChosen = (
  fault: FaultOf<'alter'>,
  ids: readonly number[],
  matches: Matches,
  deps: FrameFaultDeps,
): FrameFault => {
  const chosen = new Set(ids);
  const symbol = fault.stream?.split('@')[0]?.toUpperCase();
  let hits = 0;
  if (fault.where !== 'stream' && symbol !== undefined) for (const id of ids) deps.altered.note(symbol, id, fault.as);
  return {
    pass: (subscriber, frame) => {
      const trade = matches(subscriber, frame) ? tradeOf(frame) : undefined;
      if (!trade || !chosen.has(trade.a)) return [frame];
      hits++;
      return [alter(frame, fault, deps)];
    },
    get hits() {
      return hits;
    },
    isDone: false,
    end: () => undefined,
  };
};

const createShare = (
  fault: FaultOf<Exclude<FrameFaultKind, 'stall'>>,
  matches: Matches,
  deps: FrameFaultDeps,
): FrameFault => {
  const { clock, random, deliver } = deps;
  const waiting = new Map<string, Held & { readonly timer: Timer }>();
  let hits = 0;
  let left = fault.count ?? Number.POSITIVE_INFINITY;
  const takes = (): boolean => {
    if (left <= 0 || (fault.probability !== undefined && random.next() >= fault.probability)) return false;
    left--;
    hits++;
    return true;
  };
  const release = (key: string): Frame | undefined => {
    const entry = waiting.get(key);
    entry?.timer.cancel();
    waiting.delete(key);
    return entry?.frame;
  };
  const swap = (subscriber: Subscriber, frame: Frame): readonly Frame[] => {
    const key = `${subscriber.id} ${frame.stream}`;
    const earlier = release(key);
    if (earlier) return [frame, earlier];
    if (!takes()) return [frame];
    const timer = clock.after(maxReorderWaitMs, () => {
      const lonely = release(key);
      if (lonely) deliver(subscriber, lonely);
    });
    waiting.set(key, { subscriber, frame, timer });
    return [];
  };
  return {
    pass: (subscriber, frame) => {
      if (!matches(subscriber, frame)) return [frame];
      if (fault.kind === 'reorder') return swap(subscriber, frame);
      if (fault.kind === 'alter' && !isAlterable(frame, fault.as)) return [frame];
      const wrong = fault.kind === 'skew' || fault.kind === 'wrongId' ? misled(frame, fault) : frame;
      if (!wrong) return [frame];
      if (!takes()) return [frame];
      if (fault.kind === 'alter') return [alter(frame, fault, deps)];
      if (fault.kind === 'drop') return [];
      return fault.kind === 'duplicate' ? [frame, frame] : [wrong];
    },
    get hits() {
      return hits;
    },
    get isDone() {
      return left <= 0 && waiting.size === 0;
    },
    end: () => {
      for (const [key, { subscriber, frame }] of [...waiting]) {
        release(key);
        deliver(subscriber, frame);
      }
    },
  };
};
