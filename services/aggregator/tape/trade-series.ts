import type { AppError } from '@tickfolio/lib/errors';
import type { PublishedThrough } from '@tickfolio/lib/price-bus';
import type { Tally } from '../tally.js';
import { createSecondLedger, type Emit, type SecondLedger, type SequenceView } from './second-ledger.js';
import { createSecondProof, type SecondProof } from './second-proof.js';
import { secondMs, secondOf } from './second-trades.js';
import { createStreamDoubt, type StreamDoubt } from './stream-doubt.js';
import type { TapeOptions } from './tape-limits.js';
import type { Trade } from './trade.js';
import { TradeSequence } from './trade-sequence.js';

/** How far the trades of a symbol are known without a hole. */
export interface Known {
  /** Every id up to this one is known, or has no trade, or is lost; -1 before the first trade. */
  readonly throughId: number;
  /** Every trade before this exchange time has such an id, epoch milliseconds; 0 while nothing shows it. */
  readonly beforeMs: number;
}

/** Where a keeper begins to be told. */
export interface Beginning {
  /**
   * It is new to the tape; or the exchange began its ids anew; or what had been believed of ids or times was wrong, and
   * the trades go on from others.
   */
  readonly how: 'new' | 'renumbered' | 'corrected';
  /** Highest known id; -1 before the first trade. */
  readonly lastId: number;
  /** The newest trade, where more of it is known than its id. */
  readonly newest: Trade | undefined;
  /** How far trades are known at any time until the tape ends this, holes that end before an id aside. */
  known(fromId: number): Known;
}

/** Is told of every trade of one symbol's tape, once and in any order, for those who want the trades themselves. */
export interface TradeKeeper {
  begun(beginning: Beginning): void;
  placed(trade: Trade): void;
  /** An id that has no trade. */
  voided(id: number): void;
  /** Ids whose trades cannot be had, both included. */
  lost(fromId: number, toId: number): void;
  /** The history said what is newest, or failed to: more may be known. */
  answered(failure?: AppError): void;
  /** Nothing more comes, before another beginning. */
  ended(): void;
}

/** What is known of a symbol's trades for as long as their ids and times go on from each other. */
export interface TradeSeries {
  readonly sequence: TradeSequence;
  readonly ledger: SecondLedger;
  readonly proof: SecondProof;
  readonly doubts: StreamDoubt;
  /** Which seconds are whole. */
  readonly view: SequenceView;
  /** Holes that end before this id aside. */
  knownFrom(id: number): Known;
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
    knownFrom: (id) => {
      if (!sequence.started) return { throughId: -1, beforeMs: 0 };
      const beforeMs = Math.max(secondOf(sequence.maxTimeMs), proof.through + secondMs);
      const hole = sequence.holes.find(({ to }) => to >= id);
      return hole
        ? { throughId: hole.from - 1, beforeMs: Math.min(beforeMs, secondOf(hole.fromTimeMs)) }
        : { throughId: sequence.maxId, beforeMs };
    },
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
