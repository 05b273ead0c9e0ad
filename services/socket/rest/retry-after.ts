const defaultMs = 60_000;
/** The exchange's longest ban. What asks for more is a mistake on the way, and would keep us away until a restart. */
const maxMs = 3 * 86_400_000;

/**
 * How long an exchange that says "too much" wants to be left alone, milliseconds. @param header `Retry-After` in
 * seconds, as it came
 */
export const retryAfterMsOf = (header: string | null | undefined): number => {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, maxMs) : defaultMs;
};
