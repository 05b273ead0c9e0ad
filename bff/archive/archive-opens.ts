import type { Clock } from '@tickfolio/lib/clock';
import { simulatedMark } from '@tickfolio/lib/events/mini-ticker';
import { createSymbolReadings, type SymbolReadings } from './symbol-readings.js';

/** Of a symbol, exact decimal text. */
interface OpenPrice {
  /** Of the ticker that says it, epoch milliseconds. */
  readonly atMs: number;
  readonly price: string;
}

/**
 * What the newest ticker of the hour before `atMs` says of symbols, or where there is none the first one after it: the
 * same whenever it is asked for, and whoever asks. By symbol.
 */
export type OpensAt = (
  atMs: number,
  symbols: readonly string[],
  simulated: boolean,
) => Promise<ReadonlyMap<string, OpenPrice>>;

export interface ArchiveOpensDeps {
  readonly read: <T>(
    sql: string,
    params: Record<string, string | number | readonly string[]>,
    maxRows: number,
  ) => Promise<T[]>;
  /** The table of tickers. What was delivered twice has the same prices. */
  readonly rows: string;
  /** What symbols cost then, or 24 hours before that. */
  readonly price: 'close' | 'open';
  /** Of how many moments answers are kept. */
  readonly maxMoments: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

const hourMs = 3_600_000;
/** Of a coin that is new the first ticker comes within so long. No moment is asked for longer either. */
const newSpanMs = 600_000;
/** The first ticker of a coin that was just added comes about so long after it; pages ask again no sooner. */
const lackingMs = 2_000;

export const createArchiveOpens = ({ read, rows, price, maxMoments, clock }: ArchiveOpensDeps): OpensAt => {
  const ms = 'toUnixTimestamp64Milli(t.event_time)';
  const distance = `if(${ms} <= {at:Int64}, {at:Int64} - ${ms}, ${hourMs} + ${ms} - {at:Int64})`;
  const sql = `SELECT t.symbol AS symbol, argMin(${ms}, ${distance}) AS time, argMin(t.${price}_price, ${distance}) AS price
    FROM ${rows} AS t WHERE t.symbol IN {symbols:Array(String)} AND startsWith(t.event_type, '${simulatedMark}') = {simulated:UInt8}
      AND t.event_time >= fromUnixTimestamp64Milli({from:Int64}) AND t.event_time < fromUnixTimestamp64Milli({to:Int64}) AND t.${price}_price > 0
    GROUP BY symbol`;
  const readOpens = async (atMs: number, simulated: boolean, symbols: readonly string[]) => {
    const found = await read<{ symbol: string; time: string; price: string }>(
      sql,
      {
        symbols: symbols.map((symbol) => symbol.toUpperCase()),
        simulated: simulated ? 1 : 0,
        at: atMs,
        from: atMs - hourMs,
        to: atMs + newSpanMs,
      },
      symbols.length,
    );
    return new Map(found.map(({ symbol, time, price }) => [symbol.toLowerCase(), { atMs: Number(time), price }]));
  };
  const moments = new Map<string, SymbolReadings<OpenPrice>>();
  const readingsOf = (atMs: number, simulated: boolean): SymbolReadings<OpenPrice> => {
    const key = `${simulated} ${atMs}`;
    const known = moments.get(key);
    if (known) return known;
    const read = (symbols: readonly string[]) => readOpens(atMs, simulated, symbols);
    const made = createSymbolReadings({ read, keptMs: newSpanMs, lackingMs, clock });
    moments.set(key, made);
    const [oldest] = moments.keys();
    if (moments.size > maxMoments && oldest !== undefined) moments.delete(oldest);
    return made;
  };
  return (atMs, symbols, simulated) => readingsOf(atMs, simulated).of(symbols);
};
