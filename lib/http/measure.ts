import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/telemetry.js';

export interface MeasureOptions {
  /** At which level each answer is logged. Default info; a service that is polled takes debug. */
  readonly level?: 'info' | 'debug';
}

/**
 * Times every answer by method, route (never the address itself) and status, and logs a line for it. To be called
 * before the routes are made.
 */
export const measureRequests = (
  app: FastifyInstance,
  metrics: Metrics,
  { level = 'info' }: MeasureOptions = {},
): void => {
  const durations = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'From a request being read to its answer being sent, by method, route and status',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    request.log[level](
      { method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request answered',
    );
  });
};
