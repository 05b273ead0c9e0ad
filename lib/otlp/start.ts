import { StartError } from '../errors/errors.js';
import type { Closable } from '../lifecycle/lifecycle.js';
import type { TracingOptions } from './options.js';

/** How much of the hot path is traced where TRACE_HOT_PATH_RATIO does not say. */
const defaultHotPathRatio = 0.001;

const readRatio = (text = ''): number => {
  const ratio = text === '' ? defaultHotPathRatio : Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new StartError(`TRACE_HOT_PATH_RATIO must be a number from 0 to 1, not "${text}".`);
};

/**
 * Sends traces to the collector that OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) names, as the
 * standard OTEL_* variables have it. Without one tracing is off, and nothing of it is loaded. To be called before
 * anything else is opened; closing sends what waits, within 2 s. @throws StartError
 */
export const startTracing = async (options: TracingOptions): Promise<Closable> => {
  const { env } = options;
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const off = !endpoint || env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none';
  if (off) return { close: () => undefined };
  const hotPathRatio = readRatio(env.TRACE_HOT_PATH_RATIO);
  const { startOtlp } = await import('./otlp.js');
  return startOtlp({ ...options, hotPathRatio, endpoint });
};
