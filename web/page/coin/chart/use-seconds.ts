import { useRef } from 'react';
import { type Candle, growCandle } from './plot/candle.js';

const secondMs = 1_000;
/** A quarter of an hour. */
const maxSeconds = 900;

/** The seconds that were seen live since the page of a symbol was opened, oldest first. */
export const useSeconds = (symbol: string, price: string | undefined, nowMs: number): readonly Candle[] => {
  const kept = useRef<{ readonly symbol: string; readonly candles: Candle[] }>({ symbol, candles: [] });
  if (kept.current.symbol !== symbol) kept.current = { symbol, candles: [] };
  const { candles } = kept.current;
  const atMs = Math.floor(nowMs / secondMs) * secondMs;
  const last = candles.at(-1);
  if (price === undefined || (last && atMs < last.atMs)) return candles;
  const grown = growCandle(last, undefined, atMs, price);
  if (last?.atMs === atMs) candles[candles.length - 1] = grown;
  else candles.push(grown);
  if (candles.length > maxSeconds) candles.shift();
  return candles;
};
