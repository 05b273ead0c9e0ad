import type { Random } from './random.js';
import { assetOf } from './symbols.js';

const yearSeconds = 31_536_000;
const marketVolatility = 0.5;
/**
 * Both parts are pulled back to where they began, so that a run of weeks stays plausible: half way in about two days.
 */
const pull = Math.LN2 / (2 * 86_400);

/**
 * Correlated prices: a common market movement times each asset's own. Floating point is fine here, trades round to
 * whole ticks.
 */
export interface PriceWalk {
  /** Price of `base` in `quote` at `timeMs`, which must not go back. */
  price(base: string, quote: string, timeMs: number): number;
}

interface Part {
  value: number;
  atMs: number;
}

export const createPriceWalk = (beginMs: number, random: Random): PriceWalk => {
  const market: Part = { value: 0, atMs: beginMs };
  const own = new Map<string, Part>();
  const move = (part: Part, volatility: number, timeMs: number) => {
    const seconds = (timeMs - part.atMs) / 1_000;
    if (seconds <= 0) return;
    part.atMs = timeMs;
    part.value +=
      -part.value * Math.min(1, pull * seconds) + volatility * Math.sqrt(seconds / yearSeconds) * random.normal();
  };
  const logPrice = (name: string, timeMs: number): number => {
    const asset = assetOf(name);
    if (!asset) return 0;
    let part = own.get(name);
    if (!part) {
      // Each seed has its own morning: up to a few percent off the listed price, for what moves at all.
      part = { value: asset.volatility * 0.05 * random.normal(), atMs: timeMs };
      own.set(name, part);
    }
    move(part, asset.volatility, timeMs);
    return Math.log(asset.usd) + asset.beta * market.value + part.value;
  };
  return {
    price: (base, quote, timeMs) => {
      move(market, marketVolatility, timeMs);
      return Math.exp(logPrice(base, timeMs) - logPrice(quote, timeMs));
    },
  };
};
