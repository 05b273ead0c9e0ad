import type { Clock } from '@tickfolio/lib/clock';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';

export interface FirstPriceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly priceBus: PriceBus;
  readonly aggregatorUrl: string;
}

const symbol = 'btcusdt';
/** After this time it is said that no price has come; the run goes on. */
const patienceMs = 15_000;
const requestTimeoutMs = 5_000;

/**
 * Follows one symbol until its first second is out: the proof that the whole price path works.
 * @returns the line to show: the price and when it came, counted from the start of the process, or that there is none.
 */
export const awaitFirstPrice = async ({ clock, log, priceBus, aggregatorUrl }: FirstPriceDeps): Promise<string> => {
  const hold = async (method: 'GET' | 'DELETE'): Promise<void> => {
    const answer = await fetch(`${aggregatorUrl}/coin?symbol=${symbol}&id=first-price`, {
      method,
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    await answer.arrayBuffer();
  };
  let came: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => {
    came = resolve;
  });
  const timer = clock.after(patienceMs, () =>
    came(`No live price of ${symbol} within ${patienceMs / 1000} s; /ready says what is missing. It is still being tried.`),
  );
  const subscription = await priceBus.subscribe([symbol], {
    second: ({ close }) => came(`First live price after ${(clock.monotonic() / 1000).toFixed(1)} s: ${symbol} ${close} USDT`),
  });
  try {
    await hold('GET');
    return await line;
  } finally {
    timer.cancel();
    await subscription.close();
    await hold('DELETE').catch((err: unknown) => log.warn({ err }, 'the symbol of the first price is still followed'));
  }
};
