/** A place for one thing: what is not taken is replaced by what comes later. */
export interface Latest<T> {
  put(value: T): void;
  /** What was put last, or the next that is; undefined once it has ended. @throws what it failed with */
  take(): Promise<T | undefined>;
  end(): void;
  fail(reason: unknown): void;
}

/** One taker at a time. */
export const createLatest = <T>(): Latest<T> => {
  let held: { readonly value: T } | undefined;
  let over: { readonly reason?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const wakeUp = () => {
    wake?.();
    wake = undefined;
  };
  const finish = (how: { readonly reason?: unknown }) => {
    over ??= how;
    wakeUp();
  };
  return {
    put: (value) => {
      held = { value };
      wakeUp();
    },
    take: async () => {
      while (!held && !over)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (over) {
        if ('reason' in over) throw over.reason;
        return undefined;
      }
      const value = held?.value;
      held = undefined;
      return value;
    },
    end: () => finish({}),
    fail: (reason) => finish({ reason }),
  };
};
