import type { RawResponse } from '@tickfolio/gen/market/v1';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { Logger } from '@tickfolio/lib/telemetry';
import { createTickerMemory, parseMiniTicker } from './mini-ticker.js';
import type { PublishGate } from './publish-gate.js';
import type { Tally } from './tally.js';

export const tickerTopic = 'binance.miniticker';
export const tickerPartitions = 3;

export interface TickerIntakeDeps {
  readonly log: Logger;
  readonly tally: Tally;
  readonly gate: Pick<PublishGate, 'isSure'>;
  readonly eventLog: Pick<EventLog, 'publish'>;
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

export const createTickerIntake = ({ log, tally, gate, eventLog, simulated, isFollowed }: TickerIntakeDeps): TickerIntake => {
  const memory = createTickerMemory();
  const skipped = (reason: string, payload: string, words: string) => log.debug({ reason, payload: payload.slice(0, 200) }, words);
  return {
    take: ({ frames }) => {
      for (const { payload, receiveTimeMs } of frames) {
        const ticker = parseMiniTicker(payload, receiveTimeMs, simulated());
        if (typeof ticker === 'string') {
          tally.payloadsMalformed += 1;
          skipped(ticker, payload, 'mini-ticker skipped');
          continue;
        }
        if ('unfit' in ticker) {
          tally.tickersUnfit += 1;
          skipped(ticker.unfit, payload, 'mini-ticker refused');
          continue;
        }
        const { symbol } = ticker.row;
        if (!isFollowed(symbol)) tally.framesUnasked += 1;
        else if (!memory.isNew(symbol, ticker.eventMs)) tally.tickersDuplicate += 1;
        else if (gate.isSure) {
          tally.tickers += 1;
          eventLog.publish(tickerTopic, { key: symbol, value: JSON.stringify(ticker.row) });
        }
      }
    },
    forget: memory.forget,
  };
};
