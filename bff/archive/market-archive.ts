import type { CandleRange } from '@tickfolio/api/market';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import { archiveNames } from '@tickfolio/lib/events/archive';
import { simulatedMark } from '@tickfolio/lib/events/mini-ticker';
import { createArchiveMidnights, type Midnight } from './archive-midnights.js';
import { createArchiveOpens, type OpensAt } from './archive-opens.js';
import { createArchiveReader } from './archive-reader.js';
import { createArchiveTrails, type TrailPoint } from './archive-trails.js';
import { createKeptAnswers } from './kept-answers.js';

/** A stretch of time of a symbol; prices are exact decimal texts. */
export interface Candle {
  readonly atMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What a chart can ask for, made of the archive's rollups: at most 400 candles each. */
export const candleRanges = {
  '1h': { spanMs: hourMs, stepMs: minuteMs },
  '6h': { spanMs: 6 * hourMs, stepMs: 2 * minuteMs },
  '24h': { spanMs: dayMs, stepMs: 10 * minuteMs },
  '7d': { spanMs: 7 * dayMs, stepMs: hourMs },
  '30d': { spanMs: 30 * dayMs, stepMs: 4 * hourMs },
  '1y': { spanMs: 365 * dayMs, stepMs: dayMs },
} as const satisfies Readonly<Record<CandleRange, object>>;

/** What was traded in 24 hours, exact, in the base and in the quote asset. */
export interface Volume {
  /** The end of the 24 hours. */
  readonly atMs: number;
  readonly base: string;
  readonly quote: string;
}

/** The 24 hours before a symbol's newest ticker, as the exchange counts them; prices are exact decimal texts. */
export interface DayTicker {
  /** The end of the 24 hours. */
  readonly atMs: number;
  /** What it cost at their beginning. */
  readonly open: string;
  readonly high: string;
  readonly low: string;
}

/**
 * Prices of the past, where there is an archive. @throws AppError unavailable where there is none, or it does not
 * answer
 */
export interface MarketArchive {
  /** Oldest first; minutes without a ticker are left out. */
  candles(symbol: string, range: CandleRange): Promise<readonly Candle[]>;
  /** Today's (UTC) stretch so far; undefined when there is none. */
  today(symbol: string): Promise<Candle | undefined>;
  /** Of the newest ticker, of the last hour; undefined when there is none, or when it did not say. */
  volume(symbol: string): Promise<Volume | undefined>;
  /**
   * The newest price of a symbol, however old; undefined where there is none, or no archive at all.
   * @param simulated of which kind; undefined for either
   */
  last(symbol: string, simulated: boolean | undefined): Promise<TrailPoint | undefined>;
  /** By symbol, of all whose newest ticker is of the last hour; one reading for whoever asks. */
  days(simulated: boolean): Promise<ReadonlyMap<string, DayTicker>>;
  /** What symbols cost 24 hours before that moment. */
  readonly opensAt: OpensAt;
  /** What symbols cost at that moment. */
  readonly pricesAt: OpensAt;
  readonly midnight: Midnight;
  /** The closes of the last minutes, by symbol. */
  trails(symbols: readonly string[]): Promise<ReadonlyMap<string, readonly TrailPoint[]>>;
}

export interface MarketArchiveOptions {
  /** Undefined while there is no ClickHouse. */
  readonly clickhouse: () => ClickHouse | undefined;
  readonly database: string;
  readonly table: string;
  readonly clock: Clock;
}

/** The one in force and the next, of either kind. */
const maxDayMoments = 4;
/** The midnights of all zones, the hours of a week and of a month ago, and the ones before them. */
const maxBasisMoments = 64;
/** More than any exchange lists. */
const maxSymbols = 10_000;

interface CandleAnswer {
  readonly at: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
}

const toCandle = ({ at, ...prices }: CandleAnswer): Candle => ({ ...prices, atMs: Number(at) * 1_000 });

export const createMarketArchive = ({
  clickhouse,
  database,
  table: prefix,
  clock,
}: MarketArchiveOptions): MarketArchive => {
  const { rows: tickers, latest, minutes, hours } = archiveNames(database, prefix);
  /** SQL of the moment of the newest ticker: what is dated later was dated wrongly. @param of which symbols */
  const newestAt = (of: string) =>
    `ifNull((SELECT maxOrNull(l.event_time) FROM ${latest} AS l WHERE l.symbol ${of}), toDateTime64('2105-12-31 00:00:00', 3, 'UTC'))`;
  const newest = newestAt('= {symbol:String}');
  const { ask, read } = createArchiveReader({ clickhouse, clock });
  /** Many viewers of a coin cost one query. */
  const shared = createKeptAnswers(clock);
  const columns =
    'argMin(c.open, c.start) AS open, max(c.high) AS high, min(c.low) AS low, argMax(c.close, c.start) AS close';

  return {
    candles: (symbol, range) =>
      shared(`candles ${symbol} ${range}`, async () => {
        const { spanMs, stepMs } = candleRanges[range];
        const fromMs = Math.floor((clock.now() - spanMs) / stepMs + 1) * stepMs;
        const rows = await read<CandleAnswer>(
          `SELECT intDiv(toUnixTimestamp(c.start), {step:UInt32}) * {step:UInt32} AS at, ${columns}
           FROM ${stepMs < hourMs ? minutes : hours} AS c
           WHERE c.symbol = {symbol:String} AND c.start >= toDateTime({from:UInt32}) AND c.start <= ${newest}
           GROUP BY at ORDER BY at`,
          { symbol: symbol.toUpperCase(), step: stepMs / 1_000, from: fromMs / 1_000 },
          spanMs / stepMs + 2,
        );
        return rows.map(toCandle);
      }),
    today: (symbol) => {
      const midnight = Math.floor(clock.now() / dayMs) * (dayMs / 1_000);
      return shared(`today ${symbol} ${midnight}`, async () => {
        const [row] = await read<CandleAnswer>(
          `SELECT {from:UInt32} AS at, ${columns} FROM ${minutes} AS c
           WHERE c.symbol = {symbol:String} AND c.start >= toDateTime({from:UInt32}) AND c.start <= ${newest} GROUP BY c.symbol`,
          { symbol: symbol.toUpperCase(), from: midnight },
          1,
        );
        return row && toCandle(row);
      });
    },
    volume: (symbol) =>
      shared(`volume ${symbol}`, async () => {
        const [row] = await read<{ at: string; base: string | null; quote: string | null }>(
          `SELECT toUnixTimestamp64Milli(t.event_time) AS at, t.volume AS base, t.quote_volume AS quote FROM ${tickers} AS t
           WHERE t.symbol = {symbol:String} AND t.event_time >= fromUnixTimestamp64Milli({from:Int64})
             AND t.event_time <= ${newest}
           ORDER BY t.symbol DESC, t.event_time DESC, t.message_id DESC LIMIT 1`,
          { symbol: symbol.toUpperCase(), from: clock.now() - hourMs },
          1,
        );
        return typeof row?.base === 'string' && typeof row.quote === 'string'
          ? { atMs: Number(row.at), base: row.base, quote: row.quote }
          : undefined;
      }),
    last: (symbol, simulated) =>
      shared(`last ${symbol} ${simulated}`, async () => {
        const rows = await ask<{ at: string; price: string }>(
          `SELECT toUnixTimestamp64Milli(t.event_time) AS at, t.close_price AS price FROM ${tickers} AS t
           WHERE t.symbol = {symbol:String} AND ({either:UInt8} OR startsWith(t.event_type, '${simulatedMark}') = {simulated:UInt8})
             AND t.event_time <= ${newest}
           ORDER BY t.symbol DESC, t.event_time DESC, t.message_id DESC LIMIT 1`,
          { symbol: symbol.toUpperCase(), either: simulated === undefined ? 1 : 0, simulated: simulated ? 1 : 0 },
          1,
        );
        const row = rows?.[0];
        return row && { atMs: Number(row.at), price: row.price };
      }),
    days: (simulated) =>
      shared(`days ${simulated}`, async () => {
        const rows = await read<{ symbol: string; at: string; open: string; high: string; low: string }>(
          `SELECT t.symbol AS symbol, toUnixTimestamp64Milli(t.event_time) AS at, t.open_price AS open, t.high_price AS high, t.low_price AS low
           FROM ${latest} AS t WHERE startsWith(t.event_type, '${simulatedMark}') = {simulated:UInt8}
             AND t.event_time >= fromUnixTimestamp64Milli({from:Int64}) AND t.open_price > 0`,
          { simulated: simulated ? 1 : 0, from: clock.now() - hourMs },
          maxSymbols,
        );
        return new Map(
          rows.map(({ symbol, at, ...prices }) => [symbol.toLowerCase(), { ...prices, atMs: Number(at) }]),
        );
      }),
    opensAt: createArchiveOpens({ read, rows: tickers, price: 'open', maxMoments: maxDayMoments, clock }),
    pricesAt: createArchiveOpens({ read, rows: tickers, price: 'close', maxMoments: maxBasisMoments, clock }),
    midnight: createArchiveMidnights({ read, rows: tickers, clock }),
    trails: createArchiveTrails({ read, minutes, newestAt, clock }).of,
  };
};
