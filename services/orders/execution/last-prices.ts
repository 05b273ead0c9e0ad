import { type Clock, sleep } from '@tickfolio/lib/clock';
import { type Decimal, parseDecimal } from '@tickfolio/lib/money';
import { createBackoff } from '@tickfolio/lib/retry';
import type { SymbolRulesSource } from '../market/symbol-rules-source.js';
import type { TapeClient } from '../market/tape-client.js';

/** Last prices of what fees are paid in. What is not known is asked for, so that it is the next time. */
export interface LastPrices {
  /** @returns undefined where it is not known, or there is no such symbol */
  of(asset: string, quoteAsset: string): Decimal | undefined;
  close(): Promise<void>;
}

interface Watched {
  readonly price: Decimal | undefined;
  askedMs: number;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

export interface LastPricesDeps {
  readonly client: Pick<TapeClient, 'follow'>;
  readonly symbols: Pick<SymbolRulesSource, 'rules'>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const maxSymbols = 50;
/** A symbol that nobody asks for is left after so long. */
const idleMs = 600_000;
const lookMs = 60_000;
const retry = { minRetryMs: 500, maxRetryMs: 15_000, leastShare: 0.5 };

export const createLastPrices = ({ client, symbols, clock, random }: LastPricesDeps): LastPrices => {
  const watched = new Map<string, Watched>();

  const follow = async (symbol: string, of: { price: Decimal | undefined }, { signal }: AbortController) => {
    const backoff = createBackoff({ ...retry, random });
    while (!signal.aborted) {
      try {
        for await (const { trades } of client.follow({ symbol, venue: '', afterTradeId: undefined }, signal)) {
          const last = trades.at(-1);
          if (!last) continue;
          of.price = parseDecimal(last.price);
          backoff.reset();
        }
      } catch {
        // An old price is none: the fee is paid in what is received meanwhile.
      }
      of.price = undefined;
      await sleep(clock, backoff.next(), signal);
    }
  };
  const watch = (symbol: string): Watched => {
    const known = watched.get(symbol);
    if (known) return known;
    const stop = new AbortController();
    const of: { price: Decimal | undefined } = { price: undefined };
    const over = follow(symbol, of, stop);
    const made: Watched = {
      get price() {
        return of.price;
      },
      askedMs: clock.monotonic(),
      stop,
      over,
    };
    watched.set(symbol, made);
    return made;
  };
  const look = clock.every(lookMs, () => {
    for (const [symbol, { askedMs, stop }] of watched)
      if (clock.monotonic() - askedMs > idleMs) {
        stop.abort();
        watched.delete(symbol);
      }
  });
  return {
    of: (asset, quoteAsset) => {
      const symbol = `${asset}${quoteAsset}`.toLowerCase();
      if (!symbols.rules(symbol) || (watched.size >= maxSymbols && !watched.has(symbol))) return undefined;
      const one = watch(symbol);
      one.askedMs = clock.monotonic();
      return one.price;
    },
    close: async () => {
      look.cancel();
      for (const { stop } of watched.values()) stop.abort();
      await Promise.all([...watched.values()].map(({ over }) => over));
    },
  };
};
