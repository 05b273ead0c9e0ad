/**
 * Whose 24 hours changes are counted from. Every replica and every page counts from the same tickers at the same time:
 * those of a full minute, which come into force some time after it, so that the archive has them, and pages have asked
 * for them one after the other.
 */
const minuteMs = 60_000;
/** After its minute, in milliseconds: when the archive is sure to have its tickers, and when it comes into force. */
const [knownAfterMs, inForceAfterMs] = [15_000, 45_000];

/** The minute in force. All moments are epoch milliseconds. */
export const dayMomentOf = (nowMs: number): number => Math.floor((nowMs - inForceAfterMs) / minuteMs) * minuteMs;

/** The minute after that, and from when it is in force; undefined while the archive may lack some of its tickers. */
export const nextDayMomentOf = (nowMs: number): { readonly moment: number; readonly fromMs: number } | undefined => {
  const moment = dayMomentOf(nowMs) + minuteMs;
  return nowMs - moment < knownAfterMs ? undefined : { moment, fromMs: moment + inForceAfterMs };
};
