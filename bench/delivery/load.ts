import { preciseNow } from '../measure/latencies.js';

/**
 * How prices arrive. `spread`: each symbol once a second, evenly over it; `burst`: all symbols at the second's turn;
 * `saturated`: as fast as frames go; `still`: no price moves.
 */
export type Pace = 'none' | 'spread' | 'burst' | 'saturated' | 'still';

export const coinsPerUser = 10;
/**
 * Users of one group hold the same ten symbols, whose prices come together: one frame a second and user when spread.
 */
export const groups = 30;

export const symbolsOf = (group: number): string[] =>
  Array.from({ length: coinsPerUser }, (_, coin) => `b${String(group).padStart(2, '0')}c${coin}usdt`);

export const groupOf = (user: number): number => user % groups;

export const userIdOf = (user: number): string => `00000000-0000-4000-8000-${String(user).padStart(12, '0')}`;

// A price carries the moment of its publication: tenths of a millisecond, nine digits of them, kept from losing zeros
// at either end.
const stampModulus = 1_000_000_000;
const stampDigits = 9;
const pointAt = 5;

/** A price such as `18341.22791`, eleven digits and a point, in which the time now is written. */
export const stampPrice = (): string => {
  const tenths = String(Math.floor(preciseNow() * 10) % stampModulus).padStart(stampDigits, '0');
  return `1${tenths.slice(0, pointAt - 1)}.${tenths.slice(pointAt - 1)}1`;
};

const zeroCode = 48;

/** How long ago the price at `from` was stamped, milliseconds; NaN when no stamped price is there. */
export const stampAgeMs = (bytes: Uint8Array, from: number): number => {
  let tenths = 0;
  for (let i = 1; i <= stampDigits + 1; i++) {
    if (i === pointAt) continue;
    const digit = (bytes[from + i] ?? 0) - zeroCode;
    if (digit < 0 || digit > 9) return Number.NaN;
    tenths = tenths * 10 + digit;
  }
  const now = preciseNow() * 10;
  return ((now - tenths) % stampModulus) / 10;
};

/** Calls `tick` for every group at its time, until told to stop. A turn that comes late is made up for. */
export const startPace = (pace: 'spread' | 'burst', tick: (group: number) => void): (() => void) => {
  const turnMs = pace === 'spread' ? 1_000 / groups : 1_000;
  let done = Math.floor(preciseNow() / turnMs);
  let timer: NodeJS.Timeout | undefined;
  // One timer a turn, not one a millisecond: waking up for nothing would be counted as the cost of delivery.
  const wait = () => {
    timer = setTimeout(turn, Math.max(1, (done + 1) * turnMs - preciseNow()));
  };
  const turn = () => {
    for (const due = Math.floor(preciseNow() / turnMs); done < due; done++) {
      if (pace === 'spread') tick(done % groups);
      else for (let group = 0; group < groups; group++) tick(group);
    }
    wait();
  };
  wait();
  return () => clearTimeout(timer);
};
