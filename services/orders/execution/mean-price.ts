import { add, multiply, zero } from '@tickfolio/lib/money';
import type { Fraction, TapeTrade } from '../rules/order.js';

/** What was traded of late, second by second. */
export interface MeanPrice {
  /** What was added before is not added again. @param isAnew whether their numbers began anew before these */
  add(trades: readonly TapeTrade[], isAnew?: boolean): void;
  /** They are of this kind of prices, and those of the other do not count. */
  turn(simulated: boolean): void;
  /** Of the last minutes before the newest trade, as far as they are known. @returns undefined where none is known */
  over(minutes: number): Fraction | undefined;
}

interface Second {
  readonly second: number;
  readonly base: Fraction['denominator'];
  readonly quote: Fraction['numerator'];
}

const minuteSeconds = 60;

/** @param maxMinutes older ones are forgotten */
export const createMeanPrice = (maxMinutes: number): MeanPrice => {
  let seconds: Second[] = [];
  let lastId = Number.NEGATIVE_INFINITY;
  let kind: boolean | undefined;
  const clear = () => {
    seconds = [];
    lastId = Number.NEGATIVE_INFINITY;
  };
  return {
    add: (trades, isAnew = false) => {
      if (isAnew) clear();
      for (const { id, price, quantity, timeMs } of trades) {
        if (id <= lastId) continue;
        lastId = id;
        const second = Math.floor(timeMs / 1_000);
        const last = seconds.at(-1);
        const quote = multiply(price, quantity);
        if (last && last.second >= second)
          seconds[seconds.length - 1] = { ...last, base: add(last.base, quantity), quote: add(last.quote, quote) };
        else seconds.push({ second, base: quantity, quote });
      }
      const newest = seconds.at(-1)?.second ?? 0;
      const first = seconds[0]?.second ?? 0;
      // Now and then only, so that it costs little.
      if (newest - first > 2 * maxMinutes * minuteSeconds)
        seconds = seconds.filter(({ second }) => second > newest - maxMinutes * minuteSeconds);
    },
    turn: (simulated) => {
      if (kind !== simulated) clear();
      kind = simulated;
    },
    over: (minutes) => {
      const newest = seconds.at(-1)?.second;
      if (newest === undefined || minutes <= 0) return undefined;
      let [numerator, denominator] = [zero, zero];
      for (const { second, base, quote } of seconds)
        if (second > newest - minutes * minuteSeconds)
          [numerator, denominator] = [add(numerator, quote), add(denominator, base)];
      return denominator.units > 0n ? { numerator, denominator } : undefined;
    },
  };
};
