import { inChildSpan, isTracing, SpanKind } from '../tracing/tracing.js';

/** What both a pool and a connection have; arguments are the driver's. */
export interface Queries {
  query(...args: never[]): unknown;
}

const textOf = (query: unknown): string => {
  if (typeof query === 'string') return query;
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : '';
  return typeof text === 'string' ? text : '';
};
/** Bounds what a span carries; our statements are shorter. */
const maxTextLength = 2_000;

/** `select coins`: what is done, and to which table where one is named. */
export const summaryOf = (text: string): string => {
  const [verb = 'query'] = /^\w+/.exec(text.trim()) ?? [];
  const table = /\b(?:from|into|update|join)\s+"?(\w+)"?/i.exec(text)?.[1];
  return table === undefined ? verb.toLowerCase() : `${verb.toLowerCase()} ${table}`;
};

/**
 * The same object, whose promised queries are spans of the trace they are made in. The statement is shown as it was
 * written, with its placeholders; the values never are.
 */
export const traceQueries = <T extends Queries>(target: T, database: string): T => {
  if (!isTracing()) return target;
  const query = (...args: unknown[]) => {
    const run = () => Reflect.apply(target.query, target, args) as unknown;
    // With a callback it is the pool's own work on a connection of its.
    if (typeof args.at(-1) === 'function') return run();
    const text = textOf(args[0]);
    const summary = summaryOf(text);
    const plan = () => ({
      kind: SpanKind.CLIENT,
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': database,
        'db.query.summary': summary,
        'db.query.text': text.slice(0, maxTextLength),
      },
    });
    return inChildSpan(summary, plan, run);
  };
  return new Proxy(target, {
    get: (of, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(of, name, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
};
