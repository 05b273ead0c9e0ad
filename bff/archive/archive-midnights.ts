import type { Clock } from '@tickfolio/lib/clock';
import { simulatedMark } from '@tickfolio/lib/events/mini-ticker';
import type { ArchiveReader } from './archive-reader.js';
import type { TrailPoint } from './archive-trails.js';
import { createSymbolReadings, type SymbolReadings } from './symbol-readings.js';

/** What symbols cost at midnight UTC: the first prices of the day's first minutes, by symbol. */
export type Midnight = (symbols: readonly string[], simulated: boolean) => Promise<ReadonlyMap<string, TrailPoint>>;

export interface ArchiveMidnightsDeps extends Pick<ArchiveReader, 'read'> {
  /** The table of tickers, which is behind the view: what was delivered twice has the same first price. */
  readonly rows: string;
  readonly clock: Clock;
}

const dayMs = 86_400_000;
/** So long after midnight a first price still counts as that of midnight. */
const midnightSpanMs = 600_000;
/** What a symbol cost at midnight stays; what is not there may be about to come. */
const lackingMs = 10_000;

export const createArchiveMidnights = ({ read, rows, clock }: ArchiveMidnightsDeps): Midnight => {
  const readMidnight = async (symbols: readonly string[], from: number, simulated: boolean) => {
    const found = await read<{ symbol: string; at: string; price: string }>(
      `SELECT t.symbol AS symbol, toUnixTimestamp64Milli(min(t.event_time)) AS at, argMin(t.close_price, t.event_time) AS price
       FROM ${rows} AS t WHERE t.symbol IN {symbols:Array(String)} AND startsWith(t.event_type, '${simulatedMark}') = {simulated:UInt8}
         AND t.event_time >= fromUnixTimestamp64Milli({from:Int64}) AND t.event_time < fromUnixTimestamp64Milli({to:Int64}) GROUP BY symbol`,
      {
        symbols: symbols.map((symbol) => symbol.toUpperCase()),
        simulated: simulated ? 1 : 0,
        from,
        to: from + midnightSpanMs,
      },
      symbols.length,
    );
    return new Map(found.map(({ symbol, at, price }) => [symbol.toLowerCase(), { atMs: Number(at), price }]));
  };
  const readingsOf = (from: number, simulated: boolean): SymbolReadings<TrailPoint> =>
    createSymbolReadings({
      read: (symbols) => readMidnight(symbols, from, simulated),
      keptMs: dayMs,
      lackingMs,
      clock,
    });
  let today:
    | {
        readonly from: number;
        readonly real: SymbolReadings<TrailPoint>;
        readonly simulated: SymbolReadings<TrailPoint>;
      }
    | undefined;
  return (symbols, simulated) => {
    const from = Math.floor(clock.now() / dayMs) * dayMs;
    if (today?.from !== from) today = { from, real: readingsOf(from, false), simulated: readingsOf(from, true) };
    return today[simulated ? 'simulated' : 'real'].of(symbols);
  };
};
