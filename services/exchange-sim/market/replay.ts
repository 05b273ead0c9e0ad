import { readFile, stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { AppError, StartError } from '@tickfolio/lib/errors';
import { createBarHistory } from '../bars/bar-history.js';
import { decimalsOf, unitsOf } from './fixed-point.js';
import { type Listing, noteTrade, type PriceSource } from './price-source.js';
import type { SymbolSpec } from './symbols.js';
import type { TimeUnit, Trade } from './trade.js';
import { createTradeHistory } from './trade-history.js';

export interface ReplayOptions {
  /** JSON lines `{"recv":<seconds>,"frame":{"stream","data"}}`, plain or `.gz`. */
  readonly file: string;
  /** How much faster than recorded. Default 1. */
  readonly speed?: number;
  /** Whether `T` and `E` move to the present (default) or stay as recorded. */
  readonly times?: 'shift' | 'keep';
  /** When it begins: at the first subscription (default), so that nobody misses the first frames, or at once. */
  readonly begin?: 'subscription' | 'start';
}

/** A recording being played; `begin` starts it (once). */
export interface Replay extends PriceSource {
  begin(nowMs: number): void;
  readonly isOver: boolean;
}

interface RecordedFrame {
  /** After the first frame, as recorded. */
  readonly offsetMs: number;
  readonly stream: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const maxFileBytes = 256 * 1_048_576;
const quotes = [
  'USDT',
  'USDC',
  'FDUSD',
  'TUSD',
  'BUSD',
  'BTC',
  'ETH',
  'BNB',
  'EUR',
  'TRY',
  'BRL',
  'AUD',
  'GBP',
  'RUB',
  'UAH',
  'NGN',
  'DAI',
  'PAX',
  'TRX',
  'XRP',
  'DOGE',
];

/** @throws StartError when the file cannot be read or holds no frames. */
export const loadReplay = async (options: ReplayOptions): Promise<Replay> =>
  createReplay(await readFrames(options.file), options);

const readFrames = async (
  file: string,
): Promise<{ readonly firstMs: number; readonly frames: readonly RecordedFrame[] }> => {
  let text: string;
  try {
    if ((await stat(file)).size > maxFileBytes) throw new Error('it is too large');
    const bytes = await readFile(file);
    text = (file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: maxFileBytes }) : bytes).toString();
  } catch (err) {
    throw new StartError(
      `The recording ${file} cannot be read: ${err instanceof Error ? err.message : err}. Name another with --replay.`,
    );
  }
  let firstMs = 0;
  const frames: RecordedFrame[] = [];
  for (const line of text.split('\n')) {
    const row = parseLine(line);
    if (!row) continue;
    firstMs ||= row.recvMs;
    frames.push({ offsetMs: row.recvMs - firstMs, stream: row.stream, data: row.data });
  }
  if (frames.length === 0)
    throw new StartError(
      `The recording ${file} holds no frames of the form {"recv":<seconds>,"frame":{"stream","data"}}.`,
    );
  return { firstMs, frames };
};

const parseLine = (
  line: string,
):
  | { readonly recvMs: number; readonly stream: string; readonly data: Readonly<Record<string, unknown>> }
  | undefined => {
  try {
    const { recv, frame } = JSON.parse(line) as { recv?: unknown; frame?: { stream?: unknown; data?: unknown } };
    if (
      typeof recv !== 'number' ||
      typeof frame?.stream !== 'string' ||
      typeof frame.data !== 'object' ||
      frame.data === null
    )
      return undefined;
    return { recvMs: recv * 1_000, stream: frame.stream, data: frame.data as Record<string, unknown> };
  } catch {
    // A line cut off at the end of a recording, or one of another kind.
    return undefined;
  }
};

const createReplay = (
  { firstMs, frames }: Awaited<ReturnType<typeof readFrames>>,
  { speed = 1, times = 'shift' }: ReplayOptions,
): Replay => {
  const listings = new Map<string, Listing>();
  for (const [symbol, spec] of specsOf(frames)) {
    const listing = {
      spec,
      status: spec.status,
      trades: createTradeHistory(100_000),
      bars: createBarHistory(firstMs),
      tickerIsDue: false,
    };
    listings.set(symbol, listing);
  }
  let beganMs: number | undefined;
  let next = 0;
  /** Where a recorded time lies now. Keeps order, and does not touch a kept one. */
  const placed = (timeMs: number): number =>
    times === 'keep' || beganMs === undefined ? timeMs : Math.floor(beganMs + (timeMs - firstMs) / speed);
  const scale = (value: unknown, unit: TimeUnit): unknown =>
    typeof value === 'number' ? placed(value) * (unit === 'us' ? 1_000 : 1) : value;
  const textOf = (data: RecordedFrame['data'], unit: TimeUnit): string =>
    JSON.stringify(
      Array.isArray(data)
        ? data
        : {
            ...data,
            ...('E' in data && { E: scale(data.E, unit) }),
            ...(data.e === 'aggTrade' && { T: scale(data.T, unit) }),
          },
    );

  return {
    listings,
    delist: (symbol) => listings.delete(symbol),
    list: () => {
      throw new AppError('failed_precondition', 'A recording lists what it holds and nothing else.');
    },
    renumber: () => {
      throw new AppError('failed_precondition', 'A recording has the ids that were recorded.');
    },
    setRate: () => {
      throw new AppError('failed_precondition', 'A recording is as lively as it was.');
    },
    begin: (nowMs) => {
      beganMs ??= nowMs;
    },
    get isOver() {
      return next >= frames.length;
    },
    advance: (nowMs, sink) => {
      if (beganMs === undefined) return;
      for (let frame = frames[next]; frame && beganMs + frame.offsetMs / speed <= nowMs; frame = frames[next]) {
        next++;
        const { stream, data } = frame;
        const listing = listings.get(String(data.s));
        const trade = listing && data.e === 'aggTrade' ? tradeOf(listing.spec, data) : undefined;
        if (listing && trade) {
          const moved = { ...trade, timeMs: placed(trade.timeMs), eventMs: placed(trade.eventMs) };
          // The exchange's own duplicates and stragglers are shown as recorded, and kept once.
          if (moved.id >= listing.trades.endId) noteTrade(listing, moved);
          sink.trade(listing, moved);
        } else sink.frame(stream, (unit) => textOf(data, unit));
      }
    },
  };
};

/** The symbols of a recording; tick and lot are as fine as its prices and quantities are. */
const specsOf = (frames: readonly RecordedFrame[]): ReadonlyMap<string, SymbolSpec> => {
  const decimals = new Map<string, { price: number; quantity: number }>();
  for (const { data } of frames) {
    if (typeof data.s !== 'string') continue;
    const seen = decimals.get(data.s) ?? { price: 0, quantity: 0 };
    if (typeof data.p === 'string') seen.price = Math.max(seen.price, decimalsOf(data.p));
    if (typeof data.q === 'string' && data.e === 'aggTrade')
      seen.quantity = Math.max(seen.quantity, decimalsOf(data.q));
    decimals.set(data.s, seen);
  }
  return new Map(
    [...decimals].map(([symbol, { price, quantity }]) => {
      const quote = quotes.find((name) => symbol.endsWith(name) && symbol.length > name.length) ?? symbol.slice(-3);
      const base = symbol.slice(0, -quote.length);
      return [
        symbol,
        {
          symbol,
          base,
          quote,
          priceDecimals: price,
          quantityDecimals: quantity,
          minNotional: '5.00000000',
          status: 'TRADING',
          rate: 1,
        },
      ];
    }),
  );
};

const tradeOf = (spec: SymbolSpec, data: RecordedFrame['data']): Trade | undefined => {
  const ticks = unitsOf(String(data.p), spec.priceDecimals);
  const lots = unitsOf(String(data.q), spec.quantityDecimals);
  const { a: id, f: firstId, l: lastId, T: timeMs, E: eventMs } = data;
  if (ticks === undefined || lots === undefined) return undefined;
  if (
    typeof id !== 'number' ||
    typeof firstId !== 'number' ||
    typeof lastId !== 'number' ||
    typeof timeMs !== 'number' ||
    typeof eventMs !== 'number'
  )
    return undefined;
  return { id, ticks, lots, firstId, lastId, timeMs, eventMs, buyerIsMaker: data.m === true };
};
