import type { Clock } from '@tickfolio/lib/clock';
import { type Decimal, formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import { isLaterPrice } from '@tickfolio/lib/price-bus';

/** A trade price as it arrives; texts are decimal, `symbol` is lower case. */
export interface PriceReading {
  readonly symbol: string;
  readonly price: string;
  /** Trade time, epoch milliseconds. */
  readonly timeMs: number;
  /** Aggregate trade id. */
  readonly tradeId: number;
  /** Start of the second and its revision, where the reading comes from one. */
  readonly second?: number;
  readonly revision?: number;
}

/** What the board knows of one symbol. Parsed and rendered once per reading, then shared by all who hold the symbol. */
export interface Listing {
  readonly symbol: string;
  /** The listing that turns this one's price into USDT; undefined where the price is in USDT already. */
  readonly conversion: Listing | undefined;
  /** Undefined while the price, or the one it is converted with, is not known. */
  readonly priceUsdt: Decimal | undefined;
  /** A coin's part of a frame from the price up to the digits of its total, `"Price":"1.5","Total":"`, or up to the end of `null`. */
  readonly beforeTotal: string;
  /** The rest of the coin's part, `","PriceTime":…,"Stale":…}`. */
  readonly afterTotal: string;
}

/** What is kept of a reading. */
interface KnownReading {
  readonly timeMs: number;
  readonly tradeId: number;
  readonly second: number | undefined;
  readonly revision: number | undefined;
  readonly value: Decimal;
  readonly text: string;
  readonly timeText: string;
}

interface Entry extends Listing {
  conversion: Entry | undefined;
  readonly dependents: Set<Entry>;
  reading: KnownReading | undefined;
  feedFault: boolean;
  stale: boolean;
  priceUsdt: Decimal | undefined;
  beforeTotal: string;
  afterTotal: string;
}

export interface PriceBoardOptions {
  readonly clock: Clock;
  /** A price whose trade is older than this is stale. */
  readonly staleAfterMs: number;
  /** Called with every listing whose shown state changed. */
  readonly onChange: (listing: Listing) => void;
}

/** The last price of every symbol that is or was needed here. Bounded by the symbols the exchange lists. */
export interface PriceBoard {
  /** @param quoteAsset lower case; anything but `usdt` is converted through `<quoteAsset>usdt`. */
  listing(symbol: string, quoteAsset: string): Listing;
  /** Takes a reading unless a later one is known. @returns whether it was taken. @throws AppError for a price that is no decimal. */
  take(reading: PriceReading): boolean;
  /** The trade time of the last reading, epoch milliseconds. */
  priceTime(symbol: string): number | undefined;
  /** Whether the price is old, missing, or of a feed that is broken. */
  isStale(symbol: string): boolean;
  /** Whether a symbol's feed works; what is not named is taken as working unless `allBroken`. */
  setFeedFaults(broken: ReadonlySet<string>, allBroken: boolean): void;
  /** Finds what became stale by the passing of time. */
  sweep(): void;
}

const isLater = (next: PriceReading, known: KnownReading): boolean => {
  if (next.tradeId !== known.tradeId) return isLaterPrice(next, known);
  return next.second !== undefined && next.second === known.second && (next.revision ?? 0) > (known.revision ?? 0);
};

export const createPriceBoard = ({ clock, staleAfterMs, onChange }: PriceBoardOptions): PriceBoard => {
  const entries = new Map<string, Entry>();
  let broken: ReadonlySet<string> = new Set();
  let allBroken = false;

  const entryOf = (symbol: string): Entry => {
    let entry = entries.get(symbol);
    if (!entry) {
      entry = {
        symbol,
        conversion: undefined,
        dependents: new Set(),
        reading: undefined,
        feedFault: allBroken || broken.has(symbol),
        stale: true,
        priceUsdt: undefined,
        beforeTotal: '"Price":null,"Total":null',
        afterTotal: ',"PriceTime":null,"Stale":true}',
      };
      entries.set(symbol, entry);
    }
    return entry;
  };
  const isStale = (entry: Entry): boolean =>
    entry.feedFault ||
    entry.reading === undefined ||
    clock.now() - entry.reading.timeMs > staleAfterMs ||
    (entry.conversion !== undefined && isStale(entry.conversion));

  const render = (entry: Entry) => {
    const { reading, conversion } = entry;
    entry.stale = isStale(entry);
    if (reading) {
      const rate = conversion?.reading?.value;
      entry.priceUsdt = conversion === undefined ? reading.value : rate && multiply(reading.value, rate);
      entry.beforeTotal = `"Price":"${reading.text}","Total":${entry.priceUsdt ? '"' : 'null'}`;
    }
    const time = reading ? `"${reading.timeText}"` : 'null';
    entry.afterTotal = `${entry.priceUsdt ? '"' : ''},"PriceTime":${time},"Stale":${entry.stale}}`;
    onChange(entry);
  };

  return {
    listing: (symbol, quoteAsset) => {
      const entry = entryOf(symbol);
      if (quoteAsset !== 'usdt' && !entry.conversion) {
        entry.conversion = entryOf(`${quoteAsset}usdt`);
        entry.conversion.dependents.add(entry);
        if (entry.reading) render(entry);
      }
      return entry;
    },
    take: (reading) => {
      const entry = entryOf(reading.symbol);
      if (entry.reading && !isLater(reading, entry.reading)) return false;
      const value = parseDecimal(reading.price);
      const { timeMs, tradeId, second, revision } = reading;
      entry.reading = { timeMs, tradeId, second, revision, value, text: formatDecimal(value), timeText: new Date(timeMs).toISOString() };
      render(entry);
      for (const dependent of entry.dependents) if (dependent.reading) render(dependent);
      return true;
    },
    priceTime: (symbol) => entries.get(symbol)?.reading?.timeMs,
    isStale: (symbol) => {
      const entry = entries.get(symbol);
      return entry === undefined || isStale(entry);
    },
    setFeedFaults: (nextBroken, nextAllBroken) => {
      broken = nextBroken;
      allBroken = nextAllBroken;
      for (const entry of entries.values()) entry.feedFault = allBroken || broken.has(entry.symbol);
      for (const entry of entries.values()) if (entry.stale !== isStale(entry)) render(entry);
    },
    sweep: () => {
      for (const entry of entries.values()) if (entry.stale !== isStale(entry)) render(entry);
    },
  };
};
