import type { SocketLimits } from '../limits.js';

/**
 * So often as the first pause: 30 s, 1, 2 and 5 min. A refusal may be over in half a minute, or last as long as the
 * address.
 */
const steps = [1, 2, 4, 10] as const;

/** How long who refuses this address is left alone. @param times how often running it has refused before */
export const refusalPauseMs = (
  { refusedFirstRetryMs, refusedRetryMs }: Pick<SocketLimits, 'refusedFirstRetryMs' | 'refusedRetryMs'>,
  times: number,
) => Math.min(refusedRetryMs, refusedFirstRetryMs * (steps[times] ?? steps[3]));
