import type { Timer } from './long-timer.js';

/** Resolves after `delayMs`, or at once (without an error) when the signal aborts; leaves nothing behind on that. */
export const sleep = (
  clock: { after(delayMs: number, run: () => void): Timer },
  delayMs: number,
  signal?: AbortSignal,
): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const finish = () => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.after(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
