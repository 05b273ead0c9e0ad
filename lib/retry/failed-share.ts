import type { Clock } from '../clock/clock.js';

export interface OpensAtShare {
  /** 0 to 1. */
  readonly failedShare: number;
  readonly withinMs: number;
  /** Of fewer calls than this nothing is concluded. */
  readonly minPerSecond: number;
}

/** What share of the calls of the last while failed. */
export interface FailedShare {
  count(hasFailed: boolean): void;
  /** Whether more than the share failed, of enough calls. */
  readonly isReached: boolean;
  forget(): void;
}

/** Calls are forgotten by the piece, in so many of them: none counts for longer than the time, and few for less. */
const pieces = 10;

interface Piece {
  readonly endMs: number;
  calls: number;
  failed: number;
}

/** By monotonic time, so that a clock that is set neither keeps nor loses what was counted. */
export const createFailedShare = (
  { failedShare, withinMs, minPerSecond }: OpensAtShare,
  clock: Pick<Clock, 'monotonic'>,
): FailedShare => {
  const pieceMs = withinMs / pieces;
  const minCalls = (withinMs / 1_000) * minPerSecond;
  let counted: Piece[] = [];

  const current = (): Piece => {
    const nowMs = clock.monotonic();
    counted = counted.filter(({ endMs }) => nowMs < endMs - pieceMs + withinMs);
    const last = counted.at(-1);
    if (last && nowMs < last.endMs) return last;
    const piece = { endMs: nowMs + pieceMs, calls: 0, failed: 0 };
    counted.push(piece);
    return piece;
  };
  return {
    count: (hasFailed) => {
      const piece = current();
      piece.calls++;
      if (hasFailed) piece.failed++;
    },
    get isReached() {
      current();
      const calls = counted.reduce((sum, piece) => sum + piece.calls, 0);
      const failed = counted.reduce((sum, piece) => sum + piece.failed, 0);
      return calls >= minCalls && failed > failedShare * calls;
    },
    forget: () => {
      counted = [];
    },
  };
};
