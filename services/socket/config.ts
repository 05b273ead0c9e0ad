import { address, addressOrOff, duration, environment, integer, logLevel, url, z } from '@tickfolio/lib/config';
import { grpcTlsSettings } from '@tickfolio/lib/grpc';
import { type ProxySettings, proxyVariables } from '@tickfolio/lib/outbound';
import type { SocketLimits } from './limits.js';

/** The exchange serves the same streams at both ports; company networks often let 443 through only. */
const binanceStreams = { url: 'wss://stream.binance.com:9443', fallback: 'wss://stream.binance.com:443' };

/** What the socket service reads from the environment. */
export const socketConfig = z.object({
  ENV: environment(),
  LOG_LEVEL: logLevel(),
  ADDRESS: address('0.0.0.0:50051').describe(
    "Where the socket service's gRPC is served; the same port as auth's by default.",
  ),
  BINANCE_WS_URL: url(['wss:', 'ws:'], binanceStreams.url).describe(
    'The streams of the exchange, or of another one that speaks its protocol.',
  ),
  BINANCE_REST_URL: url(['https:', 'http:'], 'https://api.binance.com').describe("The exchange's REST interface."),
  METRICS_ADDR: addressOrOff(':9464').describe('Where `/health`, `/ready` and `/metrics` are served.'),
  CONNECTION_LIFETIME: duration('23h').describe('How long a connection to the exchange is used before it is replaced.'),
  HISTORY_WEIGHT_PER_MINUTE: integer(1_200, 2, 2_250).describe(
    "What klines may use of the exchange's request weight in a minute; live prices have all of 4,500.",
  ),
  SYMBOLS_REFRESH: duration('10m').describe("How often the exchange's list of symbols is read."),
  ...proxyVariables,
  ...grpcTlsSettings,
});

export type SocketConfig = z.output<typeof socketConfig>;

/** What of the settings bounds the service. */
export const socketLimits = (
  config: Pick<SocketConfig, 'CONNECTION_LIFETIME' | 'HISTORY_WEIGHT_PER_MINUTE' | 'SYMBOLS_REFRESH'>,
): Partial<SocketLimits> => ({
  lifetimeMs: config.CONNECTION_LIFETIME,
  historyWeightPerMinute: config.HISTORY_WEIGHT_PER_MINUTE,
  symbolsRefreshMs: config.SYMBOLS_REFRESH,
});

/** Through which proxies the exchange is reached. */
export const socketProxies = (
  config: Pick<SocketConfig, 'HTTPS_PROXY' | 'https_proxy' | 'HTTP_PROXY' | 'http_proxy' | 'NO_PROXY' | 'no_proxy'>,
): ProxySettings => ({
  https: config.https_proxy ?? config.HTTPS_PROXY,
  http: config.http_proxy ?? config.HTTP_PROXY,
  except: config.no_proxy ?? config.NO_PROXY,
});

/** Where else the streams of BINANCE_WS_URL are served, as far as that is known: of the exchange's own address only. */
export const streamFallback = (wsUrl: string): string | undefined =>
  wsUrl === binanceStreams.url ? binanceStreams.fallback : undefined;

/** How the service runs as a process of its own. */
export const socketOptions = (config: SocketConfig) => ({
  address: config.ADDRESS,
  operationsAddress: config.METRICS_ADDR,
  exchangeWsUrl: config.BINANCE_WS_URL,
  exchangeWsFallbackUrl: streamFallback(config.BINANCE_WS_URL),
  exchangeRestUrl: config.BINANCE_REST_URL,
  proxies: socketProxies(config),
  limits: socketLimits(config),
});
