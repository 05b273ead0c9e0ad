import type { MakePast, PastBar } from '../bars/made-past.js';
import { createRandom } from './random.js';
import { assetOf, type SymbolSpec } from './symbols.js';

const minutesPerYear = 525_600;
/**
 * Mean number of single trades in an order, and mean value of an aggregate, as `market.ts` makes them; near enough for
 * a made-up past.
 */
const singlesPerOrder = 3;

/** Makes up what was before a market began, ending at its first price. Depends on seed and symbol only. */
export const pastOf =
  (spec: SymbolSpec, seed: string, rate: number): MakePast =>
  (minutes, lastTicks) =>
    periods(spec, `yesterday ${seed} ${spec.symbol}${minutes === 1 ? '' : ` ${minutes}`}`, rate, minutes, lastTicks);

function* periods(
  spec: SymbolSpec,
  seed: string,
  rate: number,
  minutes: number,
  lastTicks: number,
): Generator<PastBar, void> {
  const random = createRandom(seed);
  const volatility =
    Math.hypot(assetOf(spec.base)?.volatility ?? 0, assetOf(spec.quote)?.volatility ?? 0, 0.3) /
    Math.sqrt(minutesPerYear / minutes);
  const lotsEach = typicalLots(spec);
  let close = lastTicks;
  for (;;) {
    const open = Math.max(1, Math.round(close * Math.exp(volatility * random.normal())));
    const high = Math.round(Math.max(open, close) * (1 + volatility * 0.5 * random.exponential()));
    const low = Math.max(
      1,
      Math.round(Math.min(open, close) * (1 - volatility * 0.5 * Math.min(5, random.exponential()))),
    );
    const count = Math.round(rate * 60 * minutes * singlesPerOrder * (0.3 + random.exponential() * 0.7));
    const volume = Math.max(1, Math.round(lotsEach * count * (0.5 + random.next())));
    const average = Math.min(high, Math.max(low, Math.round((open + high + low + close) / 4)));
    yield count === 0
      ? { open: close, high: close, low: close, close, count, volume: 0, takerVolume: 0, average: close }
      : {
          open,
          high,
          low,
          close,
          count,
          volume,
          takerVolume: Math.round(volume * (0.3 + 0.4 * random.next())),
          average,
        };
    if (count > 0) close = open;
  }
}

/** Lots of an ordinary trade, some 300 US dollars. */
export const typicalLots = (spec: SymbolSpec): number =>
  Math.max(1, Math.round((300 / (assetOf(spec.base)?.usd ?? 1)) * 10 ** spec.quantityDecimals));
