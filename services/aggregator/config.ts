import { address, addressList, environment, flag, logLevel, serverAddress, z } from '@tickfolio/lib/config';
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
      if (/(^|,)\s*,/.test(text)) ctx.addIssue({ code: 'custom', message: `must have a symbol between every two commas, not "${text}"` });
      const bad = symbols.find((symbol) => !isSymbol(symbol));
      if (bad !== undefined)
        ctx.addIssue({ code: 'custom', message: `must list symbols such as btcusdt, separated by commas, not "${bad}"` });
      if (symbols.length > maxFollowed) ctx.addIssue({ code: 'custom', message: `must not list more than ${maxFollowed} symbols` });
      return symbols;
    });

/** The aggregator's settings, by the names that deployments set. */
export const aggregatorConfig = z.object({
  ENV: environment(),
  LOG_LEVEL: logLevel(),
  SERVER_ADDR: address(':8088'),
  BROKERS: addressList(),
  REDIS_ADDR: serverAddress(),
  /** SPUBLISH and SSUBSCRIBE instead of PUBLISH and SUBSCRIBE; the same at every service. Redis 7 and later. */
  REDIS_SHARDED_PUBSUB: flag(false),
  SOCKET_SERVICE_ADDR: serverAddress(),
  /** Shares the symbols with the other aggregators of the same Kafka, each symbol with one. Off: this one publishes every symbol. */
  SYMBOL_SHARES: flag(false),
  /** Followed besides what portfolios hold, so that the archive has them: symbols, comma-separated. */
  FOLLOW_SYMBOLS: symbolList(''),
  ...grpcTlsSettings,
});

export type AggregatorConfig = z.output<typeof aggregatorConfig>;
