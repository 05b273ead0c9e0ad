import type { FrameCoin } from '@tickfolio/client/frame';
import { compare, type Decimal, divide, multiply } from '@tickfolio/lib/money';

/** How live a value is, or the price of one coin. Moments in epoch milliseconds, by the clock of frames. */
export type Freshness =
  /** `part`: of the value, in whole percent and rounded down: 100 is all of it, 0 is something below 1. */
  | { readonly kind: 'live'; readonly part: string; readonly level: 'good' | 'fair' | 'poor' }
  /** The newest price still counts as one of now, and came so long ago, rounded up. */
  | { readonly kind: 'quiet'; readonly seconds: number }
  /** No price counts as one of now. */
  | { readonly kind: 'still'; readonly sinceMs: number }
  /** Prices cannot arrive. */
  | { readonly kind: 'down'; readonly sinceMs: number | undefined }
  /** Of a coin that nobody here holds: no price is sent of it, and what is shown is from the archive. */
  | { readonly kind: 'recorded' };

/** Prices no older than this count as fresh. */
const freshMs = 2_000;
const secondMs = 1_000;

/** When a price came, by one clock: the time of the trade is the exchange's. */
const cameAtMs = ({ Price, PriceReceived, PriceTime }: FrameCoin): number | undefined => {
  const cameAt = PriceReceived ?? PriceTime;
  return Price === null || cameAt === null ? undefined : Date.parse(cameAt);
};

export const isFresh = (coin: FrameCoin, asOfMs: number): boolean => {
  const atMs = cameAtMs(coin);
  return atMs !== undefined && !coin.Stale && asOfMs - atMs <= freshMs;
};

/** What there is to say of coins none of which is fresh; undefined where none has a price or could have one. */
export const notFresh = (coins: readonly FrameCoin[], asOfMs: number): Freshness | undefined => {
  const moments = coins.map(cameAtMs).filter((atMs) => atMs !== undefined);
  const sinceMs = moments.length > 0 ? Math.max(...moments) : undefined;
  const isCurrent = coins.some((coin) => !coin.Stale && coin.Price !== null);
  if (!isCurrent && coins.some(({ PriceState: state }) => state === 'feed-down')) return { kind: 'down', sinceMs };
  if (sinceMs === undefined) return undefined;
  return isCurrent
    ? { kind: 'quiet', seconds: Math.max(0, Math.ceil((asOfMs - sinceMs) / secondMs)) }
    : { kind: 'still', sinceMs };
};

const hundredOf = (value: Decimal): Decimal => ({ ...value, units: value.units * 100n });

/** In whole percent, rounded down. */
const floorPercent = (part: Decimal, whole: Decimal): bigint => {
  const { units: near } = divide(hundredOf(part), whole, 0);
  return compare(multiply({ units: near, scale: 0 }, whole), hundredOf(part)) > 0 ? near - 1n : near;
};

/** Of a portfolio. @param fresh what of the total has a fresh price, in USDT */
export const freshnessOf = (
  coins: readonly FrameCoin[],
  fresh: Decimal,
  total: Decimal,
  asOfMs: number,
): Freshness | undefined => {
  if (fresh.units === 0n || total.units === 0n) return notFresh(coins, asOfMs);
  const part = floorPercent(fresh, total);
  return { kind: 'live', part: part.toString(), level: part >= 90n ? 'good' : part >= 50n ? 'fair' : 'poor' };
};
