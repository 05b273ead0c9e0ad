import { type Clock, sleep } from '@tickfolio/lib/clock';
import { z } from '@tickfolio/lib/config';
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

export interface PriceWatch {
  /** Undefined when the run ends first. */
  readonly first: Promise<FirstPrice | undefined>;
  /** What keeps the symbol's stream from being live, in words; undefined when nothing is known to. */
  readonly obstacle: string | undefined;
}

const symbol = 'btcusdt';
/** When no price has come by then it is said why; the wait goes on. */
const patienceMs = 5_000;
const requestTimeoutMs = 5_000;
/** How often it is asked whether the stream is live: at first, and when it takes its time. */
const pollMs = 100;
const slowPollMs = 1_000;
/** How long a price waits to be shown until it is known whether it is simulated. */
const labelMs = 2_000;

const holding = z.object({
  feeds: z.record(z.string(), z.object({ state: z.string(), detail: z.string() })),
  lastPrices: z.record(z.string(), z.object({ tradeId: z.number() })),
});

class Refusal extends Error {}

const read = async (response: Response) => ({
  ok: response.ok,
  status: response.status,
  body: (await response.json()) as unknown,
});

/**
 * Follows one symbol until a price of its stream is out: the proof that the whole price path works. The exchange's
 * history alone gives a price too, and proves nothing of the kind.
 */
export const watchFirstPrice = ({ clock, log, priceBus, aggregatorUrl, signal }: FirstPriceDeps): PriceWatch => {
  let obstacle: string | undefined;
  const call = async (method: 'GET' | 'DELETE') => {
    const address = `${aggregatorUrl}/coin?symbol=${symbol}&id=first-price`;
    const { status, ok, ...answer } = await fetch(address, {
      method,
      signal: AbortSignal.timeout(requestTimeoutMs),
    }).then(read);
    if (!ok) throw new Refusal(`${method} /coin was answered with HTTP ${status}`);
    return answer.body;
  };
  /** Says again that the symbol is wanted. Undefined where nobody answers, which may pass. @throws Refusal */
  const hold = () =>
    call('GET').then(holding.parse, (err: unknown) => {
      if (err instanceof Refusal) throw err;
      obstacle = `the aggregator does not answer (${err instanceof Error ? err.message : err})`;
      return undefined;
    });
  /** The newest trade that was known before the stream was live; undefined when the run ends first. */
  const live = async (): Promise<number | undefined> => {
    let known = -1;
    const startMs = clock.monotonic();
    for (;;) {
      const answer = await hold();
      const feed = answer?.feeds[symbol];
      // Of a symbol that another aggregator has, this one says nothing.
      if (answer && (!feed || feed.state === 'live')) return known;
      if (signal.aborted) return undefined;
      if (feed) obstacle = feed.state === 'pending' ? undefined : feed.detail;
      known = Math.max(known, answer?.lastPrices[symbol]?.tradeId ?? -1);
      await sleep(clock, clock.monotonic() - startMs < patienceMs ? pollMs : slowPollMs, signal);
    }
  };
  const watch = async (): Promise<FirstPrice | undefined> => {
    let newest: (FirstPrice & { readonly tradeId: number }) | undefined;
    let came: () => void = () => undefined;
    const take = (price: string, tradeId: number) => {
      newest = { price, tradeId, afterMs: clock.monotonic() };
      came();
    };
    const subscription = await priceBus.subscribe([symbol], {
      second: ({ close, lastTradeId }) => take(close, lastTradeId),
      price: ({ price, tradeId }) => take(price, tradeId),
    });
    try {
      const before = await live();
      if (before === undefined) return undefined;
      obstacle = undefined;
      const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      while (!signal.aborted && (newest?.tradeId ?? -1) <= before) {
        const next = new Promise<void>((resolve) => {
          came = resolve;
        });
        await Promise.race([next, ended]);
      }
      return signal.aborted ? undefined : newest;
    } finally {
      await subscription.close();
      if (!signal.aborted)
        await call('DELETE').catch((err: unknown) =>
          log.warn({ err }, 'the symbol of the first price is still followed'),
        );
    }
  };
  return {
    first: watch(),
    get obstacle() {
      return obstacle;
    },
  };
};

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

/** Shows the first price when it comes, and before that, after a while, what keeps it away. */
export const tellFirstPrice = async (
  watch: PriceWatch,
  {
    clock,
    log,
    aggregatorUrl,
    print,
  }: Pick<FirstPriceDeps, 'clock' | 'log' | 'aggregatorUrl'> & { readonly print: (text: string) => void },
): Promise<void> => {
  const complain = async () => {
    const { fault } = await readAggregatorState(aggregatorUrl);
    const why = fault ?? watch.obstacle ?? `nobody has traded ${symbol} so far`;
    if (waiting) print(`  No live price yet: ${sentence(why)} It is still being tried.`);
  };
  let waiting = true;
  const patience = clock.after(patienceMs, () => void complain());
  try {
    const found = await watch.first;
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
    await sleep(clock, pollMs);
  }
};
