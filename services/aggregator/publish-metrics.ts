import type { Clock } from '@tickfolio/lib/clock';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Metrics } from '@tickfolio/lib/telemetry';
import { secondMs } from './second-trades.js';

const buckets = [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30];

/**
 * Measures how old what is published is, by the exchange's clock.
 * @param exchangeNow its time, epoch milliseconds: against the clock of this machine every price would be late where that is ahead
 */
export const measurePublishing = (
  { publish, publishPrice }: Pick<PriceBus, 'publish' | 'publishPrice'>,
  metrics: Metrics,
  clock: Clock,
  exchangeNow: () => number,
): Pick<PriceBus, 'publish' | 'publishPrice'> => {
  const seconds = metrics.histogram({
    name: 'second_publish_lag_seconds',
    help: 'From the end of a second, by the exchange, to its first SecondStat being published',
    buckets,
  });
  const prices = metrics.histogram({
    name: 'price_publish_lag_seconds',
    help: 'From a trade, by the exchange, to its price being published ahead of its second',
    buckets,
  });
  const newest = metrics.gauge({ name: 'last_publish_timestamp_seconds', help: 'When anything was published last, epoch seconds' });
  return {
    publish: (stat, through, simulated) => {
      publish(stat, through, simulated);
      newest.set(clock.now() / 1_000);
      if (stat.revision === 0) seconds.observe(Math.max(0, exchangeNow() - stat.second - secondMs) / 1_000);
    },
    publishPrice: (last) => {
      publishPrice(last);
      newest.set(clock.now() / 1_000);
      prices.observe(Math.max(0, exchangeNow() - last.timeMs) / 1_000);
    },
  };
};
