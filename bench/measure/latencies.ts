/** Milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Gathers latencies at a fixed, small cost each. */
export interface Latencies {
  /** @param ms anything below 0 (two clocks that differ a little) counts as 0 */
  add(ms: number): void;
  summary(): LatencySummary;
}

/** Resolution 0.05 ms up to 5 s; longer ones keep only the maximum exact. */
const bucketMs = 0.05;
const buckets = 100_000;

export const createLatencies = (): Latencies => {
  const counts = new Uint32Array(buckets);
  let count = 0;
  let max = 0;
  const percentile = (share: number): number => {
    let left = Math.ceil(count * share);
    for (let i = 0; i < buckets; i++) {
      left -= counts[i] ?? 0;
      if (left <= 0) return Math.min(max, (i + 0.5) * bucketMs);
    }
    return max;
  };
  return {
    add: (ms) => {
      const bounded = Math.min(buckets - 1, Math.max(0, Math.floor(ms / bucketMs)));
      counts[bounded] = (counts[bounded] ?? 0) + 1;
      count += 1;
      if (ms > max) max = ms;
    },
    summary: () => ({
      count,
      p50: count ? percentile(0.5) : Number.NaN,
      p99: count ? percentile(0.99) : Number.NaN,
      max,
    }),
  };
};

/** Epoch milliseconds with a fraction; the same clock in every process of this machine. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};
