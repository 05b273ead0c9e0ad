import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { DayStats } from '../bars/bar-history.js';
import { amountText, fixed8 } from '../market/fixed-point.js';
import type { Listing } from '../market/price-source.js';
import type { SymbolSpec } from '../market/symbols.js';
import { type TimeUnit, timeText } from '../market/trade.js';
import type { StreamHub } from './stream-hub.js';

const allTickers = '!miniTicker@arr';

/** Payload of `<symbol>@miniTicker`, in the exchange's field order. */
const miniTickerText = (spec: SymbolSpec, day: DayStats, eventMs: number, unit: TimeUnit): string => {
  const price = (ticks: number) => amountText(ticks, spec.priceDecimals);
  return (
    `{"e":"24hrMiniTicker","E":${timeText(eventMs, unit)},"s":"${spec.symbol}","c":"${price(day.close)}","o":"${price(day.open)}","h":"${price(day.high)}","l":"${price(day.low)}",` +
    `"v":"${amountText(day.volume, spec.quantityDecimals)}","q":"${fixed8(day.quote, spec.quantityDecimals + spec.priceDecimals)}"}`
  );
};

/**
 * A second is cut into this many turns; each symbol has its own, so tickers differ in `E` by up to 0.9 s as the
 * exchange's do.
 */
const turns = 10;
/**
 * First tickers per turn: each makes up a yesterday, and a burst of them would hold up everything else in the process.
 */
const maxFirstsPerTurn = 4;

/**
 * Publishes, once a second, the ticker of every symbol that traded since its last one: on its own stream, and all of a
 * second together on `!miniTicker@arr`. Works only while somebody listens.
 */
export const startMiniTickers = (
  clock: Clock,
  hub: StreamHub,
  listings: ReadonlyMap<string, Listing>,
  periodMs = 1_000,
): Timer => {
  let gathered: ((unit: TimeUnit) => string)[] = [];
  let turn = 0;
  const takeTurn = () => {
    const eventMs = clock.now();
    const listHeard = hub.isHeard(allTickers);
    let firsts = 0;
    let at = 0;
    for (const listing of listings.values()) {
      if (at++ % turns !== turn || !listing.tickerIsDue) continue;
      const stream = `${listing.spec.symbol.toLowerCase()}@miniTicker`;
      if (!listHeard && !hub.isHeard(stream)) continue;
      // It stays due, and gets its turn a second later.
      if (!listing.bars.isMade && ++firsts > maxFirstsPerTurn) continue;
      const day = listing.bars.day(eventMs);
      if (!day) continue;
      listing.tickerIsDue = false;
      const now = { ...day };
      const text = (unit: TimeUnit) => miniTickerText(listing.spec, now, eventMs, unit);
      hub.publish(stream, text);
      if (listHeard) gathered.push(text);
    }
    turn = (turn + 1) % turns;
    if (turn !== 0) return;
    const items = gathered;
    gathered = [];
    if (items.length > 0) hub.publish(allTickers, (unit) => `[${items.map((item) => item(unit)).join(',')}]`);
  };
  return clock.every(periodMs / turns, () => hub.together(takeTurn));
};
