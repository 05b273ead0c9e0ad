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
  /** Replaces all that the holder holds. @throws AppError resource_exhausted past a bound; then nothing changed. */
  replace(holder: string, symbols: ReadonlySet<string>): void;
  /** Every symbol that is held or lingers. */
  symbols(): ReadonlySet<string>;
  readonly holds: number;
  close(): void;
}

const tooMany = (what: string, limit: number) =>
  new AppError('resource_exhausted', `No more than ${limit} ${what} are kept.`, { retryAfterMs: 5_000 });

/** @param changed told, after a short gathering time, that `symbols()` is another set now. */
export const createRegistry = (clock: Clock, changed: () => void, options: RegistryOptions = registryDefaults): Registry => {
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
  const checkBounds = (holder: string, moreHolds: number, symbols: Iterable<string>) => {
    if (!byHolder.has(holder) && byHolder.size >= maxHolders) throw tooMany('holders', maxHolders);
    if (holds + moreHolds > maxHolds) throw tooMany('subscriptions', maxHolds);
    let fresh = 0;
    for (const symbol of symbols) if (!followed.has(symbol)) fresh += 1;
    if (followed.size + fresh > maxSymbols) throw tooMany('symbols', maxSymbols);
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
      checkBounds(holder, 1, [symbol]);
      if (own) own.add(symbol);
      else byHolder.set(holder, new Set([symbol]));
      added(symbol);
    },
    release,
    replace: (holder, symbols) => {
      const old = byHolder.get(holder) ?? new Set<string>();
      const fresh = [...symbols].filter((symbol) => !old.has(symbol));
      if (symbols.size > 0) checkBounds(holder, symbols.size - old.size, fresh);
      for (const symbol of fresh) added(symbol);
      for (const symbol of old) if (!symbols.has(symbol)) removed(symbol);
      if (symbols.size > 0) byHolder.set(holder, new Set(symbols));
      else byHolder.delete(holder);
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
