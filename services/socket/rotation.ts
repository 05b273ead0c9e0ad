import type { Timer } from '@tickfolio/lib/clock';
import type { ExchangeConnection } from './exchange-connection.js';

export type RotationReason = 'lifetime' | 'server-shutdown' | 'silent' | 'stalled-stream';

/** A successor on its way. */
export interface Rotation {
  readonly reason: RotationReason;
  readonly next: ExchangeConnection;
  readonly startedMs: number;
  readonly check: Timer;
}

export interface Handover {
  readonly names: Iterable<string>;
  readonly old: ExchangeConnection | undefined;
  readonly next: ExchangeConnection;
  readonly nowMs: number;
  /** How long an answered stream may be without data on the new connection before it counts as quiet. */
  readonly settleMs: number;
  /** False while a stream waits for a missing frame that the old connection may still bring. */
  readonly settled: (name: string) => boolean;
}

/** What was under way when the new connection was answered may still come over the old one alone. */
const underWayMs = 500;

/** True when nothing would be missed if the old connection closed now. */
export const canHandOver = ({ names, old, next, nowMs, settleMs, settled }: Handover): boolean => {
  if (!next.isOpen) return false;
  for (const name of names) {
    const answeredMs = next.acknowledgedAtMs(name);
    if (answeredMs === undefined) return false;
    if (next.lastSeenMs(name) !== undefined) {
      if (!settled(name)) return false;
      continue;
    }
    // A quiet stream: the old connection must have been quiet too since the new one answered.
    if (nowMs - answeredMs < settleMs) return false;
    if ((old?.lastSeenMs(name) ?? Number.NEGATIVE_INFINITY) > answeredMs + underWayMs) return false;
  }
  return true;
};
