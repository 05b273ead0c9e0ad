import { existsSync, readFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';
import type { LogLevel } from '../config/config.js';
import { traceFields } from '../tracing/tracing.js';
import { type Collect, type Figure, guardedCollect } from './guarded-collect.js';

export type { Logger } from 'pino';
export { createComplaint } from './complaint.js';
export { requestIdKey, requestIdOf } from './request-id.js';

/** Whatever carries one of these names is replaced in every log line. */
const secretNames = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'set-cookie',
  'secret',
  'JWT_SECRET',
  'POSTGRES_PASSWORD',
  'CLICKHOUSE_PASSWORD',
];
/** How far below a log line's object such a name is looked for. */
const redactDepth = 4;
const redactPaths = secretNames.flatMap((name) =>
  Array.from({ length: redactDepth }, (_, depth) => `${'*.'.repeat(depth)}["${name}"]`.replace('.[', '[')),
);

/** Lines that standard output does not take at the moment are kept up to this size, then dropped. */
const maxKeptBytes = 1_048_576;

/**
 * Synchronous, as pino's own default is not: a process that ends would lose its last lines, or write them out of order.
 * What goes wrong with it, whoever listens to the process's standard output is told.
 */
const standardOutput = () => {
  const lines = pino.destination({ dest: 1, sync: true, maxLength: maxKeptBytes });
  lines.on('error', (err: Error) => process.stdout.listenerCount('error') > 0 && process.stdout.emit('error', err));
  return lines;
};

/** An error with its causes, each a sentence: without the full stop before the colon that joins them. */
const errorOf = (err: Error) => {
  const written = pino.stdSerializers.err(err);
  if (typeof written?.message === 'string') written.message = written.message.replaceAll(/\.(?=: )/g, '');
  return written;
};

/** JSON lines on standard output (or `write`), one service name on each. */
export const createLogger = (service: string, level: LogLevel = 'info', write?: (line: string) => void): Logger => {
  const options = {
    level,
    base: { service },
    redact: { paths: redactPaths, censor: '[redacted]' },
    mixin: traceFields,
    serializers: { err: errorOf },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(options, write ? { write } : standardOutput());
};

export const silentLogger = (): Logger => pino({ level: 'silent' });

type Named<T> = Omit<T, 'registers' | 'name'> & { readonly name: string };

/** Prometheus metrics of one service. Names get the prefix `tickfolio_<service>_`. */
export interface Metrics {
  counter<L extends string = string>(config: Named<CounterConfiguration<L>>): Counter<L>;
  gauge<L extends string = string>(config: Named<GaugeConfiguration<L>>): Gauge<L>;
  histogram<L extends string = string>(config: Named<HistogramConfiguration<L>>): Histogram<L>;
  /** The Prometheus text of everything registered. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** This package's version, which is the product's; its manifest lies one folder up, or two from the compiled file. */
export const productVersion = (() => {
  const places = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  const found = places.find((place) => existsSync(place));
  return found ? String((JSON.parse(readFileSync(found, 'utf8')) as { version?: unknown }).version) : 'unknown';
})();

/** Counts of the present that the library names as if they were counters. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** @param options.process collect the process's own figures too (memory, event-loop delay); once per process. */
export const createMetrics = (service: string, options: { readonly process?: boolean } = {}): Metrics => {
  const registry = new Registry();
  const prefix = `tickfolio_${service.replaceAll('-', '_')}_`;
  if (options.process) {
    collectDefaultMetrics({ register: registry });
    for (const name of misnamed) registry.removeSingleMetric(name);
  }
  const own = { registers: [registry] };
  new Gauge({
    ...own,
    name: `${prefix}build_info`,
    help: 'Always 1; the labels say what runs',
    labelNames: ['version', 'node'],
  }).set({ version: productVersion, node: process.versions.node }, 1);
  const errors = new Counter({
    ...own,
    name: `${prefix}collect_errors_total`,
    help: 'How often a figure could not be read in time and was left out, by its name',
    labelNames: ['metric'],
  });
  /** The prefixed name, this registry, and a reading that cannot harm the others. */
  const named = <
    M extends Figure,
    C extends { readonly name: string; readonly labelNames?: readonly string[]; collect?: Collect<M> },
  >(
    config: C,
  ) => {
    const name = prefix + config.name;
    const { collect, labelNames = [] } = config;
    if (collect) errors.inc({ metric: name }, 0);
    const guarded = collect && {
      collect: guardedCollect(collect, labelNames.length > 0, () => errors.inc({ metric: name })),
    };
    return { ...config, ...guarded, ...own, name };
  };
  return {
    counter: (config) => new Counter(named(config)),
    gauge: (config) => new Gauge(named(config)),
    histogram: (config) => new Histogram(named(config)),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
};
