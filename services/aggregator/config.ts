import { address, addressList, environment, logLevel, z } from '@tickfolio/lib/config';

/** The aggregator's settings, by the names that deployments set. */
export const aggregatorConfig = z.object({
  ENV: environment(),
  LOG_LEVEL: logLevel(),
  SERVER_ADDR: address(':8088'),
  BROKERS: addressList(),
  REDIS_ADDR: address(),
  SOCKET_SERVICE_ADDR: address(),
});

export type AggregatorConfig = z.output<typeof aggregatorConfig>;
