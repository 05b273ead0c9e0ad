import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';

export interface RegistryOptions {
  /** How long a symbol is still followed after its last holder left. Default 5 000. */
  readonly lingerMs: number;
  /** Changes gather this long before they are told. Default 50. */
  readonly debounceMs: number;
  /** Default 100 000. */
  readonly maxHolders: number;
  /** (symbol, holder) pairs over all. Default 200 000. */
  readonly maxHolds: number;
  /** As many as one gRPC stream of the socket service takes. Default 2 000. */
  readonly maxSymbols: number;
}

export const registryDefaults: RegistryOptions = {
  lingerMs: 5_000,
  debounceMs: 50,
  maxHolders: 100_000,
  maxHolds: 200_000,
  maxSymbols: 2_000,
};

/** Who needs which symbol. In memory only: holders say again what they need after a restart. */
export interface Registry {
  /** Idempotent. @throws AppError resource_exhausted past a bound. */
  hold(holder: string, symbol: string): void;
  /** Idempotent. */
  release(holder: string, symbol: string): void;
  /**
   * Replaces all that the holder holds, as far as the bounds allow: what it holds already comes first, then what is
   * followed already, then the others in their order. So an unchanged set is always answered alike.
   * @returns what is not held, with the reason in words. @throws AppError resource_exhausted for one holder too many.
   */
  replace(holder: string, symbols: ReadonlySet<string>): ReadonlyMap<string, string>;
  /** Every symbol that is held or lingers. */
  symbols(): ReadonlySet<string>;
  readonly holds: number;
  close(): void;
}

const noMoreThan = (limit: number, what: string) => `No more than ${limit} ${what} are kept.`;
const tooMany = (reason: string) => new AppError('resource_exhausted', reason, { retryAfterMs: 5_000 });

/** @param changed told, after a short gathering time, that `symbols()` is another set now. */
export const createRegistry = (
  clock: Clock,
  changed: () => void,
  options: RegistryOptions = registryDefaults,
): Registry => {
  const { lingerMs, debounceMs, maxHolders, maxHolds, maxSymbols } = options;
  const byHolder = new Map<string, Set<string>>();
  const holderCount = new Map<string, number>();
  const lingering = new Map<string, Timer>();
  const followed = new Set<string>();
  let holds = 0;
  let telling: Timer | undefined;

  const tell = () => {
    telling ??= clock.after(debounceMs, () => {
      telling = undefined;
      changed();
    });
  };
  const added = (symbol: string) => {
    holderCount.set(symbol, (holderCount.get(symbol) ?? 0) + 1);
    holds += 1;
    lingering.get(symbol)?.cancel();
    lingering.delete(symbol);
    if (followed.has(symbol)) return;
    followed.add(symbol);
    tell();
  };
  const removed = (symbol: string) => {
    holds -= 1;
    const left = (holderCount.get(symbol) ?? 1) - 1;
    if (left > 0) {
      holderCount.set(symbol, left);
      return;
    }
    holderCount.delete(symbol);
    const timer = clock.after(lingerMs, () => {
      lingering.delete(symbol);
      followed.delete(symbol);
      tell();
    });
    lingering.set(symbol, timer);
  };
  const checkHolder = (holder: string) => {
    if (!byHolder.has(holder) && byHolder.size >= maxHolders) throw tooMany(noMoreThan(maxHolders, 'holders'));
  };
  /** Why one more hold of this symbol is refused, or undefined. */
  const refusal = (symbol: string): string | undefined => {
    if (holds >= maxHolds) return noMoreThan(maxHolds, 'subscriptions');
    return !followed.has(symbol) && followed.size >= maxSymbols ? noMoreThan(maxSymbols, 'symbols') : undefined;
  };
  const release = (holder: string, symbol: string) => {
    const own = byHolder.get(holder);
    if (!own?.delete(symbol)) return;
    if (own.size === 0) byHolder.delete(holder);
    removed(symbol);
  };

  return {
    hold: (holder, symbol) => {
      const own = byHolder.get(holder);
      if (own?.has(symbol)) return;
      checkHolder(holder);
      const reason = refusal(symbol);
      if (reason !== undefined) throw tooMany(reason);
      if (own) own.add(symbol);
      else byHolder.set(holder, new Set([symbol]));
      added(symbol);
    },
    release,
    replace: (holder, symbols) => {
      const old = byHolder.get(holder) ?? new Set<string>();
      if (symbols.size > 0) checkHolder(holder);
      for (const symbol of old) if (!symbols.has(symbol)) removed(symbol);
      const fresh = [...symbols].filter((symbol) => !old.has(symbol));
      const known = new Set(fresh.filter((symbol) => followed.has(symbol)));
      const refused = new Map<string, string>();
      for (const symbol of [...known, ...fresh.filter((one) => !known.has(one))]) {
        const reason = refusal(symbol);
        if (reason === undefined) added(symbol);
        else refused.set(symbol, reason);
      }
      const own = new Set([...symbols].filter((symbol) => !refused.has(symbol)));
      if (own.size > 0) byHolder.set(holder, own);
      else byHolder.delete(holder);
      return refused;
    },
    symbols: () => followed,
    get holds() {
      return holds;
    },
    close: () => {
      telling?.cancel();
      for (const timer of lingering.values()) timer.cancel();
      lingering.clear();
    },
  };
};
