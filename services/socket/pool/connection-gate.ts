import type { Clock } from '@tickfolio/lib/clock';

/**
 * Decides when a connection to the exchange may be tried: the exchange counts attempts per address, so all connections
 * share one gate.
 */
export interface ConnectionGate {
  /** Takes one attempt and returns 0, or takes none and returns how long to wait, in milliseconds. */
  take(): number;
  /** No attempt for this long, at least. */
  block(forMs: number): void;
  /**
   * The exchange refuses this address, said by one connection or several that were tried together: no attempt for a
   * while.
   * @param pauseMs how long, by how often running it has refused before @returns whether it is news, and the pause
   */
  refuse(words: string, pauseMs: (times: number) => number): { readonly isNews: boolean; readonly retryInMs: number };
  letIn(): void;
  /** What the exchange said when it refused this address; undefined once it let one connection in. */
  readonly refusal: string | undefined;
}

/** @param max attempts in any `windowMs` */
export const createConnectionGate = (clock: Clock, max: number, windowMs: number): ConnectionGate => {
  const attempts: number[] = []; // Oldest first, never more than `max`.
  let blockedUntilMs = Number.NEGATIVE_INFINITY;
  let refusal: string | undefined;
  let refusals = 0;
  const block = (forMs: number) => {
    blockedUntilMs = Math.max(blockedUntilMs, clock.monotonic() + forMs);
  };
  return {
    take: () => {
      const nowMs = clock.monotonic();
      if (nowMs < blockedUntilMs) return blockedUntilMs - nowMs;
      while (attempts[0] !== undefined && attempts[0] <= nowMs - windowMs) attempts.shift();
      const [oldest] = attempts;
      if (attempts.length >= max && oldest !== undefined) return Math.max(1, oldest + windowMs - nowMs);
      attempts.push(nowMs);
      return 0;
    },
    block,
    refuse: (words, pauseMs) => {
      const isNews = refusal === undefined;
      const isSame = !isNews && clock.monotonic() < blockedUntilMs;
      refusal = words;
      if (isSame) return { isNews, retryInMs: blockedUntilMs - clock.monotonic() };
      const retryInMs = pauseMs(refusals);
      refusals += 1;
      block(retryInMs);
      return { isNews, retryInMs };
    },
    letIn: () => {
      refusal = undefined;
      refusals = 0;
    },
    get refusal() {
      return refusal;
    },
  };
};
