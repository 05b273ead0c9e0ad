import type { Clock } from '@tickfolio/lib/clock';
import { isLaterPrice, type PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { secondMs } from '../tape/second-trades.js';

const buckets = [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30];
/** How often is looked whether what was published is kept. */
const lookMs = 1_000;

export interface PublishMetricsDeps {
  readonly priceBus: Pick<PriceBus, 'publish' | 'publishPrice' | 'last'>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * The exchange's time, epoch milliseconds: against the clock of this machine every price would be late where that is
   * ahead.
   */
  readonly exchangeNow: () => number;
}

/** What was published and not yet found on the price bus. */
interface Sent {
  readonly symbol: string;
  readonly tradeId: number;
  readonly timeMs: number;
  /** When, by the wall clock. */
  readonly atMs: number;
}

export interface MeasuredPublishing extends Pick<PriceBus, 'publish' | 'publishPrice'> {
  close(): void;
}

/**
 * Measures how old what is published is, by the exchange's clock, and when something was published last. Publishing
 * waits for nobody, so that it was called says nothing: the newest price is read back, and counts when it is there.
 */
export const measurePublishing = ({
  priceBus,
  metrics,
  clock,
  log,
  exchangeNow,
}: PublishMetricsDeps): MeasuredPublishing => {
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
  const newest = metrics.gauge({
    name: 'last_publish_timestamp_seconds',
    help: 'When the newest price was published that is kept on the price bus, epoch seconds',
  });
  let sent: Sent | undefined;
  let looking = false;
  const note = (symbol: string, tradeId: number, timeMs: number) => {
    if (!sent || timeMs >= sent.timeMs) sent = { symbol, tradeId, timeMs, atMs: clock.now() };
  };
  const look = async () => {
    if (!sent || looking) return;
    looking = true;
    const asked = sent;
    sent = undefined;
    try {
      const kept = (await priceBus.last([asked.symbol])).get(asked.symbol);
      if (kept && !isLaterPrice(asked, kept)) newest.set(asked.atMs / 1_000);
    } catch (err) {
      log.debug({ err }, 'whether prices arrive on the price bus cannot be read');
    } finally {
      looking = false;
    }
  };
  const timer = clock.every(lookMs, () => void look());
  return {
    publish: (stat, through, simulated) => {
      priceBus.publish(stat, through, simulated);
      if (stat.revision !== 0) return;
      note(stat.symbol, stat.lastTradeId, stat.lastTradeTime);
      seconds.observe(Math.max(0, exchangeNow() - stat.second - secondMs) / 1_000);
    },
    publishPrice: (last) => {
      priceBus.publishPrice(last);
      note(last.symbol, last.tradeId, last.timeMs);
      prices.observe(Math.max(0, exchangeNow() - last.timeMs) / 1_000);
    },
    close: () => timer.cancel(),
  };
};
