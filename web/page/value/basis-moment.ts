import type { Basis } from '../display/choices.js';
import type { Times } from '../text/times.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * From when changes are counted: the last midnight of the zone that times are shown in, or a full hour a week or a month
 * ago, which many share. Epoch milliseconds.
 * @returns undefined for the 24 hours that the server itself keeps moving
 */
export const basisMoment = (basis: Basis, nowMs: number, { aheadMs }: Pick<Times, 'aheadMs'>): number | undefined => {
  if (basis === '24h') return undefined;
  if (basis !== 'today') return Math.floor(nowMs / hourMs) * hourMs - (basis === '7d' ? 7 : 30) * dayMs;
  const localMidnight = Math.floor((nowMs + aheadMs(nowMs)) / dayMs) * dayMs;
  // Where the clock was set that night midnight was as far ahead as it itself says.
  return localMidnight - aheadMs(localMidnight - aheadMs(nowMs));
};
