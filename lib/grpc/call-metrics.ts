import type { Metrics } from '../telemetry/telemetry.js';

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * To be called when a call ends. @param code as gRPC spells it, `OK` or such as `UNAVAILABLE`. @returns how long the
 * call took, ms
 */
export type Ended = (code: string) => number;

/** Measures the calls a server serves, by method and status; streams, which last for ever, are counted. */
export const createCallMetrics = (
  metrics: Metrics,
): Readonly<Record<'unary' | 'stream', (method: string) => Ended>> => {
  const durations = metrics.histogram({
    name: 'grpc_request_duration_seconds',
    help: 'From a unary call arriving to its answer, by method and status code',
    labelNames: ['method', 'code'] as const,
    buckets,
  });
  const streams = metrics.gauge({
    name: 'grpc_streams_open',
    help: 'Streams that are served now',
    labelNames: ['method'] as const,
  });
  const ended = metrics.counter({
    name: 'grpc_streams_ended_total',
    help: 'Served streams that came to an end, by method and status code',
    labelNames: ['method', 'code'] as const,
  });
  const times = (start: number) => performance.now() - start;
  return {
    unary: (method) => {
      const start = performance.now();
      return (code) => {
        const ms = times(start);
        durations.observe({ method, code }, ms / 1_000);
        return ms;
      };
    },
    stream: (method) => {
      const start = performance.now();
      streams.inc({ method });
      return (code) => {
        streams.dec({ method });
        ended.inc({ method, code });
        return times(start);
      };
    },
  };
};

export type ObserveCall = (method: string, code: string, seconds: number) => void;

/** The same from the caller's side, to be given to `callUnary`. */
export const createCallTimes = (metrics: Metrics): ObserveCall => {
  const durations = metrics.histogram({
    name: 'grpc_client_request_duration_seconds',
    help: 'From a unary call being made to its answer or failure, by method and status code',
    labelNames: ['method', 'code'] as const,
    buckets,
  });
  return (method, code, seconds) => durations.observe({ method, code }, seconds);
};
