import { readFileSync } from 'node:fs';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  type ExportResult,
  ExportResultCode,
  setGlobalErrorHandler,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { sleep } from '../clock/clock.js';
import { ConfigError, readConfig, z } from '../config/config.js';
import { StartError } from '../errors/errors.js';
import type { Closable } from '../lifecycle/lifecycle.js';
import { createOutbound, type ProxySettings, proxyVariables } from '../outbound/outbound.js';
import { setTracing } from '../tracing/tracing.js';
import type { TracingOptions } from './options.js';

/** At the end of the process the collector gets so long to take what waits. */
const closeMs = 2_000;

/** Says once that the collector is away and once that it is back; the library would say it for every batch. */
const announced = (exporter: SpanExporter, { log }: Pick<TracingOptions, 'log'>, endpoint: string): SpanExporter => {
  let away = false;
  const tell = ({ code, error }: ExportResult) => {
    const failed = code !== ExportResultCode.SUCCESS;
    if (failed && !away)
      log.warn({ endpoint, reason: error?.message }, 'traces cannot be delivered and are dropped until they can');
    if (!failed && away) log.warn({ endpoint }, 'traces are delivered again');
    away = failed;
  };
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        tell(result);
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
};

/** @throws StartError */
const proxiesIn = (env: NodeJS.ProcessEnv): ProxySettings => {
  try {
    const read = readConfig('the export of traces', z.object(proxyVariables), env);
    return {
      https: read.https_proxy ?? read.HTTPS_PROXY,
      http: read.http_proxy ?? read.HTTP_PROXY,
      except: read.no_proxy ?? read.NO_PROXY,
    };
  } catch (err) {
    throw err instanceof ConfigError ? new StartError(err.message) : err;
  }
};

/** The files that the standard's variables name, which the library reads for its own agents only. @throws StartError */
const tlsIn = (env: NodeJS.ProcessEnv) => {
  const read = (name: string) => {
    const path = env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`];
    try {
      return path ? readFileSync(path) : undefined;
    } catch (cause) {
      throw new StartError(`OTEL_EXPORTER_OTLP_${name} must be a file that can be read; "${path}" cannot.`, { cause });
    }
  };
  return { ca: read('CERTIFICATE'), cert: read('CLIENT_CERTIFICATE'), key: read('CLIENT_KEY') };
};

/** Nothing where the collector is reached directly, which the library does well by itself. */
const throughProxy = (endpoint: string, env: NodeJS.ProcessEnv) => {
  const outbound = createOutbound(proxiesIn(env));
  if (!URL.canParse(endpoint) || outbound.proxyOf(endpoint) === undefined) return {};
  const agent = outbound.agentFor(endpoint, { tls: tlsIn(env) });
  return agent ? { httpAgentOptions: () => agent } : {};
};

/**
 * The exporting side, loaded only where traces are wanted: OTLP over HTTP, in batches, from a bounded queue
 * (OTEL_BSP_*), through the proxy of HTTPS_PROXY or HTTP_PROXY where the collector is outside.
 */
export const startOtlp = (
  options: TracingOptions & { readonly hotPathRatio: number; readonly endpoint: string },
): Closable => {
  const { service, env, log, clock, random, hotPathRatio, endpoint } = options;
  setGlobalErrorHandler((err) => log.debug({ err }, 'OpenTelemetry'));
  const given = detectResources({ detectors: [envDetector] });
  const own = resourceFromAttributes({
    'service.name': env.OTEL_SERVICE_NAME || service,
    'service.namespace': 'tickfolio',
  });
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(own).merge(given),
    spanProcessors: [
      new BatchSpanProcessor(announced(new OTLPTraceExporter(throughProxy(endpoint, env)), { log }, endpoint)),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  setTracing(hotPathRatio, random);
  log.info({ endpoint, hotPathRatio }, 'sending traces');
  return {
    close: async () => {
      setTracing(undefined, random);
      await Promise.race([
        provider.shutdown().catch((err: unknown) => log.debug({ err }, 'traces were left')),
        sleep(clock, closeMs),
      ]);
      for (const api of [context, propagation, trace]) api.disable();
    },
  };
};
