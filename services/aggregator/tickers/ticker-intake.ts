import type { RawResponse } from '@tickfolio/gen/market/v1';
import type { EventLog } from '@tickfolio/lib/event-log';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { messageOf } from '@tickfolio/lib/events/topic';
import type { FeedClock } from '@tickfolio/lib/market/feed-clock';
import { isPrice } from '@tickfolio/lib/money';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { PublishGate } from '../publishing/publish-gate.js';
import type { Tally } from '../tally.js';
import { createTickerMemory, parseMiniTicker } from './mini-ticker.js';

export interface TickerIntakeDeps {
  readonly log: Logger;
  readonly tally: Tally;
  readonly gate: Pick<PublishGate, 'isSure'>;
  readonly eventLog: Pick<EventLog, 'publish'>;
  readonly feedClock: Pick<FeedClock, 'observe'>;
  /** Told of what cannot be right; logs it now and then. */
  readonly complain: (why: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Whether what comes is simulated; undefined while that is not known. */
  readonly simulated: () => boolean | undefined;
  /** By the exchange's upper-case spelling. */
  readonly isFollowed: (symbol: string) => boolean;
}

/** Mini-tickers of the symbols that are followed become messages of the event log, each once. */
export interface TickerIntake {
  take(response: Pick<RawResponse, 'frames'>): void;
  /** @param symbol in the exchange's upper-case spelling */
  forget(symbol: string): void;
}

export const createTickerIntake = (deps: TickerIntakeDeps): TickerIntake => {
  const { log, tally, gate, eventLog, feedClock, complain, simulated, isFollowed } = deps;
  const memory = createTickerMemory();
  return {
    take: ({ frames }) => {
      for (const { payload, receiveTimeMs } of frames) {
        const ticker = parseMiniTicker(payload, receiveTimeMs, simulated());
        if (typeof ticker === 'string') {
          tally.payloadsMalformed += 1;
          log.debug({ reason: ticker, payload: payload.slice(0, 200) }, 'mini-ticker skipped');
          continue;
        }
        const { symbol, close_price: close } = ticker.row;
        const isBelieved = feedClock.observe(ticker.eventMs, symbol);
        if (!isFollowed(symbol)) tally.framesUnasked += 1;
        else if (!isBelieved) {
          // It would stand as the newest of its symbol until its time comes.
          tally.tickersMistimed += 1;
          complain('the time of a mini-ticker lies ahead of all other frames', { symbol, eventMs: ticker.eventMs });
        } else if (!isPrice(close)) tally.tickersUnpriced += 1;
        else if (!memory.isNew(symbol, ticker.eventMs)) tally.tickersDuplicate += 1;
        else if (gate.isSure) {
          tally.tickers += 1;
          eventLog.publish(miniTickers.name, messageOf(miniTickers, ticker.row));
        }
      }
    },
    forget: memory.forget,
  };
};
