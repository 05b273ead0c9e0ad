import type { Bar } from './bar.js';

/**
 * What was traded since it was last put where bars are kept, of one minute. Trades come hundreds at a time between two
 * looks at a bar: sums of plain numbers, as long as they are exact, take a tenth of what the kept ones do.
 */
export interface RunningMinute {
  /** @param minute its number, since 1970 */
  add(minute: number, ticks: number, lots: number, count: number, takerBought: boolean): void;
  /** Puts it there, before anybody looks. */
  put(): void;
}

const nothing = { count: 0, volume: 0, quote: 0, takerVolume: 0, takerQuote: 0 };

/** @param keep adds what was traded to what is kept of its minute */
export const createRunningMinute = (keep: (minute: number, bar: Omit<Bar, 'openMs'>) => void): RunningMinute => {
  let minute = 0;
  const prices = { open: 0, high: 0, low: 0, close: 0 };
  const sums = { ...nothing };
  const put = () => {
    if (sums.count === 0) return;
    const { count, ...exact } = sums;
    const [volume, quote] = [BigInt(exact.volume), BigInt(exact.quote)];
    const [takerVolume, takerQuote] = [BigInt(exact.takerVolume), BigInt(exact.takerQuote)];
    Object.assign(sums, nothing);
    keep(minute, { ...prices, count, volume, quote, takerVolume, takerQuote });
  };
  /** One that is too large for sums of plain numbers. */
  const keepLarge = (ticks: number, lots: number, count: number, takerBought: boolean) => {
    const volume = BigInt(lots);
    const quote = volume * BigInt(ticks);
    const [takerVolume, takerQuote] = takerBought ? [volume, quote] : [0n, 0n];
    const all = { open: ticks, high: ticks, low: ticks, close: ticks };
    keep(minute, { ...all, count, volume, quote, takerVolume, takerQuote });
  };
  return {
    add: (of, ticks, lots, count, takerBought) => {
      const quote = lots * ticks;
      // Neither sum of takers is larger than the whole.
      const isExact = sums.quote + quote <= Number.MAX_SAFE_INTEGER && sums.volume + lots <= Number.MAX_SAFE_INTEGER;
      if (of !== minute || !isExact) put();
      minute = of;
      if (quote > Number.MAX_SAFE_INTEGER) {
        keepLarge(ticks, lots, count, takerBought);
        return;
      }
      if (sums.count === 0) {
        prices.open = ticks;
        prices.high = ticks;
        prices.low = ticks;
      } else {
        if (ticks > prices.high) prices.high = ticks;
        if (ticks < prices.low) prices.low = ticks;
      }
      prices.close = ticks;
      sums.count += count;
      sums.volume += lots;
      sums.quote += quote;
      if (takerBought) {
        sums.takerVolume += lots;
        sums.takerQuote += quote;
      }
    },
    put,
  };
};
