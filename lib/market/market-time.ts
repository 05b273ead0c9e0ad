/** The last moment of 2299, epoch milliseconds: as far as the archive's times go. */
const maxTimeMs = 10_413_791_999_999;

/**
 * Whether these are epoch milliseconds that can be meant. What lies behind 2299 was counted in microseconds, or is no
 * time.
 */
export const isMarketTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxTimeMs;
