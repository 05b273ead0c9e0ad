import { doubledMs } from '@tickfolio/lib/retry';
import type { SocketLimits } from '../limits.js';

/** How long a connection may show no sign of life before it is replaced. */
export interface SilenceBound {
  /** A sign of life came. */
  saw(): void;
  /** The connection was replaced for its silence. */
  replaced(): void;
  readonly boundMs: () => number;
}

export const createSilenceBound = (
  limits: Pick<SocketLimits, 'connectionSilenceMs' | 'silenceCapMs'>,
): SilenceBound => {
  // Replacements since the last sign of life: where they do not help, they become rare. Nothing else moves the bound.
  let replacements = 0;
  return {
    saw: () => {
      replacements = 0;
    },
    replaced: () => {
      replacements += 1;
    },
    boundMs: () => doubledMs(limits.connectionSilenceMs, limits.silenceCapMs, replacements),
  };
};
