import type { PublishedThrough, SecondStat } from '@tickfolio/lib/price-bus';

/** A second that is to be published, and what is published with it. */
export interface WaitingSecond {
  readonly stat: SecondStat;
  readonly through: PublishedThrough | undefined;
}

/** Seconds that wait, at most so many. */
export interface WaitingSeconds {
  /** @returns whether there was room; otherwise it has the place of the oldest */
  add(second: WaitingSecond): boolean;
  /** All of them, oldest first; none is left. */
  take(): readonly WaitingSecond[];
  readonly size: number;
}

/** A ring: to let the oldest of hundreds of thousands go costs no more than that of ten. */
export const createWaitingSeconds = (most: number): WaitingSeconds => {
  let entries: WaitingSecond[] = [];
  let oldest = 0;
  return {
    add: (second) => {
      if (entries.length < most) {
        entries.push(second);
        return true;
      }
      entries[oldest] = second;
      oldest = (oldest + 1) % most;
      return false;
    },
    take: () => {
      const all = [...entries.slice(oldest), ...entries.slice(0, oldest)];
      entries = [];
      oldest = 0;
      return all;
    },
    get size() {
      return entries.length;
    },
  };
};
