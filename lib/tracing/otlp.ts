import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type ExportResult, ExportResultCode, setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { sleep } from '../clock/clock.js';
import type { Closable } from '../lifecycle/lifecycle.js';
import type { TracingOptions } from './start.js';
import { setTracing } from './tracing.js';

/** At the end of the process the collector gets so long to take what waits. */
const closeMs = 2_000;

/** Says once that the collector is away and once that it is back; the library would say it for every batch. */
const announced = (exporter: SpanExporter, { log }: Pick<TracingOptions, 'log'>, endpoint: string): SpanExporter => {
  let away = false;
  const tell = ({ code, error }: ExportResult) => {
    const failed = code !== ExportResultCode.SUCCESS;
    if (failed && !away) log.warn({ endpoint, reason: error?.message }, 'traces cannot be delivered and are dropped until they can');
    if (!failed && away) log.info({ endpoint }, 'traces are delivered again');
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

/** The exporting side, loaded only where traces are wanted: OTLP over HTTP, in batches, from a bounded queue (OTEL_BSP_*). */
export const startOtlp = (options: TracingOptions & { readonly hotPathRatio: number; readonly endpoint: string }): Closable => {
  const { service, env, log, clock, random, hotPathRatio, endpoint } = options;
  setGlobalErrorHandler((err) => log.debug({ err }, 'OpenTelemetry'));
  const given = detectResources({ detectors: [envDetector] });
  const own = resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME || service, 'service.namespace': 'tickfolio' });
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(own).merge(given),
    spanProcessors: [new BatchSpanProcessor(announced(new OTLPTraceExporter(), { log }, endpoint))],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  setTracing(hotPathRatio, random);
  log.info({ endpoint, hotPathRatio }, 'sending traces');
  return {
    close: async () => {
      setTracing(undefined, random);
      await Promise.race([provider.shutdown().catch((err: unknown) => log.debug({ err }, 'traces were left')), sleep(clock, closeMs)]);
      for (const api of [context, propagation, trace]) api.disable();
    },
  };
};
