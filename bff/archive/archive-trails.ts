import type { Clock } from '@tickfolio/lib/clock';
import type { ArchiveReader } from './archive-reader.js';
import { createSymbolReadings, type SymbolReadings } from './symbol-readings.js';

/** A price at a moment, exact decimal text. */
export interface TrailPoint {
  readonly atMs: number;
  readonly price: string;
}

export interface ArchiveTrailsDeps extends Pick<ArchiveReader, 'read'> {
  /** The table of candles of a minute. */
  readonly minutes: string;
  /** SQL of the moment of the newest ticker. @param of which symbols */
  readonly newestAt: (of: string) => string;
  readonly clock: Clock;
}

const minuteMs = 60_000;
const trailSpanMs = 30 * minuteMs;
/** A trail has a point a minute. */
const keptMs = 15_000;
/** A trail that is not there may be about to come. */
const lackingMs = 10_000;

/** The closes of the last minutes, by symbol. */
export const createArchiveTrails = ({
  read,
  minutes,
  newestAt,
  clock,
}: ArchiveTrailsDeps): SymbolReadings<readonly TrailPoint[]> => {
  const readTrails = async (symbols: readonly string[]) => {
    const rows = await read<{ symbol: string; at: string; close: string }>(
      `SELECT c.symbol AS symbol, toUnixTimestamp(c.start) AS at, c.close AS close FROM ${minutes} AS c
       WHERE c.symbol IN {symbols:Array(String)} AND c.start >= toDateTime({from:UInt32})
         AND c.start <= ${newestAt('IN {symbols:Array(String)}')} ORDER BY symbol, at`,
      { symbols: symbols.map((symbol) => symbol.toUpperCase()), from: Math.floor((clock.now() - trailSpanMs) / 1_000) },
      symbols.length * (trailSpanMs / minuteMs + 2),
    );
    const trails = new Map<string, TrailPoint[]>();
    for (const { symbol, at, close } of rows) {
      const trail = trails.get(symbol.toLowerCase()) ?? [];
      trails.set(symbol.toLowerCase(), trail);
      trail.push({ atMs: Number(at) * 1_000, price: close });
    }
    return trails;
  };
  return createSymbolReadings({ read: readTrails, keptMs, lackingMs, clock });
};
