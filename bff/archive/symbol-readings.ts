import type { Clock } from '@tickfolio/lib/clock';

/** Facts about symbols that many users ask for, read once for all of them. */
export interface SymbolReadings<T> {
  /** @returns by symbol; without those of which there is nothing. @throws what the reading of one of them threw */
  of(symbols: readonly string[]): Promise<ReadonlyMap<string, T>>;
}

export interface SymbolReadingsOptions<T> {
  readonly read: (symbols: readonly string[]) => Promise<ReadonlyMap<string, T>>;
  /** How long what was found will do, and that there was nothing. */
  readonly keptMs: number;
  readonly lackingMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Of one reading. */
const maxSymbols = 500;
/** More than any exchange lists. */
const maxKept = 10_000;

/** One reading at a time; what is asked for meanwhile is the next one, together. */
export const createSymbolReadings = <T>({
  read,
  keptMs,
  lackingMs,
  clock,
}: SymbolReadingsOptions<T>): SymbolReadings<T> => {
  const known = new Map<string, { readonly atMs: number; readonly value: T | undefined }>();
  let wanted = new Set<string>();
  let next: Promise<ReadonlyMap<string, unknown>> | undefined;
  let before: Promise<unknown> = Promise.resolve();

  const isKnown = (symbol: string) => {
    const one = known.get(symbol);
    return one !== undefined && clock.monotonic() - one.atMs < (one.value === undefined ? lackingMs : keptMs);
  };
  /** @returns what was thrown, by symbol: a page that cannot be read is no fault of the others */
  const readWanted = async () => {
    const faults = new Map<string, unknown>();
    const symbols = [...wanted].filter((symbol) => !isKnown(symbol));
    wanted = new Set();
    next = undefined;
    for (let from = 0; from < symbols.length; from += maxSymbols) {
      const page = symbols.slice(from, from + maxSymbols);
      try {
        const found = await read(page);
        for (const symbol of page) {
          known.delete(symbol);
          known.set(symbol, { atMs: clock.monotonic(), value: found.get(symbol) });
        }
      } catch (fault) {
        for (const symbol of page) faults.set(symbol, fault);
      }
    }
    for (const symbol of known.keys()) {
      if (known.size <= maxKept) break;
      known.delete(symbol);
    }
    return faults;
  };
  const readNext = (): Promise<ReadonlyMap<string, unknown>> => {
    if (!next) {
      next = before.then(readWanted);
      before = next;
    }
    return next;
  };
  return {
    of: async (symbols) => {
      const lacking = symbols.filter((symbol) => !isKnown(symbol));
      if (lacking.length > 0) {
        for (const symbol of lacking) wanted.add(symbol);
        const faults = await readNext();
        for (const symbol of lacking) if (faults.has(symbol)) throw faults.get(symbol);
      }
      return new Map(
        symbols.flatMap((symbol): [string, T][] => {
          const value = known.get(symbol)?.value;
          return value === undefined ? [] : [[symbol, value]];
        }),
      );
    },
  };
};
