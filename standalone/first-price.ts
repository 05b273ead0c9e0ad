import { type Clock, sleep } from '@tickfolio/lib/clock';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import { readAggregatorState } from './aggregator-state.js';

export interface FirstPriceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly priceBus: PriceBus;
  readonly aggregatorUrl: string;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

export interface FirstPrice {
  readonly price: string;
  /** Counted from the start of the process. */
  readonly afterMs: number;
}

const symbol = 'btcusdt';
/** When no price has come by then it is said why; the wait goes on. */
const patienceMs = 5_000;
const requestTimeoutMs = 5_000;
/** How long a price waits to be shown until it is known whether it is simulated. */
const labelMs = 2_000;
const labelPollMs = 50;

/**
 * Follows one symbol until its first second is out: the proof that the whole price path works.
 * @returns undefined when the run ends first
 */
export const awaitFirstPrice = async (deps: FirstPriceDeps): Promise<FirstPrice | undefined> => {
  const { clock, log, priceBus, aggregatorUrl, signal } = deps;
  const hold = async (method: 'GET' | 'DELETE'): Promise<void> => {
    const answer = await fetch(`${aggregatorUrl}/coin?symbol=${symbol}&id=first-price`, {
      method,
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${method} /coin was answered with HTTP ${answer.status}`);
  };
  let came: (price: FirstPrice | undefined) => void = () => undefined;
  const first = new Promise<FirstPrice | undefined>((resolve) => {
    came = resolve;
  });
  signal.addEventListener('abort', () => came(undefined), { once: true });
  const subscription = await priceBus.subscribe([symbol], {
    second: ({ close }) => came({ price: close, afterMs: clock.monotonic() }),
    price: ({ price }) => came({ price, afterMs: clock.monotonic() }),
  });
  try {
    await hold('GET');
    return await first;
  } finally {
    await subscription.close();
    if (!signal.aborted) await hold('DELETE').catch((err: unknown) => log.warn({ err }, 'the symbol of the first price is still followed'));
  }
};

/** Shows the first price when it comes, and before that, after a while, what keeps it away. */
export const tellFirstPrice = async (
  first: Promise<FirstPrice | undefined>,
  {
    clock,
    log,
    aggregatorUrl,
    print,
  }: Pick<FirstPriceDeps, 'clock' | 'log' | 'aggregatorUrl'> & { readonly print: (text: string) => void },
): Promise<void> => {
  const complain = async () => {
    const { fault } = await readAggregatorState(aggregatorUrl);
    if (waiting) print(`  No live price yet: ${fault ?? `nobody has traded ${symbol} so far.`} It is still being tried.`);
  };
  let waiting = true;
  const patience = clock.after(patienceMs, () => void complain());
  try {
    const found = await first;
    if (!found) return;
    const label = (await isSimulated(clock, aggregatorUrl)) ? ' (simulated)' : '';
    print(`  First live price after ${(found.afterMs / 1_000).toFixed(1)} s: ${symbol} ${found.price} USDT${label}`);
  } catch (err) {
    log.warn({ err }, 'the first price could not be asked for');
  } finally {
    waiting = false;
    patience.cancel();
  }
};

const isSimulated = async (clock: Clock, aggregatorUrl: string): Promise<boolean> => {
  const giveUpAtMs = clock.monotonic() + labelMs;
  for (;;) {
    const { simulated } = await readAggregatorState(aggregatorUrl);
    if (simulated !== undefined || clock.monotonic() > giveUpAtMs) return simulated ?? false;
    await sleep(clock, labelPollMs);
  }
};
