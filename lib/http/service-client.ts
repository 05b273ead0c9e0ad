import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createBreaker, type OpensAfter, RestingError } from '../retry/breaker.js';
import type { ObserveCircuit } from '../telemetry/circuit-metrics.js';
import { requestIdKey } from '../telemetry/telemetry.js';
import { carry, inChildSpan, SpanKind } from '../tracing/tracing.js';
import { fetchText } from './fetch-text.js';

export interface HttpClientOptions<Class extends string> {
  readonly clock: Clock;
  /** `http://host:port` */
  readonly baseUrl: string;
  /** What traces call it. */
  readonly name: string;
  /** Who is asked, for errors: `The aggregator`. */
  readonly who: string;
  /** What the breaker of each class of calls is called in the metrics. */
  readonly circuits: Readonly<Record<Class, string>>;
  readonly opens: OpensAfter;
  /** For so long no call of a class is tried whose breaker opened. */
  readonly restMs: number;
  /** However steadily an answer comes, it ends within this time. */
  readonly totalMs: number;
  readonly maxAnswerBytes: number;
  readonly observeCircuit?: ObserveCircuit | undefined;
}

export interface HttpCall<T> {
  /** Default GET. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly requestId?: string | undefined;
  /** How long it may be without a sign: before its answer, and between the pieces of it. */
  readonly silenceMs: number;
  /** Reads the answer's JSON; may throw. */
  read(answer: unknown): T;
}

/** One service that speaks HTTP, as its callers have it. */
export interface HttpClient<Class extends string> {
  /** @throws AppError `unavailable`, with a retry time, for whatever is no answer that can be read */
  call<T>(callClass: Class, path: string, call: HttpCall<T>): Promise<T>;
  /** Takes its series out of the metrics. */
  close(): void;
}

/** The one way to call another service over HTTP. */
export const createHttpClient = <Class extends string>(options: HttpClientOptions<Class>): HttpClient<Class> => {
  const { clock, baseUrl, name, who, circuits, opens, restMs, totalMs, maxAnswerBytes, observeCircuit } = options;
  const breakerOf = () => createBreaker({ clock, opens, restMs });
  const classes = Object.keys(circuits) as Class[];
  const breakers = Object.fromEntries(classes.map((one) => [one, breakerOf()])) as Record<
    Class,
    ReturnType<typeof breakerOf>
  >;
  const forget = classes.map((one) => observeCircuit?.(circuits[one], breakers[one]));

  const ask = async <T>(
    path: string,
    { method = 'GET', body, requestId, silenceMs, read }: HttpCall<T>,
  ): Promise<T> => {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(requestId === undefined ? {} : { [requestIdKey]: requestId }),
      ...carry(),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const bounds = { clock, fetch, who, silenceMs, totalMs, maxBytes: () => maxAnswerBytes };
    const { response, text } = await fetchText(`${baseUrl}${path}`, init, bounds);
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return read(JSON.parse(text));
  };
  return {
    call: async (callClass, path, call) => {
      const { method = 'GET' } = call;
      const attributes = { 'http.request.method': method, 'url.template': path, 'server.address': name };
      const plan = () => ({ kind: SpanKind.CLIENT, attributes });
      try {
        return await breakers[callClass].run(() => inChildSpan(`${method} ${path}`, plan, () => ask(path, call)));
      } catch (cause) {
        const why = cause instanceof RestingError ? 'is resting after repeated failures' : 'does not answer';
        throw new AppError('unavailable', `${who} ${why}.`, { cause, retryAfterMs: restMs });
      }
    },
    close: () => {
      for (const end of forget) end?.();
    },
  };
};
