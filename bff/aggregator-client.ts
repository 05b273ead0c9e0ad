import { z } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';
import { requestIdKey } from '@tickfolio/lib/telemetry';
import { carry, inChildSpan, SpanKind } from '@tickfolio/lib/tracing';
import { ConsecutiveBreaker, circuitBreaker, handleAll, isBrokenCircuitError } from 'cockatiel';
import type { ObserveCircuit } from './circuit-metrics.js';

export type FeedState = 'live' | 'pending' | 'broken' | 'halted' | 'unknown' | 'refused';

/** What the aggregator says about the symbols this holder asked for. */
export interface Demanded {
  readonly symbolsRevision: string;
  readonly simulated: boolean;
  readonly feeds: ReadonlyMap<string, FeedState>;
  readonly lastPrices: ReadonlyMap<string, { readonly price: string; readonly timeMs: number; readonly tradeId: number }>;
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
  symbols(requestId?: string): Promise<SymbolList>;
}

export interface AggregatorClientOptions {
  /** `http://host:port` */
  readonly baseUrl: string;
  /** Every call ends within this time. Default 2 000. */
  readonly deadlineMs?: number;
  /** After so many failures in a row no call is tried for `restMs`. Default 5. */
  readonly breakAfterFailures?: number;
  /** Default 1 000: a restarted aggregator is found within the 5 s that prices may be away. */
  readonly restMs?: number;
  readonly observeCircuit?: ObserveCircuit;
}

/** The holder under which the aggregator keeps the set; all replicas share it, since all read it from one database. */
const holder = 'bff';

const feedState = z.enum(['live', 'pending', 'broken', 'halted', 'unknown', 'refused']);
const demandAnswer = z.object({
  symbolsRevision: z.string(),
  simulated: z.boolean(),
  feeds: z.record(z.string(), z.object({ state: feedState.catch('broken') })),
  lastPrices: z.record(z.string(), z.object({ price: z.string(), timeMs: z.number(), tradeId: z.number() })),
  shares: z.object({ owned: z.number(), of: z.number() }).optional(),
});
const symbolsAnswer = z.object({
  revision: z.string(),
  simulated: z.boolean(),
  symbols: z.array(z.object({ symbol: z.string(), quoteAsset: z.string(), status: z.string() })),
});

const idHeader = (requestId: string | undefined): Record<string, string> => (requestId === undefined ? {} : { [requestIdKey]: requestId });

interface Init {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const spanOf = (method: string, path: string) => ({
  kind: SpanKind.CLIENT,
  attributes: { 'http.request.method': method, 'url.template': path, 'server.address': 'aggregator' },
});

/** Talks to the aggregator's HTTP interface. */
export const createAggregatorClient = (options: AggregatorClientOptions): AggregatorClient => {
  const { baseUrl, deadlineMs = 2_000, breakAfterFailures = 5, restMs = 1_000 } = options;
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(breakAfterFailures) });
  options.observeCircuit?.('aggregator', breaker);

  const call = async <S extends z.ZodType>(path: string, answer: S, init: Init = {}): Promise<z.output<S>> => {
    const { method = 'GET' } = init;
    try {
      return await breaker.execute(() =>
        inChildSpan(
          `${method} ${path}`,
          () => spanOf(method, path),
          async () => {
            const headers = { ...init.headers, ...carry() };
            const response = await fetch(`${baseUrl}${path}`, { ...init, headers, signal: AbortSignal.timeout(deadlineMs) });
            if (!response.ok) {
              await response.body?.cancel();
              throw new Error(`it answered ${response.status}`);
            }
            return answer.parse(await response.json());
          },
        ),
      );
    } catch (cause) {
      const why = isBrokenCircuitError(cause) ? 'is resting after repeated failures' : 'does not answer';
      throw new AppError('unavailable', `The aggregator ${why}.`, { cause, retryAfterMs: restMs });
    }
  };

  return {
    demand: async (symbols, requestId) => {
      const body = JSON.stringify({ symbols });
      const headers = { 'content-type': 'application/json', ...idHeader(requestId) };
      const answer = await call(`/subscriptions/${holder}`, demandAnswer, { method: 'PUT', body, headers });
      const feeds = new Map(Object.entries(answer.feeds).map(([symbol, feed]) => [symbol, feed.state]));
      return { ...answer, feeds, lastPrices: new Map(Object.entries(answer.lastPrices)) };
    },
    symbols: (requestId) => call('/symbols', symbolsAnswer, { headers: idHeader(requestId) }),
  };
};
