import { systemClock } from '@tickfolio/lib/clock';
import { z } from '@tickfolio/lib/config';
import { createHttpClient } from '@tickfolio/lib/http';
import { type LastPrice, toLastPrice } from '@tickfolio/lib/price-bus';
import type { ObserveCircuit } from '@tickfolio/lib/telemetry/circuit-metrics';

export type FeedState = 'live' | 'pending' | 'broken' | 'halted' | 'unknown' | 'refused';

/** The aggregator's word about a symbol's feed, and why there is no price, or no newer one, though the feed works. */
export interface FeedWord {
  readonly state: FeedState;
  readonly noPrice?: 'never-traded' | 'unreadable' | undefined;
}

/** What the aggregator says about the symbols this holder asked for. */
export interface Demanded {
  readonly symbolsRevision: string;
  readonly simulated: boolean;
  /** The exchange's time when it answered, epoch milliseconds; undefined before its first frame. */
  readonly exchangeTimeMs?: number | undefined;
  readonly feeds: ReadonlyMap<string, FeedWord>;
  /** What is no last price is left out, so that one costs the others nothing. */
  readonly lastPrices: ReadonlyMap<string, Omit<LastPrice, 'symbol'>>;
  /** How many shares of the symbols somebody publishes, and how many there are; missing where they are not shared. */
  readonly shares?: { readonly owned: number; readonly of: number } | undefined;
  /** What is wrong with each of several, by address; undefined where nothing is. */
  readonly aggregators?: ReadonlyMap<string, string | undefined>;
}

export interface SymbolEntry {
  /** Lower case. */
  readonly symbol: string;
  /** Upper case, as the exchange writes it. */
  readonly quoteAsset: string;
  readonly status: string;
  /** The step of its price, in the quote asset; undefined or empty where nobody said it. */
  readonly tickSize?: string | undefined;
  /** The step of quantities in orders, likewise. */
  readonly stepSize?: string | undefined;
  /** Not traded now, but expected to be again. */
  readonly paused?: boolean | undefined;
}

export interface SymbolList {
  readonly revision: string;
  readonly simulated: boolean;
  readonly symbols: readonly SymbolEntry[];
}

/** The aggregator as the BFF needs it. Both calls are safe to repeat. @throws AppError unavailable */
export interface AggregatorClient {
  /** Makes `symbols` (lower case) the whole set that all BFF replicas need. */
  demand(symbols: readonly string[], requestId?: string): Promise<Demanded>;
  /** @param fresh has the exchange asked again, because somebody looks for what is not listed; takes some seconds */
  symbols(requestId?: string, fresh?: boolean): Promise<SymbolList>;
}

/** One aggregator, as long as it has its address. */
export interface AggregatorConnection extends AggregatorClient {
  /** Its metrics go with it. */
  close(): void;
}

export interface AggregatorClientOptions {
  /** `http://host:port` */
  readonly baseUrl: string;
  /** How long a call may be without a sign: before its answer, and between the pieces of it. Default 2 000. */
  readonly deadlineMs?: number;
  /** One for a fresh list within this. Default 6 000. */
  readonly freshDeadlineMs?: number;
  /** After so many failures in a row no call is tried for `restMs`. Default 5. */
  readonly breakAfterFailures?: number;
  /** Default 1 000: a restarted aggregator is found within the 5 s that prices may be away. */
  readonly restMs?: number;
  readonly observeCircuit?: ObserveCircuit;
  /** What its circuit breakers are called: that for fresh lists has `, fresh list` besides. Default `aggregator`. */
  readonly circuit?: string;
}

/** The holder under which the aggregator keeps the set; all replicas share it, since all read it from one database. */
const holder = 'bff';

/** However steadily an answer comes, it ends within this time. */
const totalMs = 30_000;
/** The list of all symbols has some 200 kB, the answer about 30 000 held ones some 5 MB. */
const maxAnswerBytes = 64 * 1_048_576;

const feedState = z.enum(['live', 'pending', 'broken', 'halted', 'unknown', 'refused']);
const noPrice = z.enum(['never-traded', 'unreadable']);
const demandAnswer = z.object({
  symbolsRevision: z.string(),
  simulated: z.boolean(),
  exchangeTimeMs: z.number().optional(),
  feeds: z.record(
    z.string(),
    z.object({ state: feedState.catch('broken'), noPrice: noPrice.optional().catch(undefined) }),
  ),
  lastPrices: z.record(z.string(), z.unknown()),
  shares: z.object({ owned: z.number(), of: z.number() }).optional(),
});
const symbolsAnswer = z.object({
  revision: z.string(),
  simulated: z.boolean(),
  symbols: z.array(
    z.object({
      symbol: z.string(),
      quoteAsset: z.string(),
      status: z.string(),
      tickSize: z.string().optional(),
      stepSize: z.string().optional(),
      paused: z.boolean().optional(),
    }),
  ),
});

/** Talks to the aggregator's HTTP interface. */
export const createAggregatorClient = (options: AggregatorClientOptions): AggregatorConnection => {
  const { baseUrl, deadlineMs = 2_000, freshDeadlineMs = 6_000, breakAfterFailures = 5, restMs = 1_000 } = options;
  const { circuit = 'aggregator', observeCircuit } = options;
  const { call, close } = createHttpClient({
    clock: systemClock,
    baseUrl,
    name: 'aggregator',
    who: 'The aggregator',
    // The exchange is asked for fresh lists: that it is slow says nothing about the aggregator, and must not stop the
    // demand for prices.
    circuits: { quick: circuit, fresh: `${circuit}, fresh list` },
    opens: { failuresInRow: breakAfterFailures },
    restMs,
    totalMs,
    maxAnswerBytes,
    observeCircuit,
  });
  return {
    demand: async (symbols, requestId) => {
      const read = (given: unknown) => demandAnswer.parse(given);
      const told = { method: 'PUT', body: { symbols }, requestId, silenceMs: deadlineMs, read };
      const answer = await call('quick', `/subscriptions/${holder}`, told);
      const lastPrices = Object.entries(answer.lastPrices).flatMap(
        ([symbol, given]): [string, Omit<LastPrice, 'symbol'>][] => {
          const last = toLastPrice(typeof given === 'object' ? { ...given, symbol } : given);
          return last ? [[symbol, { price: last.price, timeMs: last.timeMs, tradeId: last.tradeId }]] : [];
        },
      );
      return { ...answer, feeds: new Map(Object.entries(answer.feeds)), lastPrices: new Map(lastPrices) };
    },
    symbols: (requestId, fresh = false) => {
      const read = (given: unknown) => symbolsAnswer.parse(given);
      return fresh
        ? call('fresh', '/symbols?fresh=true', { requestId, silenceMs: freshDeadlineMs, read })
        : call('quick', '/symbols', { requestId, silenceMs: deadlineMs, read });
    },
    close,
  };
};
