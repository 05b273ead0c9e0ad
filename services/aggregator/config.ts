import { address, addressList, environment, flag, logLevel, port, serverAddress, z } from '@tickfolio/lib/config';
import { grpcTlsSettings } from '@tickfolio/lib/grpc';
import { isSymbol } from '@tickfolio/lib/market/symbol';

const maxFollowed = 1_000;

/** Symbols in either case, separated by commas; in lower case when read. */
export const symbolList = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, ctx) => {
      const symbols = [
        ...new Set(
          text
            .toLowerCase()
            .split(/[\s,]+/)
            .filter(Boolean),
        ),
      ];
      if (/(^|,)\s*,/.test(text))
        ctx.addIssue({ code: 'custom', message: `must have a symbol between every two commas, not "${text}"` });
      const bad = symbols.find((symbol) => !isSymbol(symbol));
      if (bad !== undefined)
        ctx.addIssue({
          code: 'custom',
          message: `must list symbols such as btcusdt, separated by commas, not "${bad}"`,
        });
      if (symbols.length > maxFollowed)
        ctx.addIssue({ code: 'custom', message: `must not list more than ${maxFollowed} symbols` });
      return symbols;
    })
    .meta({ kind: 'symbols, separated by commas' });

/** The aggregator's settings, by the names that deployments set. */
export const aggregatorConfig = z.object({
  ENV: environment(),
  LOG_LEVEL: logLevel(),
  SERVER_ADDR: address(':8088').describe("Where the aggregator's HTTP is served."),
  GRPC_PORT: port(50064).describe("Where the aggregator's gRPC is served: trades by their numbers."),
  BROKERS: addressList().describe('Kafka, for mini-tickers and shares.'),
  REDIS_ADDR: serverAddress().describe('Redis, for live prices and notices between replicas.'),
  REDIS_SHARDED_PUBSUB: flag(false).describe(
    'Sharded channels (SPUBLISH, SSUBSCRIBE); the same at every service. Redis 7 or later.',
  ),
  SOCKET_SERVICE_ADDR: serverAddress().describe('The socket service, by gRPC.'),
  SYMBOL_SHARES: flag(false).describe(
    '`on`: share the symbols with the other aggregators of the same Kafka. `off`: this one publishes all.',
  ),
  FOLLOW_SYMBOLS: symbolList('').describe(
    'Symbols that are archived whoever holds them, besides what portfolios hold.',
  ),
  ...grpcTlsSettings,
});
