import { address, environment, logLevel, parseAddress, required, z } from '@tickfolio/lib/config';

/** `host:port`, several separated by commas. */
const brokers = () =>
  required().transform((text, ctx) => {
    const names = text.split(',').map((name) => name.trim());
    for (const name of names) {
      if (!name.includes(':') || name.startsWith(':') || !parseAddress(name)) {
        ctx.addIssue({ code: 'custom', message: `must be host:port, several separated by commas, not "${text}"` });
        break;
      }
    }
    return names;
  });

/** The aggregator's settings, by the names that deployments set. */
export const aggregatorConfig = z.object({
  ENV: environment(),
  LOG_LEVEL: logLevel(),
  SERVER_ADDR: address(':8088'),
  BROKERS: brokers(),
  REDIS_ADDR: address(),
  SOCKET_SERVICE_ADDR: address(),
});

export type AggregatorConfig = z.output<typeof aggregatorConfig>;
