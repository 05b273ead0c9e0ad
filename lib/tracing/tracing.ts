import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AppError } from '../errors/errors.js';

export { type Context, SpanKind } from '@opentelemetry/api';

/**
 * What carries a trace to another process: HTTP headers, gRPC metadata, message headers; the W3C's `traceparent` in it.
 */
export type Carrier = Readonly<Record<string, string>>;

export interface SpanPlan {
  /** Default INTERNAL. */
  readonly kind?: SpanKind;
  /** By OpenTelemetry's semantic conventions. Never a secret, a token, or a value given to SQL. */
  readonly attributes?: Attributes;
  /** Default what is active. */
  readonly parent?: Context | undefined;
  /** Other traces that this is also about. */
  readonly links?: readonly Context[];
}

/** A span whose end is somewhere else than its beginning. */
export interface OpenSpan {
  /** Runs `work` as part of it. */
  run<T>(work: () => T): T;
  /** Ends it; the first call counts. @param fault a word for what went wrong */
  end(fault?: string, attributes?: Attributes): void;
}

/**
 * On for the whole process or not at all, decided before anything else starts; a plain flag, since every seam asks for
 * it.
 */
let hotPathRatio: number | undefined;
let draw: () => number = () => 1;

/** Whether anybody takes traces. Where not, everything here only does its work. */
export const isTracing = (): boolean => hotPathRatio !== undefined;

/** For `startTracing` only. @param ratio how much of the hot path is traced; undefined switches tracing off */
export const setTracing = (ratio: number | undefined, random: () => number): void => {
  hotPathRatio = ratio;
  draw = random;
};

/** True for the few messages of the hot path (prices, tickers) whose way is traced. */
export const isSampled = (): boolean => hotPathRatio !== undefined && hotPathRatio > 0 && draw() < hotPathRatio;

const tracer = () => trace.getTracer('tickfolio');

const faultOf = (thrown: unknown): string => {
  if (thrown instanceof AppError) return thrown.code;
  return thrown instanceof Error ? thrown.name : 'error';
};

const begin = (
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent = context.active(), links = [] }: SpanPlan,
) => {
  const linked = links.flatMap((link) => {
    const spanContext = trace.getSpanContext(link);
    return spanContext ? [{ context: spanContext }] : [];
  });
  const span = tracer().startSpan(name, { kind, attributes, links: linked }, parent);
  return { span, within: trace.setSpan(parent, span) };
};
const end = (span: Span, fault?: string) => {
  if (fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', fault);
  span.end();
};

/** Begins a span that is ended elsewhere. Not to be called unless `isTracing`. */
export const openSpan = (name: string, plan: SpanPlan = {}): OpenSpan => {
  const { span, within } = begin(name, plan);
  return {
    run: (work) => context.with(within, work),
    end: (fault, attributes) => {
      if (attributes) span.setAttributes(attributes);
      end(span, fault);
    },
  };
};

/** Runs `work` as a span. What it throws marks the span and goes on. */
export const inSpan = async <T>(name: string, plan: SpanPlan, work: () => Promise<T> | T): Promise<T> => {
  if (hotPathRatio === undefined) return work();
  const { span, within } = begin(name, plan);
  try {
    const result = await context.with(within, work);
    end(span);
    return result;
  } catch (err) {
    end(span, faultOf(err));
    throw err;
  }
};

/** The same where a span is under way: a call that belongs to nothing (a poll, a timer) makes no trace of its own. */
export const inChildSpan = async <T>(name: string, plan: () => SpanPlan, work: () => Promise<T> | T): Promise<T> =>
  hotPathRatio !== undefined && trace.getActiveSpan()?.isRecording() ? inSpan(name, plan(), work) : work();

/**
 * The trace under way, for work that follows later and outside of it (after a timer, in a batch); undefined where there
 * is none.
 */
export const currentCause = (): Context | undefined => {
  if (hotPathRatio === undefined) return undefined;
  const active = context.active();
  return trace.getSpan(active)?.isRecording() ? active : undefined;
};

/** Runs `work` as a span of the trace that caused it; without a cause it only runs it. */
export const because = async <T>(cause: Context | undefined, name: string, work: () => Promise<T> | T): Promise<T> =>
  cause === undefined ? work() : inSpan(name, { parent: cause }, work);

/** Runs `work` in no trace, so that the timers and connections it makes belong to none. */
export const detached = <T>(work: () => T): T =>
  hotPathRatio === undefined ? work() : context.with(ROOT_CONTEXT, work);

/** What to send along so that the other side's spans join this trace; empty where there is none. */
export const carry = (): Carrier => {
  const carrier: Record<string, string> = {};
  if (hotPathRatio !== undefined) propagation.inject(context.active(), carrier);
  return carrier;
};

/** The trace that a message or request belongs to; the empty context where it names none. */
export const traceOf = (carrier: Readonly<Record<string, unknown>>): Context =>
  propagation.extract(ROOT_CONTEXT, carrier);

/** What a log line says of the trace it belongs to. What a request left running after its end belongs to it no more. */
export const traceFields = (): Record<string, string> => {
  const span = hotPathRatio === undefined ? undefined : trace.getActiveSpan();
  if (!span?.isRecording()) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
};
