import { isLaterPrice, type LastPrice } from '@tickfolio/lib/price-bus';

/**
 * The last prices of the symbols followed: of a trade seen here, or what was kept by whoever published the symbol
 * before.
 */
export interface LastPrices {
  /** What was kept. */
  keep(last: LastPrice): void;
  /** @param seen of a trade seen here @returns the later of it and what was kept */
  of(symbol: string, seen: LastPrice | undefined): LastPrice | undefined;
  forget(symbol: string): void;
}

/**
 * @param simulated whether prices are simulated now: what was kept of the other kind, or of an unknown one, is no price
 */
export const createLastPrices = (simulated: () => boolean | undefined): LastPrices => {
  const kept = new Map<string, LastPrice>();
  return {
    keep: (last) => void kept.set(last.symbol, last),
    of: (symbol, seen) => {
      const before = kept.get(symbol);
      if (!before || (seen && isLaterPrice(seen, before))) {
        kept.delete(symbol);
        return seen;
      }
      const kind = simulated();
      return kind !== undefined && before.simulated === kind ? before : seen;
    },
    forget: (symbol) => void kept.delete(symbol),
  };
};
