import type { MiniTicker } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { fetchText } from '@tickfolio/lib/http';
import { createLane, type NoTurn } from '@tickfolio/lib/lane';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { SocketLimits } from '../limits.js';
import type { SocketMetrics } from '../metrics.js';
import type { SymbolList } from '../symbols/symbols.js';
import { readDayTickers } from './day-ticker-rows.js';
import { type KlineRows, type KlinesAsked, readKlines } from './kline-rows.js';
import { refusalPauseMs } from './refusal-pause.js';
import { readAggTrades, readSymbolList, type TradePage } from './rest-payload.js';
import { readJson, refusalOf, unreached } from './rest-refusal.js';
import { readServerTime, type TimeSample } from './server-time.js';
import { createWeightBudget, type WeightLane } from './weight-budget.js';

export interface SourcedKlines extends KlineRows {
  /** Whether a simulator made them up. */
  readonly simulated: boolean;
}

export interface RestDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: SocketMetrics;
  readonly fetch: typeof fetch;
  /** Such as `https://api.binance.com`. */
  readonly url: string;
  readonly limits: SocketLimits;
}

/**
 * The exchange's REST interface, inside its limits. Every call throws AppError: `resource_exhausted` with a retry time
 * (budget spent, 429, 418, queue full), `failed_precondition` (403, 451), `not_found` (no such symbol), `unavailable`,
 * `deadline_exceeded`.
 */
export interface ExchangeRest {
  symbolList(signal?: AbortSignal): Promise<SymbolList>;
  /** @param limit 1 to 1000 */
  aggTrades(
    symbol: string,
    fromId: number | undefined,
    limit: number,
    signal?: AbortSignal,
    lane?: WeightLane,
  ): Promise<TradePage>;
  /** One page of the exchange's own candles. */
  klines(asked: KlinesAsked, lane: WeightLane, signal?: AbortSignal): Promise<SourcedKlines>;
  /** The last 24 hours of every symbol. */
  dayTickers(signal?: AbortSignal): Promise<readonly MiniTicker[]>;
  /** What the exchange's clock shows. */
  time(signal?: AbortSignal): Promise<TimeSample>;
}

const weights = { exchangeInfo: 20, aggTrades: 4, klines: 2, dayTickers: 80, time: 1 } as const;
type Call = keyof typeof weights;
// The real exchange's list is several MB long (more with the permission sets, which are left out), a page of trades 150
// kB.
const maxBytes: Readonly<Record<Call, number>> = {
  exchangeInfo: 64 * 1_048_576,
  aggTrades: 4 * 1_048_576,
  klines: 2 * 1_048_576,
  dayTickers: 8 * 1_048_576,
  time: 4_096,
};
const spentWords: Readonly<Record<WeightLane, string>> = {
  live: 'What may be asked of the exchange in a minute is used up.',
  audit: 'What audits may ask of the exchange in a minute is used up.',
  history: 'What may be asked of the exchange about the past is used up for now.',
};
const maxRefusalBytes = 65_536;
const isSimulator = ({ headers }: Response): boolean => headers.has('x-exchange-simulator');

export const createExchangeRest = ({ clock, log, metrics, fetch, url, limits }: RestDeps): ExchangeRest => {
  const { weightPerMinute, auditWeightPerMinute, historyWeightPerMinute } = limits;
  const shares = { audit: auditWeightPerMinute, history: historyWeightPerMinute };
  const budget = createWeightBudget(clock, weightPerMinute, shares);
  let refusal: { readonly failure: AppError; readonly untilMs: number } | undefined;
  let refusals = 0;
  let takesLeanList = true;

  const leftAlready = () => new AppError('canceled', 'Nobody waits for this answer any more.');
  const refuse = (why: NoTurn) =>
    why === 'left'
      ? leftAlready()
      : new AppError('resource_exhausted', 'Too many questions to the exchange wait already.', { retryAfterMs: 1_000 });
  const turns = { maxWaiting: limits.restQueue, refuse };
  /** Questions about the past have places of their own, so that those of live prices never wait behind them. */
  const live = createLane({ ...turns, width: limits.restConcurrency });
  const past = createLane({ ...turns, width: limits.historyConcurrency });

  const failureOf = (response: Response, text: string): AppError => {
    const pauseMs = refusalPauseMs(limits, refusals);
    const failure = refusalOf(response, text, pauseMs);
    // Those that were asked together are refused together.
    if (failure.code === 'failed_precondition' && (refusal?.untilMs ?? Number.NEGATIVE_INFINITY) <= clock.monotonic()) {
      refusals += 1;
      refusal = { failure, untilMs: clock.monotonic() + pauseMs };
    }
    if (failure.code === 'resource_exhausted') budget.block(failure.retryAfterMs ?? 0);
    return failure;
  };
  const learn = (response: Response, askedAtMs: number) => {
    const used = Number(response.headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
    if (Number.isFinite(used)) budget.learn(used, askedAtMs);
    metrics.weightUsed.set(budget.used);
  };

  const send = async (call: Call, path: string, signal: AbortSignal | undefined) => {
    const askedAtMs = budget.nowMs;
    const bound = (response: Response) => {
      learn(response, askedAtMs);
      return response.ok ? maxBytes[call] : maxRefusalBytes;
    };
    const transfer = {
      clock,
      fetch,
      who: 'The exchange',
      silenceMs: limits.restSilenceMs,
      totalMs: limits.restTotalMs,
      maxBytes: bound,
      signal,
    };
    const init = { headers: { accept: 'application/json' }, redirect: 'manual' } as const;
    const answer = await fetchText(url + path, init, transfer).catch((err: unknown) => {
      throw err instanceof AppError ? err : unreached(err);
    });
    if (!answer.response.ok) throw failureOf(answer.response, answer.text);
    refusals = 0;
    return { ...answer, body: readJson(answer.text, url) };
  };

  const askNow = async (call: Call, path: string, lane: WeightLane, signal: AbortSignal | undefined) => {
    try {
      if (signal?.aborted) throw leftAlready();
      // Who is refused does not keep knocking.
      const refusedMs = (refusal?.untilMs ?? Number.NEGATIVE_INFINITY) - clock.monotonic();
      if (refusal && refusedMs > 0)
        throw new AppError('failed_precondition', refusal.failure.message, { retryAfterMs: Math.ceil(refusedMs) });
      const waitMs = budget.take(weights[call], lane);
      if (waitMs > 0) throw new AppError('resource_exhausted', spentWords[lane], { retryAfterMs: waitMs });
      const answer = await send(call, path, signal);
      metrics.restCalls.inc({ call, outcome: 'ok' });
      return answer;
    } catch (err) {
      metrics.restCalls.inc({ call, outcome: err instanceof AppError ? err.code : 'internal' });
      throw err;
    }
  };
  const ask = (call: Call, path: string, signal: AbortSignal | undefined, lane: WeightLane = 'live') =>
    (lane === 'live' ? live : past).run(() => askNow(call, path, lane, signal), signal);

  // The parameter, which makes the list shorter, is of 2024: exchanges with an older copy of the protocol refuse it.
  const askList = async (signal: AbortSignal | undefined) => {
    const path = '/api/v3/exchangeInfo';
    if (takesLeanList) {
      try {
        return await ask('exchangeInfo', `${path}?showPermissionSets=false`, signal);
      } catch (err) {
        if (!(err instanceof AppError) || err.facts.status !== '400') throw err;
        log.info(
          { reason: err.message },
          'the exchange does not take showPermissionSets; its list is asked for without',
        );
      }
    }
    const whole = await ask('exchangeInfo', path, signal);
    takesLeanList = false;
    return whole;
  };

  return {
    symbolList: async (signal) => {
      const { body, response } = await askList(signal);
      return { ...readSymbolList(body), simulated: isSimulator(response) };
    },
    aggTrades: async (symbol, fromId, limit, signal, lane) => {
      const query = new URLSearchParams({ symbol: symbol.toUpperCase(), limit: String(limit) });
      if (fromId !== undefined) query.set('fromId', String(fromId));
      const { body } = await ask('aggTrades', `/api/v3/aggTrades?${query}`, signal, lane);
      return readAggTrades(body, { fromId, limit });
    },
    klines: async (asked, lane, signal) => {
      const { symbol, interval, startMs, endMs, limit } = asked;
      const query = new URLSearchParams({ symbol: symbol.toUpperCase(), interval, limit: String(limit) });
      if (startMs !== undefined) query.set('startTime', String(startMs));
      if (endMs !== undefined) query.set('endTime', String(endMs));
      const { body, response } = await ask('klines', `/api/v3/klines?${query}`, signal, lane);
      return { ...readKlines(body, asked), simulated: isSimulator(response) };
    },
    dayTickers: async (signal) => {
      const { body } = await ask('dayTickers', '/api/v3/ticker/24hr?type=MINI', signal);
      return readDayTickers(body);
    },
    time: async (signal) => {
      const { body, sentAtMs, roundTripMs } = await ask('time', '/api/v3/time', signal);
      const serverTimeMs = readServerTime(body);
      budget.told(serverTimeMs + roundTripMs / 2);
      return { serverTimeMs, sentAtMs, roundTripMs };
    },
  };
};
