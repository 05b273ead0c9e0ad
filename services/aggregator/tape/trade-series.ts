import type { PublishedThrough } from '@tickfolio/lib/price-bus';
import type { Tally } from '../tally.js';
import { createSecondLedger, type Emit, type SecondLedger, type SequenceView } from './second-ledger.js';
import { createSecondProof, type SecondProof } from './second-proof.js';
import { secondOf } from './second-trades.js';
import { createStreamDoubt, type StreamDoubt } from './stream-doubt.js';
import type { TapeOptions } from './tape-limits.js';
import { TradeSequence } from './trade-sequence.js';

/** What is known of a symbol's trades for as long as their ids and times go on from each other. */
export interface TradeSeries {
  readonly sequence: TradeSequence;
  readonly ledger: SecondLedger;
  readonly proof: SecondProof;
  readonly doubts: StreamDoubt;
  /** Which seconds are whole. */
  readonly view: SequenceView;
}

/** @param goOnFrom what somebody else has published */
export const createTradeSeries = (
  symbol: string,
  emit: Emit,
  tally: Tally,
  options: TapeOptions,
  goOnFrom?: PublishedThrough,
): TradeSeries => {
  const sequence = new TradeSequence();
  const proof = createSecondProof(options.proofDelayMs);
  return {
    sequence,
    proof,
    ledger: createSecondLedger(symbol, emit, tally, options, goOnFrom),
    doubts: createStreamDoubt(options),
    view: {
      isWhole: (second) => {
        if (second >= secondOf(sequence.maxTimeMs) && !proof.isShown(second)) return false;
        for (const hole of sequence.holes)
          if (secondOf(hole.fromTimeMs) <= second && second <= hole.toTimeMs) return false;
        return true;
      },
      get maxTimeMs() {
        return sequence.maxTimeMs;
      },
    },
  };
};
