/** Prices of every symbol at the beginnings of the newest periods of one length. */
export interface PriceSlots {
  /** Notes what a symbol cost when a period began. What is older than the oldest slot is not kept. */
  put(symbol: string, atMs: number, price: string): void;
  /** What it cost when the period of that moment began; undefined where that is not known. */
  at(symbol: string, atMs: number): string | undefined;
  /** Forgets what is older than all slots. @returns whether a period began since it was called last */
  turn(nowMs: number): boolean;
  clear(): void;
}

/** More than any exchange lists. */
const maxSymbols = 20_000;

export const createPriceSlots = (stepMs: number, count: number): PriceSlots => {
  const slots = new Map<string, (string | undefined)[]>();
  let newest = Number.NEGATIVE_INFINITY;
  const periodOf = (atMs: number) => Math.floor(atMs / stepMs);
  const isKept = (period: number) => period <= newest && period > newest - count;

  return {
    put: (symbol, atMs, price) => {
      if (!isKept(periodOf(atMs))) return;
      let own = slots.get(symbol);
      if (!own) {
        if (slots.size >= maxSymbols) return;
        own = Array<string | undefined>(count).fill(undefined);
        slots.set(symbol, own);
      }
      own[periodOf(atMs) % count] = price;
    },
    at: (symbol, atMs) => (isKept(periodOf(atMs)) ? slots.get(symbol)?.[periodOf(atMs) % count] : undefined),
    turn: (nowMs) => {
      const period = periodOf(nowMs);
      if (period <= newest) return false;
      const isFirst = !Number.isFinite(newest);
      const passed = Math.min(count, isFirst ? count : period - newest);
      for (const own of slots.values()) for (let at = 0; at < passed; at++) own[(period - at) % count] = undefined;
      newest = period;
      return !isFirst;
    },
    clear: () => {
      slots.clear();
      newest = Number.NEGATIVE_INFINITY;
    },
  };
};
