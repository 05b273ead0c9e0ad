import { add, type Decimal, zero } from '@tickfolio/lib/money';

/** What the entries of a balance come to. */
export interface Sums {
  readonly available: Decimal;
  readonly reserved: Decimal;
}

/** What was read of a portfolio, up to a version: nothing is written at or before it any more. */
export interface ReadSoFar {
  readonly version: number;
  /** By asset and symbol. */
  readonly sums: ReadonlyMap<string, Sums>;
}

export const nothingRead: ReadSoFar = { version: 0, sums: new Map() };

export const addTo = (
  sums: ReadonlyMap<string, Sums>,
  entries: Iterable<{ readonly key: string; readonly account: string; readonly amount: Decimal }>,
): ReadonlyMap<string, Sums> => {
  const after = new Map(sums);
  for (const { key, account, amount } of entries) {
    const { available, reserved } = after.get(key) ?? { available: zero, reserved: zero };
    const isAvailable = account === 'available';
    after.set(key, {
      available: isAvailable ? add(available, amount) : available,
      reserved: isAvailable ? reserved : add(reserved, amount),
    });
  }
  return after;
};

const maxPortfolios = 10_000;

/** What the rounds before have read, of those portfolios that changed last, so that each reads what is new only. */
export const createKeptSums = () => {
  const kept = new Map<string, ReadSoFar>();
  return {
    of: (portfolioId: string): ReadSoFar => kept.get(portfolioId) ?? nothingRead,
    keep: (portfolioId: string, read: ReadSoFar) => {
      kept.delete(portfolioId);
      kept.set(portfolioId, read);
      const [oldest] = kept.keys();
      if (kept.size > maxPortfolios && oldest !== undefined) kept.delete(oldest);
    },
    forget: (portfolioId: string) => void kept.delete(portfolioId),
  };
};

export type KeptSums = ReturnType<typeof createKeptSums>;
