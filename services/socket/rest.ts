import type { AggTrade } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { SocketLimits } from './limits.js';
import type { SocketMetrics } from './metrics.js';
import { readAggTrades, readSymbolList } from './rest-payload.js';
import type { SymbolList } from './symbols.js';
import { createWeightBudget } from './weight-budget.js';

export interface RestDeps {
  readonly clock: Clock;
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
  aggTrades(symbol: string, fromId: number | undefined, limit: number, signal?: AbortSignal): Promise<AggTrade[]>;
}

const weights = { exchangeInfo: 20, aggTrades: 4 } as const;
type Call = keyof typeof weights;
// The real exchange's list is several MB long (more with the permission sets, which are left out), a page of trades 150 kB.
const maxBytes: Readonly<Record<Call, number>> = { exchangeInfo: 64 * 1_048_576, aggTrades: 4 * 1_048_576 };
const defaultRetryAfterMs = 60_000;

const readText = async (response: Response, bound: number): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bound) throw new AppError('unavailable', 'The exchange sent more than can be right.');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('unavailable', 'The exchange sent something that is no JSON.', { cause });
  }
};

const retryAfterMsOf = (response: Response): number => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : defaultRetryAfterMs;
};

const codeIn = (text: string): unknown => {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  } catch {
    return undefined;
  }
};

export const createExchangeRest = ({ clock, metrics, fetch, url, limits }: RestDeps): ExchangeRest => {
  const budget = createWeightBudget(clock, limits.weightPerMinute);
  const queue: (() => void)[] = [];
  let running = 0;
  let refusal: { readonly status: number; readonly untilMs: number } | undefined;

  const enter = async (): Promise<void> => {
    if (running < limits.restConcurrency) {
      running += 1;
      return;
    }
    if (queue.length >= limits.restQueue)
      throw new AppError('resource_exhausted', 'Too many questions to the exchange wait already.', { retryAfterMs: 1_000 });
    await new Promise<void>((resolve) => queue.push(resolve)); // The one that leaves hands its place over.
  };
  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  };

  const refused = (status: number, retryAfterMs: number): AppError => {
    const message = `The exchange refuses this address (HTTP ${status}); set BINANCE_REST_URL to one that serves it.`;
    return new AppError('failed_precondition', message, { retryAfterMs });
  };
  const failureOf = (response: Response, text: string): AppError => {
    const { status } = response;
    if (status === 403 || status === 451) {
      refusal = { status, untilMs: clock.monotonic() + limits.refusedRetryMs };
      return refused(status, limits.refusedRetryMs);
    }
    if (status === 429 || status === 418) {
      const retryAfterMs = retryAfterMsOf(response);
      budget.block(retryAfterMs);
      const what = status === 418 ? 'has banned this address for a while' : 'says that too much was asked';
      return new AppError('resource_exhausted', `The exchange ${what} (HTTP ${status}).`, { retryAfterMs });
    }
    if (codeIn(text) === -1121) return new AppError('not_found', 'The exchange does not list this symbol.');
    if (status >= 400 && status < 500)
      return new AppError('internal', 'The exchange did not understand us.', { cause: new Error(`HTTP ${status} ${text.slice(0, 300)}`) });
    return new AppError('unavailable', `The exchange answered HTTP ${status}.`);
  };

  const send = async (call: Call, path: string, signal: AbortSignal | undefined): Promise<{ body: unknown; response: Response }> => {
    const stop = new AbortController();
    const cancel = () => stop.abort(new AppError('canceled', 'The call was canceled.'));
    const late = () => stop.abort(new AppError('deadline_exceeded', `The exchange did not answer within ${limits.restTimeoutMs} ms.`));
    const timer = clock.after(limits.restTimeoutMs, late);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      if (signal?.aborted) cancel();
      stop.signal.throwIfAborted();
      const response = await fetch(url + path, { signal: stop.signal, headers: { accept: 'application/json' }, redirect: 'error' });
      const used = Number(response.headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
      if (Number.isFinite(used)) budget.learn(used);
      metrics.weightUsed.set(budget.used);
      const text = await readText(response, response.ok ? maxBytes[call] : 65_536);
      if (!response.ok) throw failureOf(response, text);
      return { body: parse(text), response };
    } catch (err) {
      if (err instanceof AppError) throw err;
      if (stop.signal.reason instanceof AppError) throw stop.signal.reason;
      throw new AppError('unavailable', 'The exchange cannot be reached.', { cause: err });
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', cancel);
    }
  };

  const ask = async (call: Call, path: string, signal: AbortSignal | undefined) => {
    await enter();
    try {
      // Who is refused does not keep knocking.
      const refusedMs = (refusal?.untilMs ?? Number.NEGATIVE_INFINITY) - clock.monotonic();
      if (refusal && refusedMs > 0) throw refused(refusal.status, Math.ceil(refusedMs));
      const waitMs = budget.take(weights[call]);
      if (waitMs > 0)
        throw new AppError('resource_exhausted', 'What may be asked of the exchange in a minute is used up.', { retryAfterMs: waitMs });
      const answer = await send(call, path, signal);
      metrics.restCalls.inc({ call, outcome: 'ok' });
      return answer;
    } catch (err) {
      metrics.restCalls.inc({ call, outcome: err instanceof AppError ? err.code : 'internal' });
      throw err;
    } finally {
      leave();
    }
  };

  return {
    symbolList: async (signal) => {
      const { body, response } = await ask('exchangeInfo', '/api/v3/exchangeInfo?showPermissionSets=false', signal);
      return { symbols: readSymbolList(body), simulated: response.headers.has('x-exchange-simulator') };
    },
    aggTrades: async (symbol, fromId, limit, signal) => {
      const query = new URLSearchParams({ symbol: symbol.toUpperCase(), limit: String(limit) });
      if (fromId !== undefined) query.set('fromId', String(fromId));
      const { body } = await ask('aggTrades', `/api/v3/aggTrades?${query}`, signal);
      return readAggTrades(body);
    },
  };
};
