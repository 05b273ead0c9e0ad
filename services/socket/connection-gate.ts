import type { Clock } from '@tickfolio/lib/clock';

/** Decides when a connection to the exchange may be tried: the exchange counts attempts per address, so all connections share one gate. */
export interface ConnectionGate {
  /** Takes one attempt and returns 0, or takes none and returns how long to wait, in milliseconds. */
  take(): number;
  /** No attempt for this long, at least. */
  block(forMs: number): void;
  /** What the exchange said when it refused this address; undefined once it let one connection in. */
  refusal: string | undefined;
}

/** @param max attempts in any `windowMs` */
export const createConnectionGate = (clock: Clock, max: number, windowMs: number): ConnectionGate => {
  const attempts: number[] = []; // Oldest first, never more than `max`.
  let blockedUntilMs = Number.NEGATIVE_INFINITY;
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
    block: (forMs) => {
      blockedUntilMs = Math.max(blockedUntilMs, clock.monotonic() + forMs);
    },
    refusal: undefined,
  };
};
