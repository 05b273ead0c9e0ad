import { type Clock, sleep } from '@tickfolio/lib/clock';

export interface WaitOptions {
  readonly withinMs: number;
  /** Default 200. */
  readonly everyMs?: number;
}

/** Polls until `check` gives something; a throwing check is asked again. @throws Error that says what did not come, and why last */
export const eventually = async <T>(
  clock: Clock,
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  { withinMs, everyMs = 200 }: WaitOptions,
): Promise<T> => {
  const giveUpAtMs = clock.monotonic() + withinMs;
  let last = '';
  for (;;) {
    try {
      const found = await check();
      if (found !== undefined) return found;
    } catch (err) {
      last = err instanceof Error ? `: ${err.message}` : '';
    }
    if (clock.monotonic() > giveUpAtMs) throw new Error(`not within ${withinMs / 1_000} s: ${what}${last}`);
    await sleep(clock, everyMs);
  }
};
