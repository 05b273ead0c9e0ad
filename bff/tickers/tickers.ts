import { randomUUID } from 'node:crypto';
import type { MiniTicker } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { compare, type Decimal, parseDecimal } from '@tickfolio/lib/money';
import type { Symbols } from '../market/symbols.js';
import type { PriceBoard } from '../prices/price-board.js';
import type { PastPrices } from './past-prices.js';
import type { TickerBoard } from './ticker-board.js';
import { type TickerRow, tickerRow } from './ticker-rows.js';
import { usdtRate } from './usdt-rates.js';

/** All symbols in one moment. */
export interface TickerSnapshot {
  /** Changes with what stands in it. */
  readonly id: string;
  /** By the exchange's clock, epoch milliseconds. */
  readonly asOfMs: number;
  readonly stale: string | undefined;
  readonly simulated: boolean | undefined;
  /** The most traded ones first, ties by symbol. */
  readonly rows: readonly TickerRow[];
}

export interface Tickers {
  /** Of now, or of less than a second ago. */
  now(): TickerSnapshot;
  /** One of which a page was given out; undefined when that was too long ago. */
  kept(id: string): TickerSnapshot | undefined;
  /** Keeps a snapshot, so that its next page can be had. */
  keep(snapshot: TickerSnapshot): void;
  row(symbol: string): TickerRow | undefined;
}

export interface TickersDeps {
  readonly board: TickerBoard;
  readonly past: Pick<PastPrices, 'hourAgo' | 'version' | 'weekAgo'>;
  readonly symbols: Pick<Symbols, 'assets' | 'revision' | 'standing'>;
  /** Of what is followed trade by trade. */
  readonly prices: Pick<PriceBoard, 'last'>;
  readonly exchangeNow: () => number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

const snapshotMs = 1_000;
const minuteMs = 60_000;
const keptForMs = 60_000;
/** Some 2 MB each of a whole exchange. */
const maxKept = 10;

export const createTickers = (deps: TickersDeps): Tickers => {
  const { board, past, symbols, prices, exchangeNow, clock } = deps;
  /** What is the same of two processes' counts is not the same snapshot. */
  const process = randomUUID().slice(0, 8);
  const kept = new Map<string, { readonly snapshot: TickerSnapshot; readonly atMs: number }>();
  let newest: { readonly snapshot: TickerSnapshot; readonly atMs: number; readonly state: string } | undefined;
  let made = 0;

  const makeRow = (ticker: MiniTicker, rateOf: (quote: string) => Decimal | undefined, nowMs: number) => {
    const { symbol } = ticker;
    const assets = symbols.assets(symbol);
    const standing = symbols.standing(symbol);
    if (!assets || (standing !== 'trading' && standing !== 'paused')) return undefined;
    return tickerRow({
      ticker,
      base: assets.BaseAsset,
      quote: assets.QuoteAsset,
      status: standing,
      last: prices.last(symbol),
      hourAgo: past.hourAgo(symbol, nowMs),
      weekAgo: past.weekAgo(symbol, nowMs),
      rate: rateOf(assets.QuoteAsset),
    });
  };
  const make = (): TickerSnapshot => {
    const nowMs = exchangeNow();
    const rates = new Map<string, Decimal | undefined>();
    const rateOf = (quote: string) => {
      if (!rates.has(quote)) rates.set(quote, usdtRate(board, quote));
      return rates.get(quote);
    };
    const rows = [...board.all()].flatMap((ticker) => {
      const row = makeRow(ticker, rateOf, nowMs);
      const volume = row?.quoteVolumeUsdt24h;
      return row ? [{ row, volume: parseDecimal(volume ?? '-1') }] : [];
    });
    rows.sort((a, b) => compare(b.volume, a.volume) || (a.row.symbol < b.row.symbol ? -1 : 1));
    return {
      id: `${process}-${(++made).toString(36)}`,
      asOfMs: Math.max(nowMs, board.newestMs ?? 0),
      stale: board.fault,
      simulated: board.simulated,
      rows: rows.map(({ row }) => row),
    };
  };
  return {
    now: () => {
      const atMs = clock.monotonic();
      if (newest && atMs - newest.atMs < snapshotMs) return newest.snapshot;
      // What was noted of the past changes with the minute.
      const state = `${board.version} ${past.version} ${symbols.revision} ${Math.floor(exchangeNow() / minuteMs)}`;
      newest = { snapshot: newest?.state === state ? newest.snapshot : make(), atMs, state };
      return newest.snapshot;
    },
    kept: (id) => {
      const one = kept.get(id);
      return one && clock.monotonic() - one.atMs < keptForMs ? one.snapshot : undefined;
    },
    keep: (snapshot) => {
      kept.delete(snapshot.id);
      kept.set(snapshot.id, { snapshot, atMs: clock.monotonic() });
      const [oldest] = kept.keys();
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    },
    row: (symbol) => {
      const ticker = board.of(symbol);
      return ticker && makeRow(ticker, (quote) => usdtRate(board, quote), exchangeNow());
    },
  };
};
