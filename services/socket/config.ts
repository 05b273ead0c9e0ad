import { address, addressOrOff, duration, environment, logLevel, url, z } from '@tickfolio/lib/config';
import { grpcTlsSettings } from '@tickfolio/lib/grpc';
import type { SocketLimits } from './limits.js';

/** What the socket service reads from the environment. */
export const socketConfig = z.object({
  ENV: environment(),
  LOG_LEVEL: logLevel(),
  /** Where gRPC is served. */
  ADDRESS: address('0.0.0.0:50051'),
  BINANCE_WS_URL: url(['wss:', 'ws:'], 'wss://stream.binance.com:9443'),
  BINANCE_REST_URL: url(['https:', 'http:'], 'https://api.binance.com'),
  /** Where /health, /ready and /metrics are served; `off` for nowhere. */
  METRICS_ADDR: addressOrOff(':9464'),
  /** How long a connection to the exchange is used before it is replaced. */
  CONNECTION_LIFETIME: duration('23h'),
  SYMBOLS_REFRESH: duration('10m'),
  ...grpcTlsSettings,
});

export type SocketConfig = z.output<typeof socketConfig>;

/** What of the settings bounds the service. */
export const socketLimits = (config: Pick<SocketConfig, 'CONNECTION_LIFETIME' | 'SYMBOLS_REFRESH'>): Partial<SocketLimits> => ({
  lifetimeMs: config.CONNECTION_LIFETIME,
  symbolsRefreshMs: config.SYMBOLS_REFRESH,
});
