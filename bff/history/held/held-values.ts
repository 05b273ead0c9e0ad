import type { HeldRange } from '@tickfolio/api/history';
import { AppError } from '@tickfolio/lib/errors';
import { type KlineInterval, klineIntervals } from '@tickfolio/lib/market/kline-interval';
import { add, compare, type Decimal, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Klines } from '../../exchange/klines.js';
import type { TakePages } from '../../exchange/page-allowance.js';
import type { LookUpPrices } from '../../holdings/moment-prices.js';
import type { Coin } from '../../portfolio/portfolios.js';

/** What today's holdings would have been worth, had they been held all the time. */
export interface HeldValues {
  readonly stepMs: number;
  readonly points: readonly {
    /** The end of a step, epoch milliseconds. */
    readonly atMs: number;
    readonly value: string;
    /** Coins that had no price then, which are not in the value. */
    readonly missing: readonly string[];
  }[];
  /** Coins that are in no value, because there are too many or the exchange has no history of them. */
  readonly left: readonly string[];
}

export interface HeldValuesDeps {
  readonly klines: Klines;
  readonly takePages: TakePages;
  /** Of now, by which coins are chosen where there are too many: also of those that nobody follows. */
  readonly lookUp: LookUpPrices;
  /** Whether prices are made up now; undefined while nobody knows. */
  readonly isSimulated: () => boolean | undefined;
  /** What the exchange's clock shows, epoch milliseconds. */
  readonly exchangeNow: () => number;
}

/** At most 400 steps, each within one page. */
const plans: Readonly<Record<HeldRange, { readonly interval: KlineInterval; readonly steps: number }>> = {
  '1h': { interval: '1m', steps: 60 },
  '24h': { interval: '5m', steps: 288 },
  '7d': { interval: '30m', steps: 336 },
  '30d': { interval: '2h', steps: 360 },
  '1y': { interval: '1d', steps: 365 },
};
/** Pages of one answer, of weight 2 each. */
const maxPages = 60;
/** The exchange's database may lag behind the end of a kline by so much. */
const settledAfterMs = 2_000;

const conversionOf = ({ quoteAsset }: Coin): string | undefined =>
  quoteAsset === 'usdt' ? undefined : `${quoteAsset}usdt`;
const symbolsOf = (coin: Coin): string[] => [coin.symbol, conversionOf(coin)].filter((name) => name !== undefined);

export const createHeldValues = ({ klines, takePages, lookUp, isSimulated, exchangeNow }: HeldValuesDeps) => {
  /** Where there are so many that some may be left out. */
  const mostValuableFirst = async (coins: readonly Coin[]): Promise<readonly Coin[]> => {
    if (new Set(coins.flatMap(symbolsOf)).size <= maxPages) return coins;
    const priceOf = await lookUp(coins);
    return coins
      .map((coin) => ({ coin, value: multiply(parseDecimal(coin.quantity), priceOf(coin)?.usdt ?? zero) }))
      .sort((a, b) => compare(b.value, a.value))
      .map(({ coin }) => coin);
  };
  /** The most valuable coins whose pages together are not too many. */
  const choose = async (coins: readonly Coin[]): Promise<{ chosen: readonly Coin[]; symbols: readonly string[] }> => {
    const symbols = new Set<string>();
    const chosen = (await mostValuableFirst(coins)).flatMap((coin) => {
      const more = symbolsOf(coin).filter((symbol) => !symbols.has(symbol));
      if (symbols.size + more.length > maxPages) return [];
      for (const symbol of more) symbols.add(symbol);
      return [coin];
    });
    return { chosen, symbols: [...symbols] };
  };
  /** What a symbol closed at in each step, the last price before where nothing was traded; undefined before its first. */
  const readCloses = async (symbol: string, range: HeldRange, startMs: number, endMs: number) => {
    const { interval, steps } = plans[range];
    const page = await klines.page({ symbol, interval, startMs, endMs, limit: steps }).catch((thrown: unknown) => {
      if (thrown instanceof AppError && thrown.code === 'not_found') return undefined;
      throw thrown;
    });
    if (!page) return undefined;
    if (page.simulated !== isSimulated())
      throw new AppError('unavailable', 'It is not known yet whether prices are simulated.', { retryAfterMs: 5_000 });
    const closes = new Map(page.klines.map(({ openTimeMs, close }) => [openTimeMs, close]));
    let last: Decimal | undefined;
    return Array.from({ length: steps }, (_, at) => {
      const close = closes.get(startMs + at * klineIntervals[interval]);
      if (close !== undefined) last = parseDecimal(close);
      return last;
    });
  };
  /** @throws AppError as klines do, and resource_exhausted where the user has asked for too much */
  return async (userId: string, coins: readonly Coin[], range: HeldRange): Promise<HeldValues> => {
    const { interval, steps } = plans[range];
    const stepMs = klineIntervals[interval];
    const endMs = Math.floor((exchangeNow() - settledAfterMs) / stepMs) * stepMs - stepMs;
    const startMs = endMs - (steps - 1) * stepMs;
    const { chosen, symbols } = await choose(coins);
    takePages(userId, symbols.length);
    const read = await Promise.all(symbols.map((symbol) => readCloses(symbol, range, startMs, endMs)));
    const closes = new Map(symbols.map((symbol, at) => [symbol, read[at]]));
    const isKnown = (coin: Coin) => symbolsOf(coin).every((symbol) => closes.get(symbol)?.some(Boolean));
    const counted = chosen.filter(isKnown).map((coin) => ({ ...coin, units: parseDecimal(coin.quantity) }));
    const points = Array.from({ length: steps }, (_, at) => {
      const missing: string[] = [];
      let value = zero;
      for (const coin of counted) {
        const prices = symbolsOf(coin).map((symbol) => closes.get(symbol)?.[at]);
        if (prices.includes(undefined)) missing.push(coin.symbol);
        else
          value = add(
            value,
            prices.reduce<Decimal>((sum, price) => multiply(sum, price ?? zero), coin.units),
          );
      }
      return { atMs: startMs + (at + 1) * stepMs, value: formatDecimal(value), missing };
    });
    const inside = new Set(counted.map(({ symbol }) => symbol));
    return {
      stepMs,
      points: points.filter(({ missing }) => missing.length < counted.length),
      left: coins.flatMap(({ symbol }) => (inside.has(symbol) ? [] : [symbol])),
    };
  };
};
