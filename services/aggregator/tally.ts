import type { Metrics } from '@tickfolio/lib/telemetry';

const helps = {
  trades: 'Aggregate trades counted, each id once',
  tradesDuplicate: 'Aggregate trades received again and dropped',
  tradesLate: 'Aggregate trades that came after their second was published as complete, which does not change for them',
  tradesTooLate: 'Aggregate trades whose second is not kept any more',
  tradesVoid:
    'Ids of aggregate trades that have none: their price is 0, or their figures, ids or times cannot be right',
  tradesDoubted:
    'Aggregate trades of the stream whose time or id cannot be right by what the others say; the history is asked',
  tradesBackfilled: 'Aggregate trades taken from the exchange history to fill holes',
  tradesLost: 'Aggregate trades that could not be had at all',
  gapsFound: 'Interruptions of the trade ids found',
  gapsFilled: 'Interruptions of the trade ids filled without loss',
  gapsLost: 'Interruptions of the trade ids that ended with a loss',
  sequenceRestarts: 'Times the trade ids of a symbol began anew',
  secondsPublished: 'SecondStats published, revisions included',
  secondsIncomplete: 'SecondStats published as incomplete',
  secondsRepaired: 'SecondStats published as complete after being incomplete',
  secondsProven: 'Seconds without a later trade that the exchange history showed to be whole',
  secondsWithheld: 'SecondStats held back while shares moved',
  secondsLeft: 'SecondStats held back and then left to the new owner of the symbol, who publishes them',
  secondsDropped: 'SecondStats held back that were given up because too many waited',
  sharesKept: 'Times shares were published on in the middle of a dealing because the group could not be heard any more',
  sharesGained: 'Shares of the symbols that came from somebody else, or from nobody',
  sharesLost: 'Shares of the symbols that went to somebody else',
  symbolsContinued: 'Times the seconds of a symbol went on exactly where they had ended',
  symbolsBegunAnew:
    'Times the seconds of a symbol began anew: too much was missing, or where they had ended could not be read',
  pricesAhead: 'Last prices sent ahead of their second',
  backfillPages: 'Pages of trade history read',
  backfillFailures: 'Requests for trade history that failed',
  tapeTrades: 'Aggregate trades told to who follows them, once for each reader',
  tapeHoles: 'Holes that readers were told of: trades that could not be had',
  tapePages: 'Pages of trade history read for readers who name an older trade',
  tapeReadersSlow: 'Readers of trades that were ended because they were too slow',
  payloadsMalformed: 'Frames that could not be read',
  framesUnasked: 'Frames of symbols nobody holds',
  tickers: 'Mini-tickers handed to the event log',
  tickersMistimed: 'Mini-tickers whose time lies ahead of all other frames, which are not archived',
  tickersUnpriced: 'Mini-tickers with a price of 0, of coins that were never traded, which are not archived',
  tickersDuplicate: 'Mini-tickers received again and dropped',
  streamsOpened: 'gRPC streams opened to the socket service',
  streamsBroken: 'gRPC streams that ended unasked',
} as const;

type CountName = keyof typeof helps;

/** The service's counts as plain numbers, cheap enough for the hot path; exported as Prometheus counters. */
export type Tally = Record<CountName, number>;

const names = Object.keys(helps) as CountName[];

export const createTally = (): Tally => Object.fromEntries(names.map((name) => [name, 0])) as Tally;

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Registers one counter per count, read at scrape time. */
export const exportTally = (metrics: Metrics, tally: Tally): void => {
  for (const name of names) {
    metrics.counter({
      name: `${snake(name)}_total`,
      help: helps[name],
      collect() {
        this.reset();
        this.inc(tally[name]);
      },
    });
  }
};
