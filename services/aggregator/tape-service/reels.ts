import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Registry } from '../demand/registry.js';
import type { Market } from '../feed/market.js';
import type { TradeKeeper } from '../tape/trade-series.js';
import type { TapeServiceLimits } from './limits.js';
import { createReel, type Reel } from './reel.js';

export interface ReelsDeps {
  readonly clock: Clock;
  readonly market: Pick<Market, 'keep'>;
  readonly registry: Pick<Registry, 'hold' | 'release'>;
  /** Why a symbol cannot be followed here, if it cannot. */
  readonly refusal: (symbol: string) => AppError | undefined;
  readonly simulated: () => boolean;
}

/** The reels of all symbols that somebody follows; while one stands its symbol is asked for. */
export interface Reels {
  /** Whom a symbol's tape tells its trades, if anybody. */
  of(symbol: string): TradeKeeper | undefined;
  /** Of a new symbol it begins here. @throws AppError resource_exhausted where the aggregator follows no more symbols */
  take(symbol: string): { readonly reel: Reel; release(): void };
  /** To be called where whose symbols are whose, or the list of all, is another: reels end that cannot go on. */
  look(): void;
  /** Trades in memory. */
  readonly kept: number;
  readonly symbols: number;
  close(): void;
}

interface Held {
  readonly reel: Reel;
  users: number;
  lingering: Timer | undefined;
}

/** Holds what is followed; no other holder is called so. */
const holder = 'TapeService';

export const createReels = (
  { clock, market, registry, refusal, simulated }: ReelsDeps,
  limits: Pick<TapeServiceLimits, 'maxKeptTrades' | 'maxKeptOfAll' | 'leastKeptTrades' | 'lingerMs'>,
): Reels => {
  const held = new Map<string, Held>();
  let isSimulated = simulated();

  const most = (): number => {
    const share = Math.floor(limits.maxKeptOfAll / Math.max(1, held.size));
    return Math.min(limits.maxKeptTrades, Math.max(limits.leastKeptTrades, share));
  };
  const drop = (symbol: string, { lingering }: Held) => {
    lingering?.cancel();
    held.delete(symbol);
    registry.release(holder, symbol);
    market.keep(symbol);
  };
  const begin = (symbol: string): Held => {
    registry.hold(holder, symbol);
    const begun: Held = { reel: createReel(symbol, most), users: 0, lingering: undefined };
    held.set(symbol, begun);
    market.keep(symbol);
    return begun;
  };
  const changedKind = (): AppError | undefined => {
    if (simulated() === isSimulated) return undefined;
    const kind = simulated() ? 'simulated now' : "the exchange's own now";
    return new AppError('unavailable', `Trades are ${kind}; follow them anew.`, { retryAfterMs: 0 });
  };

  return {
    of: (symbol) => held.get(symbol)?.reel,
    take: (symbol) => {
      const entry = held.get(symbol) ?? begin(symbol);
      entry.users += 1;
      entry.lingering?.cancel();
      return {
        reel: entry.reel,
        release: () => {
          entry.users -= 1;
          if (entry.users > 0 || held.get(symbol) !== entry) return;
          entry.lingering = clock.after(limits.lingerMs, () => drop(symbol, entry));
        },
      };
    },
    look: () => {
      const ofAll = changedKind();
      isSimulated = simulated();
      for (const [symbol, entry] of [...held]) {
        const why = ofAll ?? refusal(symbol);
        if (!why) continue;
        entry.reel.end(why);
        drop(symbol, entry);
      }
    },
    get kept() {
      let sum = 0;
      for (const { reel } of held.values()) sum += reel.run.size;
      return sum;
    },
    get symbols() {
      return held.size;
    },
    close: () => {
      for (const { lingering } of held.values()) lingering?.cancel();
      held.clear();
    },
  };
};
