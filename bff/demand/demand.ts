import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { type Logger, requestIdOf } from '@tickfolio/lib/telemetry';
import { because, type Context, currentCause, detached } from '@tickfolio/lib/tracing';
import type { AggregatorClient, Demanded, FeedWord } from '../market/aggregator-client.js';
import type { ExchangeClock } from '../market/exchange-clock.js';
import type { HeldSymbol, Symbols } from '../market/symbols.js';
import type { Portfolios } from '../portfolio/portfolios.js';
import type { PriceBoard } from '../prices/price-board.js';

export interface DemandDeps {
  readonly portfolios: Pick<Portfolios, 'symbols'>;
  readonly aggregator: AggregatorClient;
  readonly symbols: Symbols;
  readonly board: PriceBoard;
  /** Is told what the aggregator says of the exchange's time. */
  readonly exchange: ExchangeClock;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Called when it is known whether prices are simulated, and when that changes.
   * @param isNews whether it is otherwise than frames have said so far
   */
  readonly onSimulated: (simulated: boolean, isNews: boolean) => void;
  /** Undefined while the price bus answers; what does not arrive cannot be live. */
  readonly checkPriceBus: () => Promise<string | undefined>;
}

export interface DemandOptions {
  /** Default 2 000: a restarted aggregator knows again what is needed within this time. */
  readonly periodMs?: number;
  /** Pause after a call that failed. Default 500. */
  readonly retryMs?: number;
}

/** Tells the aggregator which symbols are needed and takes its word for the feeds' state, the symbol list and missing prices. */
export interface Demand {
  /** The set may have changed: tell at once. */
  changed(): void;
  /** Undefined when the aggregator answered lately, else what is wrong. */
  check(): string | undefined;
  /** How each of several aggregators is, by address: `ok` or what is wrong. Undefined where there is one. */
  readonly aggregators: Readonly<Record<string, string>> | undefined;
  /** Undefined until the aggregator knows where its prices come from. */
  readonly simulated: boolean | undefined;
  close(): void;
}

/** A last price is taken from here only when the bus, which is faster, is behind by more than this. */
const busBehindMs = 3_000;

/** How long changes are gathered before they are told. */
const gatherMs = 25;
/** After so long without an answer no feed counts as working; and so long the last word about a symbol holds that moves from one aggregator to another. */
const answerMaxAgeMs = 10_000;

export const createDemand = (deps: DemandDeps, options: DemandOptions = {}): Demand => {
  const { portfolios, aggregator, symbols, board, exchange, clock, log, onSimulated, checkPriceBus } = deps;
  const { periodMs = 2_000, retryMs = 500 } = options;
  let held: readonly HeldSymbol[] | undefined;
  let simulated: boolean | undefined;
  let answeredAt = clock.monotonic();
  let failure: string | undefined = 'has not answered yet';
  let hasAnswered = false;
  let aggregators: Readonly<Record<string, string>> | undefined;
  /** Since when shares of the symbols have been without an aggregator. */
  let unownedSince: number | undefined;
  let unowned = 0;
  const lastWord = new Map<string, { readonly feed: FeedWord; readonly atMs: number }>();
  let timer: Timer | undefined;
  let soon = false;
  /** The request whose change is to be told. */
  let cause: Context | undefined;
  let running = false;
  let closed = false;

  const needed = (): string[] => {
    const all = new Set<string>();
    for (const { symbol, quoteAsset } of held ?? []) {
      all.add(symbol);
      if (quoteAsset !== 'usdt') all.add(`${quoteAsset}usdt`);
    }
    return [...all].sort();
  };
  /** Takes the answers' word; the last one holds for a while for a symbol that nobody answers for. @returns the words that hold */
  const takeFeeds = ({ feeds }: Demanded): ReadonlyMap<string, FeedWord> => {
    const nowMs = clock.monotonic();
    for (const [symbol, feed] of feeds) lastWord.set(symbol, { feed, atMs: nowMs });
    for (const [symbol, { atMs }] of lastWord) if (nowMs - atMs > answerMaxAgeMs) lastWord.delete(symbol);
    return new Map([...lastWord].map(([symbol, { feed }]) => [symbol, feed]));
  };
  const takeNeighbours = ({ shares, aggregators: each }: Demanded) => {
    unowned = shares ? Math.max(0, shares.of - shares.owned) : 0;
    unownedSince = unowned === 0 ? undefined : (unownedSince ?? clock.monotonic());
    if (!each || each.size < 2) {
      aggregators = undefined;
      return;
    }
    for (const [address, fault] of each) {
      const before = aggregators?.[address] ?? 'ok';
      if (fault !== undefined && before === 'ok') log.warn({ address, reason: fault }, 'an aggregator does not answer; the others do');
      if (fault === undefined && before !== 'ok') log.warn({ address }, 'an aggregator answers again');
    }
    aggregators = Object.fromEntries([...each].map(([address, fault]) => [address, fault ?? 'ok']));
  };
  const take = async (answer: Demanded, requestId: string) => {
    // Without a symbol list it has not heard from its exchange yet, and its word about it is only a default.
    const knowsExchange = answer.symbolsRevision !== '';
    if (knowsExchange && answer.simulated !== simulated) {
      const isNews = answer.simulated !== (simulated ?? false);
      simulated = answer.simulated;
      onSimulated(simulated, isNews);
    }
    for (const [symbol, last] of answer.lastPrices) {
      const known = board.last(symbol)?.timeMs;
      if (known !== undefined && last.timeMs <= known + busBehindMs) continue;
      try {
        board.take({ symbol, ...last, kept: true, ...(knowsExchange ? { simulated: answer.simulated } : {}) });
      } catch (err) {
        log.warn({ err, symbol }, 'a last price could not be read and was skipped');
      }
    }
    const busFault = await checkPriceBus().catch((err: unknown) => String(err));
    board.setFeeds(takeFeeds(answer), busFault !== undefined);
    takeNeighbours(answer);
    if (!knowsExchange && symbols.revision === undefined) throw new AppError('unavailable', 'The aggregator has no symbol list yet.');
    if (knowsExchange && answer.symbolsRevision !== symbols.revision) symbols.replace(await aggregator.symbols(requestId));
  };
  const tell = async () => {
    try {
      held = await portfolios.symbols();
    } catch (err) {
      // The set read last still holds; without it an aggregator restarted meanwhile would know nothing.
      log.warn({ err }, 'the held symbols could not be read; the last known set is used');
    }
    const requestId = requestIdOf(undefined); // Of a call that nobody asked for: it ties this process's lines to the aggregator's.
    try {
      const askedAt = clock.monotonic();
      const answer = held && (await aggregator.demand(needed(), requestId));
      if (!answer) return;
      answeredAt = clock.monotonic();
      if (answer.exchangeTimeMs !== undefined) exchange.told(answer.exchangeTimeMs, (askedAt + answeredAt) / 2);
      await take(answer, requestId);
      if (failure !== undefined) log[hasAnswered ? 'warn' : 'info']({ symbols: held?.length }, 'the aggregator answers');
      hasAnswered = true;
      failure = undefined;
    } catch (err) {
      if (failure === undefined) log.warn({ err, requestId }, 'the aggregator does not answer; trying again');
      failure ??= err instanceof Error ? err.message : String(err);
      if (clock.monotonic() - answeredAt > answerMaxAgeMs)
        board.setFeeds(new Map([...lastWord].map(([symbol, { feed }]) => [symbol, feed])), true);
    }
  };
  const run = async () => {
    timer = undefined;
    if (running) return;
    running = true;
    soon = false;
    const told = cause;
    cause = undefined;
    await because(told, 'tell the aggregator what is needed', tell);
    running = false;
    const pauseMs = soon ? gatherMs : failure === undefined ? periodMs : Math.min(retryMs, periodMs);
    if (!closed) timer ??= detached(() => clock.after(pauseMs, () => void run()));
  };
  void run();

  return {
    changed: () => {
      cause ??= currentCause();
      if (closed || soon) return;
      soon = true;
      if (running) return; // Its end starts the next one.
      timer?.cancel();
      timer = detached(() => clock.after(gatherMs, () => void run()));
    },
    check: () => {
      if (failure !== undefined) return failure;
      const isLong = unownedSince !== undefined && clock.monotonic() - unownedSince > answerMaxAgeMs;
      return isLong ? `${unowned} shares of the symbols have no aggregator` : undefined;
    },
    get aggregators() {
      return aggregators;
    },
    get simulated() {
      return simulated;
    },
    close: () => {
      closed = true;
      timer?.cancel();
    },
  };
};
