import type { Frame, FrameCoin, PriceState } from '@tickfolio/client/frame';
import { grouped, money, type NumberStyle, padded, share, shortQuantity } from '@tickfolio/lib/look/amount';
import { type Change, changeOf, type Direction } from '@tickfolio/lib/look/change';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { add, type Decimal, divide, formatDecimal, multiply, subtract, zero } from '@tickfolio/lib/money';
import type { Basis } from '../display/choices.js';
import { exact } from '../text/exact.js';
import { type Pair, pairOf } from '../text/pair.js';
import { type Freshness, freshnessOf, isFresh } from './freshness.js';
import { isLacking, namesAmong } from './lacking.js';

/** One coin as the page shows it. The same object as before when nothing that is shown changed. */
export interface Row extends Pair {
  readonly symbol: string;
  readonly name: string;
  /** Exact and canonical. */
  readonly quantity: string;
  /** With 8 decimals at most; the receipt has all. */
  readonly quantityText: string;
  /** Exact, in the quote asset. */
  readonly price: string | undefined;
  readonly priceText: string | undefined;
  /** When a price that is not of now was made, in epoch milliseconds. */
  readonly priceAtMs: number | undefined;
  readonly valueText: string | undefined;
  /** Exact, all digits. */
  readonly value: string | undefined;
  readonly share: string | undefined;
  /** Of the last change of the price. */
  readonly direction: Direction;
  /** Counts the changes of the price. */
  readonly ticks: number;
  /** Of the value in USDT, in 24 hours or since `daySinceMs`. */
  readonly day: Change | undefined;
  /** Of the price in the quote asset, in that time; a percentage beside a price is its own. */
  readonly priceDay: Change | undefined;
  /** What the value of now would have been then, in USDT; undefined where that is not known. */
  readonly valueThen: Decimal | undefined;
  /** From when the change is counted where no price of 24 hours ago is known, in epoch milliseconds. */
  readonly daySinceMs: number | undefined;
  readonly stale: boolean;
  /** Why the price is missing or old; undefined for a price of now. */
  readonly state: PriceState | undefined;
  /** The symbol that the price is converted with, where it is that one's state. */
  readonly stateOf: string | undefined;
  /** Changed here, and not confirmed by a frame yet. */
  readonly pending: boolean;
}

export interface Total {
  readonly text: string;
  readonly exact: string;
  readonly value: Decimal;
  readonly direction: Direction;
  readonly ticks: number;
}

/** From when the changes of a day are counted. */
export interface DayBasis {
  /** What they are counted from; it names them, whatever is chosen by now. */
  readonly basis: Basis;
  /** The first moment in epoch milliseconds; undefined where at least one coin's are of whole 24 hours. */
  readonly sinceMs: number | undefined;
  /** The latest moment, where some coins are counted from later than others. */
  readonly someSinceMs: number | undefined;
}

export interface PortfolioView {
  readonly rows: readonly Row[];
  readonly total: Total;
  /** What is held and is no coin, as the frame has it; it is not in the total. */
  readonly cash: NonNullable<Frame['Cash']>;
  /** What that is worth, in USDT. */
  readonly cashValue: Decimal;
  /** Undefined of a server that is older than this page. */
  readonly version: number | undefined;
  readonly day: Change | undefined;
  readonly dayBasis: DayBasis;
  /** What that is made of, by symbol; of cash too where it was asked for. */
  readonly dayPrices: Baselines['day'];
  /**
   * What is in the total and not in its change of the day, because it is not known what it cost: coins, the same list
   * as long as they do not change.
   */
  readonly dayLacking: readonly string[];
  /** What is held and not in the total, because it has no price: coins, the same list as long as they do not change. */
  readonly lacking: readonly string[];
  /** Undefined where nothing has a price, or could have one. */
  readonly fresh: Freshness | undefined;
  readonly simulated: boolean;
  /** Epoch milliseconds. */
  readonly asOfMs: number;
}

/** What was changed here and not confirmed yet: the quantity that is expected, null where the coin was removed. */
export type Expectations = ReadonlyMap<string, string | null>;

/** Where a change is counted from. */
export interface Baselines {
  readonly basis: Basis;
  /** By symbol, what coins cost then. */
  readonly day: ReadonlyMap<string, DayBase>;
}

/** What one coin cost 24 hours ago, or the first price that is known since. */
export interface DayBase {
  /** In USDT. */
  readonly price: Decimal;
  /** In the quote asset; undefined where the server does not say it. */
  readonly quotePrice?: Decimal | undefined;
  /** From when that is, in epoch milliseconds; undefined for 24 hours ago. */
  readonly sinceMs: number | undefined;
}

/** Moments so near to each other count as the same one. */
const sameMs = 5 * 60_000;

/** More than any price has; where a quantity has to be divided by. */
const ratioScale = 18;

/** The same list as before where it says the same. */
const namesOf = (some: readonly Row[], all: readonly Row[], before: readonly string[] | undefined) => {
  const names = namesAmong(some, all);
  return before?.join() === names.join() ? before : names;
};

const signOf = (value: Decimal): Direction => (value.units > 0n ? 'up' : value.units < 0n ? 'down' : 'same');

const beginningOf = (since: readonly (number | undefined)[]): Omit<DayBasis, 'basis'> => {
  const known = since.filter((atMs) => atMs !== undefined);
  if (known.length === 0) return { sinceMs: undefined, someSinceMs: undefined };
  const [firstMs, lastMs] = [Math.min(...known), Math.max(...known)];
  if (known.length < since.length) return { sinceMs: undefined, someSinceMs: lastMs };
  return { sinceMs: firstMs, someSinceMs: lastMs - firstMs < sameMs ? undefined : lastMs };
};

/** What a coin is worth with another quantity, at the same price. */
const totalFor = (coin: FrameCoin, quantity: string): string | null => {
  if (coin.Total === null || coin.Price === null) return null;
  if (coin.Symbol.endsWith('usdt')) return formatDecimal(multiply(exact(quantity), exact(coin.Price)));
  const held = exact(coin.Quantity);
  return held.units === 0n
    ? null
    : formatDecimal(divide(multiply(exact(coin.Total), exact(quantity)), held, ratioScale));
};

/** The frame as it will be once the server has confirmed what was changed here. */
const withExpectations = (frame: Frame, expected: Expectations): readonly FrameCoin[] => {
  if (expected.size === 0) return frame.Coins;
  const coins = frame.Coins.flatMap((coin) => {
    const quantity = expected.get(coin.Symbol);
    if (quantity === undefined || quantity === coin.Quantity) return [coin];
    return quantity === null ? [] : [{ ...coin, Quantity: quantity, Total: totalFor(coin, quantity) }];
  });
  const known = new Set(frame.Coins.map((coin) => coin.Symbol));
  const added = [...expected].flatMap(([symbol, quantity]) =>
    quantity === null || known.has(symbol)
      ? []
      : [{ Symbol: symbol, Quantity: quantity, Price: null, Total: null, PriceTime: null, Stale: true }],
  );
  return [...coins, ...added];
};

const sameChange = (a: Change | undefined, b: Change | undefined): boolean =>
  a?.text === b?.text && a?.percent === b?.percent;

const sameRow = (a: Row, b: Row): boolean =>
  a.ticks === b.ticks &&
  a.base === b.base &&
  a.quote === b.quote &&
  a.quantity === b.quantity &&
  a.quantityText === b.quantityText &&
  a.priceText === b.priceText &&
  a.priceAtMs === b.priceAtMs &&
  a.value === b.value &&
  a.share === b.share &&
  a.stale === b.stale &&
  a.state === b.state &&
  a.stateOf === b.stateOf &&
  a.pending === b.pending &&
  a.daySinceMs === b.daySinceMs &&
  a.valueThen?.units === b.valueThen?.units &&
  sameChange(a.day, b.day) &&
  sameChange(a.priceDay, b.priceDay);

/** What a symbol is priced in, and how. */
export interface Market {
  /** Lower case; empty where it is not known. */
  readonly quote: string;
  /** Decimals of its smallest step of price; 0 where that is not known. */
  readonly decimals: number;
}

export interface ViewInput {
  readonly frame: Frame;
  readonly expected: Expectations;
  readonly baselines: Baselines;
  readonly marketOf: (symbol: string) => Market;
  readonly style: NumberStyle;
  readonly before: { readonly view: PortfolioView; readonly frame: Frame } | undefined;
}

/** Everything the page shows of a frame, in exact arithmetic. */
export const viewOf = ({ frame, expected, baselines, marketOf, style, before }: ViewInput): PortfolioView => {
  const coins = withExpectations(frame, expected);
  const values = coins.map((coin) => (coin.Total === null ? undefined : exact(coin.Total)));
  const total =
    expected.size === 0
      ? exact(frame.TotalValue)
      : values.reduce<Decimal>((sum, value) => add(sum, value ?? zero), zero);
  const asOfMs = Date.parse(frame.AsOf);
  const rowsBefore = new Map(before?.view.rows.map((row) => [row.symbol, row]));
  const pricesBefore = new Map(before?.frame.Coins.map((coin) => [coin.Symbol, coin.Price]));
  let dayOpen = zero;
  let dayNow = zero;
  const since: (number | undefined)[] = [];
  let fresh = zero;

  const rows = coins.map((coin, at): Row => {
    const { Symbol: symbol, Quantity, Price } = coin;
    const value = values[at];
    const quantity = exact(Quantity);
    const last = rowsBefore.get(symbol);
    let then: Decimal | undefined;
    const open = baselines.day.get(symbol);
    if (value) {
      if (open) {
        then = multiply(open.price, quantity);
        dayOpen = add(dayOpen, then);
        dayNow = add(dayNow, value);
        since.push(open.sinceMs);
      }
      if (isFresh(coin, asOfMs)) fresh = add(fresh, value);
    }
    const priceBefore = pricesBefore.get(symbol);
    const moved = typeof priceBefore === 'string' && Price !== null && priceBefore !== Price;
    const market = marketOf(symbol);
    const { base, quote } = pairOf(symbol, coin.QuoteAsset?.toLowerCase() ?? market.quote);
    const priceThen = quote === 'USDT' ? open?.price : open?.quotePrice;
    const day = value && then && changeOf(value, then, style);
    const priceDay = Price === null || priceThen === undefined ? undefined : changeOf(exact(Price), priceThen, style);
    const row: Row = {
      symbol,
      base,
      quote,
      name: coinName(base) ?? base,
      quantity: Quantity,
      quantityText: shortQuantity(Quantity, style),
      price: Price ?? undefined,
      priceText: Price === null ? undefined : grouped(padded(Price, market.decimals), style),
      priceAtMs: coin.Stale && coin.PriceTime !== null ? Date.parse(coin.PriceTime) : undefined,
      value: coin.Total ?? undefined,
      valueText: value && money(value, style),
      share: value && share(value, total, style),
      direction: moved ? signOf(subtract(exact(Price), exact(priceBefore))) : (last?.direction ?? 'same'),
      ticks: (last?.ticks ?? 0) + (moved ? 1 : 0),
      day,
      priceDay,
      valueThen: then,
      daySinceMs: (day ?? priceDay) && open?.sinceMs,
      stale: coin.Stale,
      state: coin.PriceState,
      stateOf: coin.PriceStateOf,
      pending: expected.has(symbol),
    };
    return last && sameRow(last, row) ? last : row;
  });

  const digits = formatDecimal(total);
  const shown = money(total, style);
  const last = before?.view.total;
  // Digits that are not shown point nowhere.
  const moved = last !== undefined && last.text !== shown;
  return {
    rows,
    total: {
      text: shown,
      exact: grouped(digits, style),
      value: total,
      direction: moved ? signOf(subtract(total, last.value)) : (last?.direction ?? 'same'),
      ticks: (last?.ticks ?? 0) + (moved ? 1 : 0),
    },
    cash: frame.Cash ?? [],
    cashValue: frame.NetWorth === undefined ? zero : subtract(exact(frame.NetWorth), exact(frame.TotalValue)),
    version: frame.Version,
    day: dayOpen.units === 0n ? undefined : changeOf(dayNow, dayOpen, style),
    dayBasis: { basis: baselines.basis, ...beginningOf(since) },
    dayPrices: baselines.day,
    dayLacking: namesOf(
      rows.filter(({ symbol, value }) => value !== undefined && !baselines.day.has(symbol)),
      rows,
      before?.view.dayLacking,
    ),
    lacking: namesOf(rows.filter(isLacking), rows, before?.view.lacking),
    fresh: freshnessOf(coins, fresh, total, asOfMs),
    simulated: frame.Simulated === true,
    asOfMs,
  };
};
