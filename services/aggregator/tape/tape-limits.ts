import type { RetryPolicy } from '@tickfolio/lib/retry';
import { type LedgerOptions, ledgerDefaults } from './second-ledger.js';

/**
 * The pauses are those between questions to the exchange's history, by default from 200 ms to 5 s, and never less than
 * half as long.
 */
export interface TapeOptions extends LedgerOptions, RetryPolicy {
  /** A hole younger than this may be mere reordering and is not asked for. Default 150. */
  readonly reorderMs: number;
  /** After the feed came back a trade has this long to show what was missed, before history is asked. Default 1 000. */
  readonly probeDelayMs: number;
  /**
   * A second without a later trade is asked about so long after its end: the exchange's history may be behind its
   * stream. Default 1 500.
   */
  readonly proofDelayMs: number;
  /** Last prices ahead of their seconds are at least so far apart. Default 100. */
  readonly priceSpacingMs: number;
  /** Of a longer hole only this many newest trades are fetched. Default 100 000. */
  readonly maxFillTrades: number;
  /**
   * Where somebody else ended, more missing trades than this are not fetched: the seconds begin anew. Default 20 000.
   */
  readonly maxTakeoverTrades: number;
  /**
   * A trade further ahead by its id than would be fetched is believed when another one stands behind it. Default 100
   * 000.
   */
  readonly maxLeapTrades: number;
  /** Times of trades grow with their ids, or are wrong by at most this. Default 60 000. */
  readonly maxTimeSlipMs: number;
  /**
   * No stream is ever so late behind the others: a trade whose time lies further back than this is doubted. Default 600
   * 000.
   */
  readonly maxLagMs: number;
  /** More holes than this are not kept; the oldest is given up. Default 1 000. */
  readonly maxHoles: number;
  /** History that does not have the newest known trade yet is asked this often. Default 8. */
  readonly maxLagRetries: number;
  /** The same of trades that are missing for certain: some minutes, with pauses of up to `maxRetryMs`. Default 60. */
  readonly maxHoleLagRetries: number;
  /** A hole of which history could not be had for this long is given up. Default 600 000. */
  readonly maxHoleAgeMs: number;
}

export const tapeDefaults: TapeOptions = {
  ...ledgerDefaults,
  reorderMs: 150,
  probeDelayMs: 1_000,
  proofDelayMs: 1_500,
  priceSpacingMs: 100,
  maxFillTrades: 100_000,
  maxTakeoverTrades: 20_000,
  maxLeapTrades: 100_000,
  maxTimeSlipMs: 60_000,
  maxLagMs: 600_000,
  maxHoles: 1_000,
  maxLagRetries: 8,
  maxHoleLagRetries: 60,
  maxHoleAgeMs: 600_000,
  minRetryMs: 200,
  maxRetryMs: 5_000,
  leastShare: 0.5,
};
