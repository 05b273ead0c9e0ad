/**
 * What happened in one minute (or in several put together). Prices in ticks, volumes in lots, quote volumes in ticks ×
 * lots.
 */
export interface Bar {
  readonly openMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Single trades. */
  count: number;
  volume: bigint;
  quote: bigint;
  /** The part that takers bought. */
  takerVolume: bigint;
  takerQuote: bigint;
}

/** Rolling 24 hours. */
export type DayStats = Bar;

/**
 * One past minute made up for a symbol, so that a fresh market already has a yesterday. Volumes in lots, all of it at
 * `average` ticks.
 */
export interface PastMinute {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly count: number;
  readonly volume: number;
  readonly takerVolume: number;
  readonly average: number;
}

/** Bars per minute of the last 24 hours of one symbol; older ones are forgotten. */
export interface BarHistory {
  add(timeMs: number, ticks: number, lots: number, count: number, takerBought: boolean): void;
  /** The 1,440 minutes that end with the one of `nowMs`; undefined while nothing ever traded. */
  day(nowMs: number): DayStats | undefined;
  /** Whether `day` answers at once; the first time it makes up the past, which takes some milliseconds. */
  readonly isMade: boolean;
  /** The bar of a minute (its start), undefined when nothing traded in it or it is not kept. */
  minute(openMs: number): Bar | undefined;
  /** Start of the oldest minute that may be kept at `nowMs`. */
  oldestMs(nowMs: number): number;
}

const minuteMs = 60_000;
const dayMinutes = 1_440;

// One hour in two typed arrays, column by column: small, and quickly scanned.
interface Hour {
  readonly prices: Float64Array;
  readonly volumes: BigInt64Array;
  /** The few volumes, by their place, that are too large for 64 bits. */
  large?: Map<number, bigint>;
}

const largest = 2n ** 63n - 1n;
const volumeAt = ({ volumes, large }: Hour, place: number): bigint => large?.get(place) ?? volumes[place] ?? 0n;
const putVolume = (hour: Hour, place: number, value: bigint) => {
  if (value <= largest) hour.volumes[place] = value;
  else {
    hour.large ??= new Map();
    hour.large.set(place, value);
  }
};
const column = {
  open: 0,
  high: 60,
  low: 120,
  close: 180,
  count: 240,
  volume: 0,
  quote: 60,
  takerVolume: 120,
  takerQuote: 180,
} as const;

/**
 * @param past makes up the minutes before `beginMs`, newest first, given the first price in ticks; drawn on only when
 * somebody first asks for a day or an old minute.
 */
export const createBarHistory = (beginMs: number, past?: (firstTicks: number) => Iterator<PastMinute>): BarHistory => {
  const hours = new Map<number, Hour>();
  const beginMinute = Math.floor(beginMs / minuteMs);
  let firstTicks = 0;
  let lastClose = 0;
  let pastIsMade = past === undefined;
  let today: { readonly fromMinute: number; readonly stats: DayStats } | undefined;

  const hourOf = (minute: number): Hour => {
    const index = Math.floor(minute / 60);
    let hour = hours.get(index);
    if (!hour) {
      hour = { prices: new Float64Array(300), volumes: new BigInt64Array(240) };
      hours.set(index, hour);
      for (const key of hours.keys()) if (key < index - 25) hours.delete(key);
    }
    return hour;
  };

  const read = (minute: number): Bar | undefined => {
    const hour = hours.get(Math.floor(minute / 60));
    const i = minute % 60;
    const count = hour?.prices[column.count + i] ?? 0;
    if (!hour || count === 0) return undefined;
    return {
      openMs: minute * minuteMs,
      open: hour.prices[column.open + i] ?? 0,
      high: hour.prices[column.high + i] ?? 0,
      low: hour.prices[column.low + i] ?? 0,
      close: hour.prices[column.close + i] ?? 0,
      count,
      volume: volumeAt(hour, column.volume + i),
      quote: volumeAt(hour, column.quote + i),
      takerVolume: volumeAt(hour, column.takerVolume + i),
      takerQuote: volumeAt(hour, column.takerQuote + i),
    };
  };

  const write = (minute: number, bar: Omit<Bar, 'openMs'>) => {
    const hour = hourOf(minute);
    const { prices } = hour;
    const i = minute % 60;
    prices[column.open + i] = bar.open;
    prices[column.high + i] = bar.high;
    prices[column.low + i] = bar.low;
    prices[column.close + i] = bar.close;
    prices[column.count + i] = bar.count;
    putVolume(hour, column.volume + i, bar.volume);
    putVolume(hour, column.quote + i, bar.quote);
    putVolume(hour, column.takerVolume + i, bar.takerVolume);
    putVolume(hour, column.takerQuote + i, bar.takerQuote);
  };

  const makePast = (fromMinute: number) => {
    if (pastIsMade || firstTicks === 0) return;
    pastIsMade = true;
    const source = past?.(firstTicks);
    for (let minute = beginMinute - 1; source && minute >= fromMinute; minute--) {
      const made = source.next();
      if (made.done) return;
      const { open, high, low, close, count } = made.value;
      const average = BigInt(made.value.average);
      const volume = BigInt(made.value.volume);
      const takerVolume = BigInt(made.value.takerVolume);
      write(minute, {
        open,
        high,
        low,
        close,
        count,
        volume,
        quote: volume * average,
        takerVolume,
        takerQuote: takerVolume * average,
      });
    }
  };

  const scan = (fromMinute: number, toMinute: number): DayStats => {
    const stats: DayStats = { ...emptyBar(fromMinute * minuteMs, lastClose) };
    for (let minute = fromMinute; minute <= toMinute; minute++) {
      const bar = read(minute);
      if (bar) mergeBar(stats, bar);
    }
    return stats;
  };

  return {
    get isMade() {
      return pastIsMade;
    },
    add: (timeMs, ticks, lots, count, takerBought) => {
      const minute = Math.floor(timeMs / minuteMs);
      const volume = BigInt(lots);
      const quote = volume * BigInt(ticks);
      const trade = {
        open: ticks,
        high: ticks,
        low: ticks,
        close: ticks,
        count,
        volume,
        quote,
        takerVolume: takerBought ? volume : 0n,
        takerQuote: takerBought ? quote : 0n,
      };
      const bar = { ...(read(minute) ?? emptyBar(minute * minuteMs, ticks)) };
      mergeBar(bar, trade);
      write(minute, bar);
      if (today) mergeBar(today.stats, trade);
      lastClose = ticks;
      firstTicks ||= ticks;
    },
    day: (nowMs) => {
      if (lastClose === 0) return undefined;
      const toMinute = Math.floor(nowMs / minuteMs);
      const fromMinute = toMinute - dayMinutes + 1;
      if (today?.fromMinute !== fromMinute) {
        makePast(fromMinute);
        today = { fromMinute, stats: scan(fromMinute, toMinute) };
      }
      return today.stats;
    },
    minute: (openMs) => {
      const minute = Math.floor(openMs / minuteMs);
      makePast(minute - dayMinutes);
      return read(minute);
    },
    oldestMs: (nowMs) => (Math.floor(nowMs / minuteMs) - dayMinutes + 1) * minuteMs,
  };
};

/** A bar without a trade, standing at `close`. */
export const emptyBar = (openMs: number, close: number): Bar => ({
  openMs,
  open: close,
  high: close,
  low: close,
  close,
  count: 0,
  volume: 0n,
  quote: 0n,
  takerVolume: 0n,
  takerQuote: 0n,
});

/** Adds a later bar to an earlier one. */
export const mergeBar = (into: Omit<Bar, 'openMs'>, later: Omit<Bar, 'openMs'>): void => {
  if (into.count === 0) {
    into.open = later.open;
    into.high = later.high;
    into.low = later.low;
  }
  into.high = Math.max(into.high, later.high);
  into.low = Math.min(into.low, later.low);
  into.close = later.close;
  into.count += later.count;
  into.volume += later.volume;
  into.quote += later.quote;
  into.takerVolume += later.takerVolume;
  into.takerQuote += later.takerQuote;
};
