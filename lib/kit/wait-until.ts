/** Polls until `check` returns something; for what another process does in its own time. */
export const eventually = async <T>(
  check: () => Promise<T | undefined> | T | undefined,
  withinMs: number,
  what: string,
  everyMs = 20,
): Promise<T> => {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
