import type { Clock, Timer } from '@tickfolio/lib/clock';
import { inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Portfolios } from './portfolios.js';

export interface ChangeRetentionDeps {
  readonly portfolios: Pick<Portfolios, 'forgetChanges'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ChangeRetentionOptions {
  /** How long a change can be repeated and undone. Default 7 days. */
  readonly keepMs?: number;
  /** How often those that are older are looked for. Default 600 000. */
  readonly periodMs?: number;
  /** How many go at once. Default 1 000. */
  readonly pieceRows?: number;
  /** Between two pieces, for other work. Default 100. */
  readonly pauseMs?: number;
}

const dayMs = 86_400_000;

/** Forgets changes that are too old, piece by piece until none is left, apart from every request. */
export const startChangeRetention = (
  deps: ChangeRetentionDeps,
  options: ChangeRetentionOptions = {},
): { close(): void } => {
  const { portfolios, clock, log } = deps;
  const { keepMs = 7 * dayMs, periodMs = 600_000, pieceRows = 1_000, pauseMs = 100 } = options;
  let timer: Timer | undefined;
  let closed = false;

  const later = (ms: number) => {
    if (!closed) timer = clock.after(ms, () => void inBackground(forgetPiece));
  };
  const forgetPiece = async () => {
    try {
      const gone = await portfolios.forgetChanges(keepMs, pieceRows, clock.now());
      later(gone === pieceRows ? pauseMs : periodMs);
    } catch (err) {
      log.warn({ err }, 'old changes could not be forgotten; trying again later');
      later(periodMs);
    }
  };
  later(periodMs);

  return {
    close: () => {
      closed = true;
      timer?.cancel();
    },
  };
};
