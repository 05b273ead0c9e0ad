/** What a process used up to now. */
export interface Usage {
  /** Of all its threads, user and system, microseconds. */
  readonly cpuUs: number;
  /** Monotonic, of that process. */
  readonly atMs: number;
  readonly rssBytes: number;
}

/** @param collect collect garbage first (needs --expose-gc), so that memory counts what is kept */
export const readUsage = (collect = false): Usage => {
  if (collect) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, atMs: performance.now(), rssBytes: process.memoryUsage.rss() };
};

/** CPU between two readings, microseconds. */
export const cpuBetween = (from: Usage, to: Usage): number => to.cpuUs - from.cpuUs;

/** Share of one core between two readings. */
export const coreShare = (from: Usage, to: Usage): number => cpuBetween(from, to) / ((to.atMs - from.atMs) * 1_000);
