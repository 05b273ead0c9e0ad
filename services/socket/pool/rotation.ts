import type { Timer } from '@tickfolio/lib/clock';
import type { ExchangeConnection } from '../exchange/exchange-connection.js';

export type RotationReason = 'lifetime' | 'server-shutdown' | 'silent' | 'stalled-stream';

/** A successor on its way. */
export interface Rotation {
  readonly reason: RotationReason;
  readonly next: ExchangeConnection;
  readonly startedMs: number;
  readonly check: Timer;
}

export interface Handover {
  readonly reason: RotationReason;
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

/** True when nothing would be missed of this stream if the old connection closed now. */
const isHandedOver = (name: string, { old, next, nowMs, settleMs, settled }: Handover): boolean => {
  const answeredMs = next.acknowledgedAtMs(name);
  // One that is refused is waited for in vain, and what the old connection does not carry either is not lost with it.
  if (answeredMs === undefined)
    return next.isRefused(name) || (old !== undefined && old.acknowledgedAtMs(name) === undefined);
  if (next.lastSeenMs(name) !== undefined) return settled(name);
  // A quiet stream: the old connection must have been quiet too since the new one answered.
  return (
    nowMs - answeredMs >= settleMs && (old?.lastSeenMs(name) ?? Number.NEGATIVE_INFINITY) <= answeredMs + underWayMs
  );
};

/** True when nothing would be missed if the old connection closed now. */
export const canHandOver = (handover: Handover): boolean => {
  const { reason, names, next } = handover;
  if (!next.isOpen) return false;
  // A silent connection brings nothing: whatever the new one brings is more.
  if (reason === 'silent' && next.lastDataMs !== undefined) return true;
  for (const name of names) if (!isHandedOver(name, handover)) return false;
  return true;
};

/** What the old connection carried and the new one is refused. */
export const carriedOnlyBefore = (
  names: Iterable<string>,
  old: ExchangeConnection | undefined,
  next: ExchangeConnection,
) =>
  [...names].filter(
    (name) =>
      old?.acknowledgedAtMs(name) !== undefined && next.acknowledgedAtMs(name) === undefined && next.isRefused(name),
  );
