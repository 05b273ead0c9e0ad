import type { Clock } from '@tickfolio/lib/clock';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';

interface FirstPriceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly priceBus: PriceBus;
  readonly print: (text: string) => void;
  /** On the monotonic clock. */
  readonly startedAtMs: number;
}

const symbol = 'btcusdt';
/** After this time it is said that no price has come; the run goes on. */
const patienceMs = 15_000;

const hold = async (aggregatorUrl: string, method: 'GET' | 'DELETE'): Promise<void> => {
  const answer = await fetch(`${aggregatorUrl}/coin?symbol=${symbol}&id=first-price`, { method, signal: AbortSignal.timeout(5_000) });
  await answer.arrayBuffer();
};

/** Follows one symbol until its first second is out, and says so: the proof that the whole price path works. */
export const announceFirstPrice = async (
  deps: FirstPriceDeps,
  options: { readonly aggregatorUrl: string; readonly simulated: boolean },
): Promise<void> => {
  const { clock, log, priceBus, print, startedAtMs } = deps;
  let over = false;
  const finish = async (text: string) => {
    if (over) return;
    over = true;
    timer.cancel();
    print(text);
    try {
      await subscription.close();
      await hold(options.aggregatorUrl, 'DELETE');
    } catch (err) {
      log.warn({ err }, 'the symbol of the first price is still followed');
    }
  };
  const timer = clock.after(
    patienceMs,
    () => void finish(`  No live price of ${symbol} within ${patienceMs / 1000} s; /ready says what is missing. It is tried on.`),
  );
  const subscription = await priceBus.subscribe([symbol], {
    second: ({ close }) => {
      const seconds = ((clock.monotonic() - startedAtMs) / 1000).toFixed(1);
      void finish(`  First live price after ${seconds} s: ${symbol} ${close} USDT${options.simulated ? ' (simulated)' : ''}`);
    },
  });
  await hold(options.aggregatorUrl, 'GET').catch((err: unknown) => log.warn({ err }, 'the aggregator did not take the first subscription'));
};
