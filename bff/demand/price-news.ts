import type { Logger } from '@tickfolio/lib/telemetry';
import type { Demanded } from '../market/aggregator-client.js';
import type { PriceKind } from '../market/price-kind.js';
import type { PriceBoard } from '../prices/price-board.js';
import { knowsExchange } from './symbol-news.js';

export interface PriceNewsDeps {
  readonly kind: Pick<PriceKind, 'simulated' | 'told'>;
  readonly board: Pick<PriceBoard, 'last' | 'take'>;
  /**
   * Called when it is known whether prices are simulated, and when that changes.
   * @param isNews whether it is otherwise than frames have said so far
   */
  readonly onSimulated: (simulated: boolean, isNews: boolean) => void;
  readonly log: Logger;
}

/** A last price is taken from an answer only when the bus, which is faster, is behind by more than this. */
const busBehindMs = 3_000;

/** Takes what an answer says of prices: first of which kind they are, then those that the bus lacks. */
export const takePriceNews = ({ kind, board, onSimulated, log }: PriceNewsDeps, answer: Demanded): void => {
  const isKnown = knowsExchange(answer);
  if (isKnown && answer.simulated !== kind.simulated) {
    const isNews = answer.simulated !== (kind.simulated ?? false);
    kind.told(answer.simulated);
    onSimulated(answer.simulated, isNews);
  }
  for (const [symbol, last] of answer.lastPrices) {
    const known = board.last(symbol)?.timeMs;
    if (known !== undefined && last.timeMs <= known + busBehindMs) continue;
    try {
      board.take({ symbol, ...last, kept: true, ...(isKnown ? { simulated: answer.simulated } : {}) });
    } catch (err) {
      log.warn({ err, symbol }, 'a last price could not be read and was skipped');
    }
  }
};
