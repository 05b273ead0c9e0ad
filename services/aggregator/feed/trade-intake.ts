import type { RawResponse } from '@tickfolio/gen/market/v1';
import { tradeFaults } from '@tickfolio/lib/market/agg-trade';
import type { FeedClock } from '@tickfolio/lib/market/feed-clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Tally } from '../tally.js';
import type { Tape } from '../tape/tape.js';
import { type AggTradeFrame, parseAggTrade } from '../tape/trade.js';
import type { MissingPrices } from './missing-prices.js';

/** An event this far from its trade has a wrong time and does not set the feed's clock, milliseconds. */
const maxEventSkewMs = 60_000;
/** A trade is never after the event that tells of it; the exchange's machines may disagree by this. Milliseconds. */
const maxTradeAheadMs = 1_000;

export interface TradeIntakeDeps {
  readonly log: Logger;
  readonly tally: Tally;
  readonly feedClock: FeedClock;
  /** Told whether the trades of a symbol can be read. */
  readonly missing: Pick<MissingPrices, 'came' | 'unreadable'>;
  /** By the exchange's upper-case spelling. */
  readonly tapeOf: (symbol: string) => Tape | undefined;
}

/** Trade frames become trades on their symbols' tapes. */
export interface TradeIntake {
  /** @returns the tapes that were touched */
  take(response: Pick<RawResponse, 'frames'>, localMs: number): ReadonlySet<Tape>;
}

export const createTradeIntake = ({ log, tally, feedClock, missing, tapeOf }: TradeIntakeDeps): TradeIntake => {
  /**
   * Whether the times of a trade can be right, by what the frames of all symbols say; they set the feed's clock if so.
   */
  const isTimed = ({ symbol, eventMs, trade: { timeMs } }: AggTradeFrame): boolean => {
    if (Math.abs(eventMs - timeMs) > maxEventSkewMs || !feedClock.observe(eventMs, symbol)) return false;
    return timeMs <= eventMs + maxTradeAheadMs;
  };
  return {
    take: ({ frames }, localMs) => {
      const touched = new Set<Tape>();
      for (const { payload } of frames) {
        const frame = parseAggTrade(payload);
        if (typeof frame === 'string') {
          tally.payloadsMalformed += 1;
          log.debug({ reason: frame, payload: payload.slice(0, 200) }, 'trade skipped');
          missing.unreadable(payload);
          continue;
        }
        const { symbol, trade } = frame;
        const isUsable = 'eventMs' in frame && isTimed(frame);
        const tape = tapeOf(symbol);
        if (!tape) {
          tally.framesUnasked += 1;
          continue;
        }
        touched.add(tape);
        if ('fault' in trade && trade.fault !== tradeFaults.time) {
          tape.skip(trade);
          missing.unreadable(payload);
        } else if ('fault' in trade || !isUsable) tape.doubt(trade.id, tradeFaults.time, localMs);
        else {
          tape.fromStream(trade, localMs);
          missing.came(tape.symbol, trade.id);
        }
      }
      return touched;
    },
  };
};
