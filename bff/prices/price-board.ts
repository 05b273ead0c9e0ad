import type { Clock } from '@tickfolio/lib/clock';
import { type Decimal, formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import type { LastPrice } from '@tickfolio/lib/price-bus';
import type { FeedWord } from '../market/aggregator-client.js';
import { createExchangeClock, type ExchangeClock } from '../market/exchange-clock.js';
import { type PriceState, priceStateOf, type Standing } from '../market/price-state.js';
import { coinText } from './coin-text.js';
import { createFrameClock, type FrameClock } from './frame-clock.js';
import type { Listing } from './listing.js';
import { createPriceAges } from './price-age.js';
import { isLater, type KnownReading, type PriceReading } from './price-reading.js';

interface Entry extends Listing {
  quoteAsset: string | undefined;
  conversion: Entry | undefined;
  readonly dependents: Set<Entry>;
  reading: KnownReading | undefined;
  state: PriceState;
  /** The conversion's symbol, where the state is that one's. */
  stateOf: string | undefined;
  priceUsdt: Decimal | undefined;
  beforeTotal: string;
  afterTotal: string;
}

export interface PriceBoardOptions {
  readonly clock: Clock;
  /** A price that is older is stale. */
  readonly staleAfterMs: number;
  /**
   * By which the age of what was read is counted; whenever it is set every age is counted anew. Default: one that was
   * told nothing.
   */
  readonly exchange?: ExchangeClock;
  /** By which frames tell when prices came. Default: one of its own. */
  readonly frames?: FrameClock;
  /** Default: no list is known. */
  readonly standing?: (symbol: string) => Standing | undefined;
}

/** The last price of every symbol that is or was needed here. Bounded by the symbols the exchange lists. */
export interface PriceBoard {
  /** Tells every listing whose shown state changes from now on. */
  connect(onChange: (listing: Listing) => void): void;
  /** @param quoteAsset lower case; anything but `usdt` is converted through `<quoteAsset>usdt`. */
  listing(symbol: string, quoteAsset: string): Listing;
  /**
   * Takes a reading unless a later one is known, or it is of the other kind. @returns whether it was taken. @throws
   * AppError for a price that is no decimal.
   */
  take(reading: PriceReading): boolean;
  /** The last reading; its price is canonical. */
  last(symbol: string): LastPrice | undefined;
  /** When the last reading came, or its trade was made, by the frames' clock: epoch milliseconds. */
  cameAt(symbol: string): number | undefined;
  /** Whether the price is old, missing, or of a feed that is broken. */
  isStale(symbol: string): boolean;
  /**
   * @param feeds the words about symbols' feeds; what is not named is taken as working
   * @param isDown nothing can arrive, whatever they say
   */
  setFeeds(feeds: ReadonlyMap<string, FeedWord>, isDown: boolean): void;
  /**
   * Whether prices are simulated now. What is known of the other kind is forgotten: the two never stand in one frame.
   */
  setSimulated(simulated: boolean): void;
  /** Finds what changed by the passing of time. */
  sweep(): void;
}

export const createPriceBoard = (options: PriceBoardOptions): PriceBoard => {
  const { clock, staleAfterMs, standing = () => undefined } = options;
  const { exchange = createExchangeClock(clock), frames = createFrameClock(clock) } = options;
  const ageOf = createPriceAges({ clock, exchange, frames });
  const entries = new Map<string, Entry>();
  let feeds: ReadonlyMap<string, FeedWord> = new Map();
  let isDown = false;
  let simulated: boolean | undefined;
  const shows: ((listing: Listing) => void)[] = [];

  const ownState = ({ symbol, reading }: Entry): PriceState =>
    priceStateOf({
      feed: feeds.get(symbol),
      isDown,
      standing: standing(symbol),
      hasPrice: reading !== undefined,
      isOld: reading !== undefined && clock.monotonic() - reading.age.fromMs > staleAfterMs,
    });
  const wordOf = (entry: Entry): Pick<Entry, 'state' | 'stateOf'> => {
    const own = ownState(entry);
    if (own !== 'live' || !entry.conversion) return { state: own, stateOf: undefined };
    return { state: ownState(entry.conversion), stateOf: entry.conversion.symbol };
  };
  const entryOf = (symbol: string): Entry => {
    let entry = entries.get(symbol);
    if (!entry) {
      const none = {
        quoteAsset: undefined,
        conversion: undefined,
        reading: undefined,
        priceUsdt: undefined,
        stateOf: undefined,
      };
      entry = { symbol, ...none, dependents: new Set(), state: 'waiting', beforeTotal: '', afterTotal: '' };
      write(entry);
      entries.set(symbol, entry);
    }
    return entry;
  };

  const write = (entry: Entry) => {
    const { reading, conversion } = entry;
    const { state, stateOf } = wordOf(entry);
    entry.state = state;
    entry.stateOf = stateOf;
    const rate = conversion?.reading?.value;
    entry.priceUsdt = reading && (conversion === undefined ? reading.value : rate && multiply(reading.value, rate));
    const { beforeTotal, afterTotal } = coinText(entry);
    entry.beforeTotal = beforeTotal;
    entry.afterTotal = afterTotal;
  };
  const render = (entry: Entry) => {
    write(entry);
    for (const show of shows) show(entry);
  };
  const renderChanged = () => {
    for (const entry of entries.values()) {
      const { state, stateOf } = wordOf(entry);
      if (entry.state !== state || entry.stateOf !== stateOf) render(entry);
    }
  };
  const renderAll = () => {
    for (const entry of entries.values()) render(entry);
  };

  /** Counts every age anew: one of the clocks was set. */
  const retime = () => {
    for (const { reading } of entries.values()) {
      if (!reading) continue;
      reading.age = ageOf(reading);
    }
    renderAll();
  };
  exchange.connect(retime);

  return {
    connect: (show) => {
      shows.push(show);
    },
    listing: (symbol, quoteAsset) => {
      const entry = entryOf(symbol);
      if (entry.quoteAsset !== undefined) return entry;
      entry.quoteAsset = quoteAsset;
      if (quoteAsset !== 'usdt') {
        entry.conversion = entryOf(`${quoteAsset}usdt`);
        entry.conversion.dependents.add(entry);
      }
      if (entry.reading) render(entry);
      else write(entry);
      return entry;
    },
    take: (reading) => {
      const entry = entryOf(reading.symbol);
      if (simulated !== undefined && reading.simulated !== undefined && reading.simulated !== simulated) return false;
      if (entry.reading && !isLater(reading, entry.reading)) return false;
      const value = parseDecimal(reading.price);
      const { timeMs, tradeId, second, revision, kept } = reading;
      const arrivedMs = kept ? undefined : clock.monotonic();
      entry.reading = {
        timeMs,
        tradeId,
        second,
        revision,
        // What arrives is of the kind that arrives now; what was kept need not be.
        simulated: reading.simulated ?? (kept ? undefined : simulated),
        value,
        text: formatDecimal(value),
        timeText: new Date(timeMs).toISOString(),
        arrivedMs,
        age: ageOf({ timeMs, arrivedMs }),
      };
      render(entry);
      for (const dependent of entry.dependents) if (dependent.reading) render(dependent);
      return true;
    },
    last: (symbol) => {
      const reading = entries.get(symbol)?.reading;
      if (!reading) return undefined;
      const { text: price, timeMs, tradeId } = reading;
      return {
        symbol,
        price,
        timeMs,
        tradeId,
        ...(reading.simulated === undefined ? {} : { simulated: reading.simulated }),
      };
    },
    cameAt: (symbol) => {
      const reading = entries.get(symbol)?.reading;
      return reading && frames.at(reading.age.fromMs);
    },
    isStale: (symbol) => {
      const entry = entries.get(symbol);
      return entry === undefined || wordOf(entry).state !== 'live';
    },
    setFeeds: (nextFeeds, nextIsDown) => {
      feeds = nextFeeds;
      isDown = nextIsDown;
      renderChanged();
    },
    setSimulated: (next) => {
      simulated = next;
      const strange = [...entries.values()].filter(({ reading }) => reading?.simulated === !next);
      for (const entry of strange) entry.reading = undefined;
      if (strange.length > 0) renderAll();
    },
    sweep: () => {
      if (frames.look()) retime();
      else renderChanged();
    },
  };
};
