import type { Clock } from '@tickfolio/lib/clock';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Metrics } from '@tickfolio/lib/telemetry';
import { secondMs } from './second-trades.js';

const buckets = [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30];

/** Measures how old what is published is, by the exchange's own times: its clock and ours are part of the figure. */
export const measurePublishing = (
  { publish, publishPrice }: Pick<PriceBus, 'publish' | 'publishPrice'>,
  metrics: Metrics,
  clock: Clock,
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
    publish: (stat, through) => {
      publish(stat, through);
      const now = clock.now();
      newest.set(now / 1_000);
      if (stat.revision === 0) seconds.observe(Math.max(0, now - stat.second - secondMs) / 1_000);
    },
    publishPrice: (last) => {
      publishPrice(last);
      const now = clock.now();
      newest.set(now / 1_000);
      prices.observe(Math.max(0, now - last.timeMs) / 1_000);
    },
  };
};
