import { type Bar, emptyBar, mergeBar } from './bar.js';
import { createBarStore } from './bar-store.js';
import type { MadePast, PastBar } from './made-past.js';
import { createRunningMinute } from './running-minute.js';

/** Rolling 24 hours. */
export type DayStats = Bar;

/** Bars of one symbol: per minute, per hour and per day, each for as long as it reaches; older ones are forgotten. */
export interface BarHistory {
  add(timeMs: number, ticks: number, lots: number, count: number, takerBought: boolean): void;
  /** The 1,440 minutes that end with the one of `nowMs`; undefined while nothing ever traded. */
  day(nowMs: number): DayStats | undefined;
  /** Whether `day` answers at once; the first time it makes up the past, which takes some milliseconds. */
  readonly isMade: boolean;
  /**
   * What was traded in `stepMs` (minutes that divide a day) from a multiple of it on; undefined when nothing was, or it
   * is not kept.
   */
  bar(openMs: number, stepMs: number): Bar | undefined;
  /** Start of the oldest period of `stepMs` that is kept whole at `nowMs`. */
  oldestMs(nowMs: number, stepMs: number): number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const dayMinutes = 1_440;

/** What is kept of a market that has no past. */
const bareReach = { minutes: 2, hours: 30, days: 400 };

const barOf = ({ open, high, low, close, count, ...sums }: PastBar): Omit<Bar, 'openMs'> => {
  const [volume, takerVolume, average] = [sums.volume, sums.takerVolume, sums.average].map(BigInt) as [
    bigint,
    bigint,
    bigint,
  ];
  const [quote, takerQuote] = [volume * average, takerVolume * average];
  return { open, high, low, close, count, volume, quote, takerVolume, takerQuote };
};

/**
 * @param past makes up what was before `beginMs`, drawn on only when somebody first asks for it: minutes as far as they
 * reach, hours beyond them, days beyond those, so that each level is what the finer one sums up to
 */
export const createBarHistory = (beginMs: number, past?: MadePast): BarHistory => {
  const reach = past ?? bareReach;
  const minutes = createBarStore(minuteMs, reach.minutes * dayMinutes);
  const hours = createBarStore(hourMs, reach.hours * 24);
  const days = createBarStore(dayMs, reach.days);
  const beginMinute = Math.floor(beginMs / minuteMs);
  /** Made-up minutes and hours begin with a whole hour and a whole day. */
  const firstMinute = Math.floor((beginMs - reach.minutes * dayMs) / hourMs) * 60;
  const firstHour = Math.floor((beginMs - reach.hours * dayMs) / dayMs) * 24;
  let firstTicks = 0;
  let lastClose = 0;
  let isDayMade = past === undefined;
  /** What the oldest made-up hour opened at, and day; each is made when it is first asked for. */
  let hoursOpen: number | undefined;
  let daysOpen: number | undefined;
  let making: Iterator<PastBar, void> | undefined;
  /** The oldest minute that is there, or was asked for. */
  let madeFrom = beginMinute;
  let today: { readonly fromMinute: number; readonly stats: DayStats } | undefined;

  /** Puts an earlier bar before what is known of a period. */
  const putBefore = (store: typeof hours, index: number, earlier: Omit<Bar, 'openMs'>) => {
    const known = store.read(index);
    const whole = { ...earlier };
    if (known) mergeBar(whole, known);
    store.write(index, whole);
  };
  const makeMinutes = (fromMinute: number) => {
    if (!past || firstTicks === 0) return;
    making ??= past.make(1, firstTicks);
    for (const end = Math.max(fromMinute, firstMinute); madeFrom > end; ) {
      const made = making.next();
      if (made.done) return;
      madeFrom -= 1;
      minutes.write(madeFrom, barOf(made.value));
    }
  };
  /** Makes up periods from one on back to another. @returns what the oldest one opened at */
  const draw = (
    [level, lastTicks]: readonly [level: 1 | 60 | 1_440, lastTicks: number],
    [from, to]: readonly [from: number, to: number],
    put: (index: number, bar: Omit<Bar, 'openMs'>) => void,
  ): number => {
    const source = past?.make(level, lastTicks);
    let open = lastTicks;
    for (let index = from; source && index >= to; index--) {
      const made = source.next();
      if (made.done) break;
      const bar = barOf(made.value);
      open = bar.open;
      if (bar.count > 0) put(index, bar);
    }
    return open;
  };
  /** Hours as sums of the minutes and then of their own, days as sums of both. @returns what the oldest one opened at */
  const makeHours = (): number => {
    if (hoursOpen !== undefined) return hoursOpen;
    const minutesOpen = draw([1, firstTicks], [beginMinute - 1, firstMinute], (minute, bar) => {
      putBefore(hours, Math.floor(minute / 60), bar);
      putBefore(days, Math.floor(minute / dayMinutes), bar);
    });
    hoursOpen = draw([60, minutesOpen], [firstMinute / 60 - 1, firstHour], (hour, bar) => {
      hours.write(hour, bar);
      putBefore(days, Math.floor(hour / 24), bar);
    });
    return hoursOpen;
  };
  const makeLong = (stepMs: number) => {
    if (!past || firstTicks === 0 || (stepMs < dayMs ? hoursOpen : daysOpen) !== undefined) return;
    const oldestOpen = makeHours();
    if (stepMs < dayMs) return;
    const oldestDay = Math.floor(beginMs / dayMs) - reach.days;
    daysOpen = draw([1_440, oldestOpen], [firstHour / 24 - 1, oldestDay], (day, bar) => days.write(day, bar));
  };
  const sum = (store: typeof hours, from: number, to: number, into: Bar): Bar => {
    for (let index = from; index < to; index++) {
      const bar = store.read(index);
      if (bar) mergeBar(into, bar);
    }
    return into;
  };
  const addTo = (store: typeof hours, index: number, later: Omit<Bar, 'openMs'>) => {
    const bar = store.read(index) ?? emptyBar(0, later.open);
    mergeBar(bar, later);
    store.write(index, bar);
  };
  const running = createRunningMinute((minute, bar) => {
    addTo(minutes, minute, bar);
    addTo(hours, Math.floor(minute / 60), bar);
    addTo(days, Math.floor(minute / dayMinutes), bar);
    if (today) mergeBar(today.stats, bar);
  });

  return {
    get isMade() {
      return isDayMade;
    },
    add: (timeMs, ticks, lots, count, takerBought) => {
      running.add(Math.floor(timeMs / minuteMs), ticks, lots, count, takerBought);
      lastClose = ticks;
      firstTicks ||= ticks;
    },
    day: (nowMs) => {
      if (lastClose === 0) return undefined;
      running.put();
      const toMinute = Math.floor(nowMs / minuteMs);
      const fromMinute = toMinute - dayMinutes + 1;
      if (today?.fromMinute !== fromMinute) {
        makeMinutes(fromMinute);
        isDayMade = true;
        today = {
          fromMinute,
          stats: sum(minutes, fromMinute, toMinute + 1, emptyBar(fromMinute * minuteMs, lastClose)),
        };
      }
      return today.stats;
    },
    bar: (openMs, stepMs) => {
      running.put();
      const [store, unitMs] =
        stepMs < hourMs
          ? ([minutes, minuteMs] as const)
          : stepMs < dayMs
            ? ([hours, hourMs] as const)
            : ([days, dayMs] as const);
      if (store === minutes) makeMinutes(openMs / minuteMs);
      else makeLong(stepMs);
      const bar = sum(store, openMs / unitMs, (openMs + stepMs) / unitMs, emptyBar(openMs, 0));
      return bar.count > 0 ? bar : undefined;
    },
    oldestMs: (nowMs, stepMs) => {
      const [unitMs, reachDays] =
        stepMs < hourMs ? [minuteMs, reach.minutes] : stepMs < dayMs ? [hourMs, reach.hours] : [dayMs, reach.days];
      const firstMs = (Math.floor(nowMs / unitMs) + 1) * unitMs - reachDays * dayMs;
      return Math.ceil(firstMs / stepMs) * stepMs;
    },
  };
};
