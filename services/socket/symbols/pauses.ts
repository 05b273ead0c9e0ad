import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';

/** How closely a list is watched: something may trade again any moment, may within the hour, or nothing is awaited. */
export type ListWatch = 'closely' | 'soon' | 'usually';

/**
 * Tells symbols that pause from those that are gone. The exchange says BREAK of both: of what it has delisted (433 of
 * 1,695 symbols in a list of 2021, 778 of 2,183 in one of 2023) and, during maintenance, of everything. A pause is what
 * was seen trading in the last 24 hours, whatever is not BREAK, and everything in a list in which next to nothing
 * trades.
 */
export interface Pauses {
  /** @returns the list just read, with `paused` said of each symbol */
  mark(symbols: readonly ListedSymbol[]): ListedSymbol[];
  /** After the list marked last. */
  readonly watch: ListWatch;
}

const hourMs = 3_600_000;
const pauseMs = 24 * hourMs;
/**
 * Of whole lists of the exchange never less than two fifths traded: with fewer than one in so many it is in
 * maintenance.
 */
const maintenanceShare = 10;

export const createPauses = (clock: Clock): Pauses => {
  /** When each was last seen trading. */
  const sightings = new Map<string, number>();
  let watch: ListWatch = 'usually';

  return {
    mark: (symbols) => {
      const nowMs = clock.monotonic();
      const trading = symbols.filter(({ status }) => status === 'TRADING');
      for (const { symbol } of trading) sightings.set(symbol, nowMs);
      for (const [symbol, atMs] of sightings) if (nowMs - atMs >= pauseMs) sightings.delete(symbol);
      const isMaintenance = trading.length * maintenanceShare < symbols.length;
      const resting = symbols.filter(({ symbol, status }) => status !== 'TRADING' && sightings.has(symbol));
      const isLate = resting.some(({ symbol }) => nowMs - (sightings.get(symbol) ?? 0) < hourMs);
      watch = isMaintenance || resting.length > trading.length ? 'closely' : isLate ? 'soon' : 'usually';
      return symbols.map((entry) => {
        const { symbol, status } = entry;
        return {
          ...entry,
          paused: status !== 'TRADING' && (status !== 'BREAK' || isMaintenance || sightings.has(symbol)),
        };
      });
    },
    get watch() {
      return watch;
    },
  };
};
