import type { Clock } from '@tickfolio/client/clock';
import type { Connection } from '@tickfolio/client/connection';
import type { Frame } from '@tickfolio/client/frame';
import type { NumberStyle } from '@tickfolio/lib/look/amount';
import type { Basis } from '../display/choices.js';
import { type CoinStep, createExpectedChanges, type ExpectedChange } from './expected-changes.js';
import { type Holding, holdingsOf } from './holdings.js';
import { type DayBase, type Market, type PortfolioView, viewOf } from './portfolio-view.js';
import type { PriceTrails } from './price-trails.js';

export type DayBases = ReadonlyMap<string, DayBase>;

/** Where changes are counted from, and what comes into force next, for every page with the same frame. */
export interface DayPlan {
  /** What these prices are of; the view names its changes by it. */
  readonly basis: Basis;
  readonly now: DayBases;
  /** Of frames from this moment on they are prices of another basis; by the clock of frames, epoch milliseconds. */
  readonly untilMs?: number | undefined;
  /** `fromMs` by the clock of frames, epoch milliseconds. */
  readonly next?: { readonly fromMs: number; readonly bases: DayBases } | undefined;
}

export interface LiveState {
  /** Undefined until the first frame. */
  readonly view: PortfolioView | undefined;
  /** The rows of the view by their assets; the same list while none of them changed. */
  readonly holdings: readonly Holding[];
  readonly connection: Connection;
}

/**
 * The live portfolio for the page: frames go in at any pace, changes come out at most once per picture of the screen.
 */
export interface PortfolioStore {
  readonly state: LiveState;
  /** The newest frame as it came; for what needs exact prices. */
  readonly frame: Frame | undefined;
  subscribe(listener: () => void): () => void;
  takeFrame(frame: Frame): void;
  setConnection(connection: Connection): void;
  setStyle(style: NumberStyle): void;
  /** What is listed, by symbol. */
  setMarkets(markets: ReadonlyMap<string, Market>): void;
  /** Of the smallest step of a symbol's price; 0 where that is not known. */
  decimalsOf(symbol: string): number;
  setDayBases(plan: DayPlan): void;
  /** Of the newest plan. */
  readonly basis: Basis;
  /** Shows a change as made until a frame has it, or `settle` was called without an answer. */
  expect(symbol: string, step: CoinStep): ExpectedChange;
  /** What is held with everything that is expected, exact; undefined for nothing. */
  heldOf(symbol: string): string | undefined;
  /** A moment by the server's clock, which frames tell; this computer's may be wrong. @param ownMs by this computer's */
  serverTime(ownMs: number): number;
  /** Called with every frame, before it is shown. */
  onFrame(listener: (frame: Frame) => void): () => void;
  clear(): void;
}

export interface PortfolioStoreDeps {
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  /** Runs before the next picture of the screen. */
  readonly schedule: (run: () => void) => void;
  readonly trails: PriceTrails;
}

/** Quote assets that symbols end with, while the list of symbols is not there. */
const usualQuotes = ['usdt', 'usdc', 'fdusd', 'tusd', 'btc', 'eth', 'bnb', 'eur', 'try', 'brl'];

/** A replica compares what it shows every 20 s. */
const maxBehindMs = 30_000;

const noDay: DayPlan = { basis: '24h', now: new Map() };
const nothing = { view: undefined, holdings: [] } as const;

const usualMarket = (symbol: string): Market => ({
  quote: usualQuotes.find((quote) => symbol.endsWith(quote)) ?? '',
  decimals: 0,
});

export const createPortfolioStore = ({ clock, schedule, trails }: PortfolioStoreDeps): PortfolioStore => {
  let style: NumberStyle = { group: ',', point: '.' };
  let state: LiveState = { ...nothing, connection: 'connecting' };
  let frame: Frame | undefined;
  let shown: { view: PortfolioView; frame: Frame } | undefined;
  let scheduled = false;
  let markets: ReadonlyMap<string, Market> = new Map();
  let day: DayPlan = noDay;
  const listeners = new Set<() => void>();
  const frameListeners = new Set<(frame: Frame) => void>();

  const marketOf = (symbol: string): Market => markets.get(symbol) ?? usualMarket(symbol);
  const dayAt = (atMs: number): DayBases => {
    if (day.untilMs !== undefined && atMs >= day.untilMs) return noDay.now;
    return day.next && atMs >= day.next.fromMs ? day.next.bases : day.now;
  };
  const publish = () => {
    scheduled = false;
    if (frame) {
      const baselines = { basis: day.basis, day: dayAt(Date.parse(frame.AsOf)) };
      const view = viewOf({ frame, expected: expected.quantities(), baselines, marketOf, style, before: shown });
      shown = { view, frame };
      state = { ...state, view, holdings: holdingsOf(view.rows, view.total.value, style, state.holdings) };
    }
    for (const listener of listeners) listener();
  };
  const change = () => {
    if (scheduled) return;
    scheduled = true;
    schedule(publish);
  };
  const framedOf = (symbol: string) => frame?.Coins.find((coin) => coin.Symbol === symbol)?.Quantity;
  /** The version that is shown, and since when frames of an older one come. */
  let newest = 0;
  /** This computer's clock before the server's. */
  let aheadMs = 0;
  let olderSinceMs: number | undefined;
  /**
   * Of a replica that has not heard of the newest changes: it compares within seconds. For longer it is a database
   * restored from before.
   */
  const isOlder = ({ Version = newest }: Frame): boolean => {
    if (Version < newest) {
      olderSinceMs ??= clock.monotonic();
      if (clock.monotonic() - olderSinceMs < maxBehindMs) return true;
    }
    newest = Version;
    olderSinceMs = undefined;
    return false;
  };
  const expected = createExpectedChanges({ clock, heldOf: framedOf, changed: change });

  return {
    get state() {
      return state;
    },
    get frame() {
      return frame;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    takeFrame: (next) => {
      if (isOlder(next)) return;
      if (frame && (frame.Simulated === true) !== (next.Simulated === true)) trails.clear();
      frame = next;
      aheadMs = clock.now() - Date.parse(next.AsOf);
      for (const { Symbol: symbol, Price, PriceTime } of next.Coins)
        if (Price !== null && PriceTime !== null) trails.add(symbol, Date.parse(next.AsOf), Price);
      expected.takeFrame(next);
      for (const listener of frameListeners) listener(next);
      change();
    },
    setConnection: (connection) => {
      if (connection === state.connection) return;
      state = { ...state, connection };
      change();
    },
    setStyle: (next) => {
      if (next === style) return;
      style = next;
      shown = undefined;
      change();
    },
    setMarkets: (next) => {
      markets = next;
      change();
    },
    decimalsOf: (symbol) => marketOf(symbol).decimals,
    setDayBases: (plan) => {
      day = plan;
      change();
    },
    get basis() {
      return day.basis;
    },
    expect: expected.begin,
    heldOf: (symbol) => {
      const quantity = expected.quantities().get(symbol);
      return quantity === undefined ? framedOf(symbol) : (quantity ?? undefined);
    },
    serverTime: (ownMs) => ownMs - aheadMs,
    onFrame: (listener) => {
      frameListeners.add(listener);
      return () => void frameListeners.delete(listener);
    },
    clear: () => {
      frame = undefined;
      shown = undefined;
      expected.clear();
      newest = 0;
      olderSinceMs = undefined;
      day = noDay;
      state = { ...nothing, connection: 'connecting' };
      change();
    },
  };
};
