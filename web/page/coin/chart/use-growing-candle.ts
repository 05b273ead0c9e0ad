import { useRef } from 'react';
import { type Candle, growCandle, type Slot } from './plot/candle.js';

interface Grown {
  /** Of the symbol and its candles. */
  readonly key: string;
  readonly slots: readonly Slot[];
  readonly candle: Candle;
}

/**
 * The candle that is still growing, moved by the live price. A moment of before the newest candle moves the newest one,
 * until the next answer of the server: a clock may have been set back.
 */
export const useGrowingCandle = (
  key: string,
  slots: readonly Slot[],
  stepMs: number,
  price: string | undefined,
  asOfMs: number,
) => {
  const kept = useRef<Grown>(undefined);
  if (price === undefined || stepMs === 0) return undefined;
  const lastMs = slots.at(-1)?.atMs ?? 0;
  const grown = kept.current;
  const before =
    grown?.key === key && (grown.slots === slots || grown.candle.atMs <= lastMs) ? grown.candle : undefined;
  const atMs = Math.max(Math.floor(asOfMs / stepMs) * stepMs, before?.atMs ?? 0, lastMs);
  const known = slots.findLast((slot) => slot.atMs === atMs)?.candle;
  const candle = growCandle(before, known, atMs, price);
  kept.current = { key, slots, candle };
  return candle;
};
