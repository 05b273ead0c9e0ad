/** What is polled gives something once it is so; until then nothing, `false`, or an error. */
type Check<T> = () => Promise<T | undefined | false> | T | undefined | false;

/** No promise: a busy machine may take that long for what takes milliseconds. */
const patienceMs = 60_000;
const pauseMs = 10;
const maxPauseMs = 40;

/**
 * Polls until `check` gives something, at first every `everyMs` and then less often; for what goes on in its own time.
 * A check that throws is asked again.
 * @throws Error that says what did not come, and why last
 */
export const eventually = async <T>(
  what: string,
  check: Check<T>,
  withinMs = patienceMs,
  everyMs = pauseMs,
): Promise<T> => {
  const giveUpAtMs = performance.now() + withinMs;
  for (let pause = everyMs; ; pause = Math.max(everyMs, Math.min(pause * 1.5, maxPauseMs))) {
    let cause: unknown;
    try {
      const found = await check();
      if (found !== undefined && found !== false) return found;
    } catch (err) {
      cause = err;
    }
    if (performance.now() > giveUpAtMs)
      throw new Error(`not within ${withinMs} ms: ${what}${cause instanceof Error ? `: ${cause.message}` : ''}`, {
        cause,
      });
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};

/** The same where the check's own text says what is waited for. */
export const until = <T>(check: Check<T>, withinMs?: number): Promise<T> => eventually(String(check), check, withinMs);
