import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { Clock } from '@tickfolio/lib/clock';

interface Count {
  calls: number;
  readonly sinceMs: number;
}

/** Addresses that are counted for one route; that which asked longest ago is forgotten first. */
const maxAddresses = 5_000;

/**
 * Where a route's limit counts the calls of each address, by monotonic time: once the clock of the computer is set
 * back, whoever was refused is let in when the window is over all the same.
 */
export const callCountsBy = (clock: Pick<Clock, 'monotonic'>): FastifyRateLimitStoreCtor =>
  class CallCounts implements FastifyRateLimitStore {
    readonly #counts = new Map<string, Count>();

    incr(...[address, answer, windowMs]: Parameters<FastifyRateLimitStore['incr']>): void {
      const nowMs = clock.monotonic();
      const known = this.#counts.get(address);
      const count = known && nowMs - known.sinceMs < windowMs ? known : { calls: 0, sinceMs: nowMs };
      count.calls++;
      // The order of a Map is that of insertion: who asked just now goes to the end.
      this.#counts.delete(address);
      this.#counts.set(address, count);
      for (const oldest of this.#counts.keys()) {
        if (this.#counts.size <= maxAddresses) break;
        this.#counts.delete(oldest);
      }
      answer(null, { current: count.calls, ttl: count.sinceMs + windowMs - nowMs });
    }

    child(): CallCounts {
      return new CallCounts();
    }
  };
