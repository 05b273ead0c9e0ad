import type { Clock } from '@tickfolio/lib/clock';
import { type Logger, requestIdOf } from '@tickfolio/lib/telemetry';
import type { AggregatorClient, Demanded } from '../market/aggregator-client.js';
import type { ExchangeClock } from '../market/exchange-clock.js';
import type { HeldSymbol, Symbols } from '../market/symbols.js';
import type { Portfolios } from '../portfolio/portfolios.js';
import type { PriceBoard } from '../prices/price-board.js';
import { createFeedWords } from './feed-words.js';
import { createNeighbours, type Neighbours } from './neighbours.js';
import { type PriceNewsDeps, takePriceNews } from './price-news.js';
import { startRhythm } from './rhythm.js';
import { takeSymbolNews } from './symbol-news.js';

export interface DemandDeps extends PriceNewsDeps {
  readonly portfolios: Pick<Portfolios, 'symbols'>;
  readonly aggregator: AggregatorClient;
  readonly symbols: Symbols;
  readonly board: PriceBoard;
  /** Is told what the aggregator says of the exchange's time. */
  readonly exchange: Pick<ExchangeClock, 'told'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Undefined while the price bus answers; what does not arrive cannot be live. */
  readonly checkPriceBus: () => Promise<string | undefined>;
}

export interface DemandOptions {
  /** Default 2 000: a restarted aggregator knows again what is needed within this time. */
  readonly periodMs?: number;
}

/**
 * Tells the aggregator which symbols are needed, and hands on what it answers: of feeds, prices, symbols and itself.
 */
export interface Demand {
  /** The set may have changed: tell at once. */
  changed(): void;
  /** Undefined when the aggregator answered lately, else what is wrong. */
  check(): string | undefined;
  /** How each of several aggregators is, by address. Undefined where there is one. */
  readonly aggregators: Neighbours['states'];
  close(): void;
}

/** Pause after a call that failed. */
const retryMs = 500;
/** How long changes are gathered before they are told. */
const gatherMs = 25;
/**
 * After so long without an answer no feed counts as working; so long a word about a symbol holds that moves between
 * aggregators.
 */
const answerMaxAgeMs = 10_000;

/** What is held and what that is converted with, each once, in order. */
const neededOf = (held: readonly HeldSymbol[]): string[] =>
  [
    ...new Set(
      held.flatMap(({ symbol, quoteAsset }) => (quoteAsset === 'usdt' ? [symbol] : [symbol, `${quoteAsset}usdt`])),
    ),
  ].sort();

export const createDemand = (deps: DemandDeps, options: DemandOptions = {}): Demand => {
  const { portfolios, aggregator, board, exchange, clock, log, checkPriceBus } = deps;
  const { periodMs = 2_000 } = options;
  const words = createFeedWords(clock, answerMaxAgeMs);
  const neighbours = createNeighbours({ clock, log }, answerMaxAgeMs);
  let held: readonly HeldSymbol[] | undefined;
  let answeredAt = clock.monotonic();
  let failure: string | undefined = 'has not answered yet';
  let hasAnswered = false;

  const take = async (answer: Demanded, requestId: string) => {
    takePriceNews(deps, answer);
    const busFault = await checkPriceBus().catch((err: unknown) => String(err));
    words.take(answer.feeds);
    board.setFeeds(words.known(), busFault !== undefined);
    neighbours.take(answer);
    await takeSymbolNews(deps, answer, requestId);
  };
  const readHeld = async () => {
    try {
      held = await portfolios.symbols();
    } catch (err) {
      // The set read last still holds; without it an aggregator restarted meanwhile would know nothing.
      log.warn({ err }, 'the held symbols could not be read; the last known set is used');
    }
  };
  /** @returns how long to pause */
  const tell = async (): Promise<number> => {
    await readHeld();
    const requestId = requestIdOf(undefined); // Of a call that nobody asked for: it ties this process's lines to the aggregator's.
    try {
      const askedAt = clock.monotonic();
      const answer = held && (await aggregator.demand(neededOf(held), requestId));
      if (answer) {
        answeredAt = clock.monotonic();
        if (answer.exchangeTimeMs !== undefined) exchange.told(answer.exchangeTimeMs, (askedAt + answeredAt) / 2);
        await take(answer, requestId);
        if (failure !== undefined)
          log[hasAnswered ? 'warn' : 'info']({ symbols: held?.length }, 'the aggregator answers');
        hasAnswered = true;
        failure = undefined;
      }
    } catch (err) {
      if (failure === undefined) log.warn({ err, requestId }, 'the aggregator does not answer; trying again');
      failure ??= err instanceof Error ? err.message : String(err);
      if (clock.monotonic() - answeredAt > answerMaxAgeMs) board.setFeeds(words.known(), true);
    }
    return failure === undefined ? periodMs : Math.min(retryMs, periodMs);
  };
  const rhythm = startRhythm(tell, { name: 'tell the aggregator what is needed', gatherMs, clock });

  return {
    changed: rhythm.soon,
    check: () => failure ?? neighbours.check(),
    get aggregators() {
      return neighbours.states;
    },
    close: rhythm.close,
  };
};
