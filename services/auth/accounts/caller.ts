import type { Logger } from '@tickfolio/lib/telemetry';

/** Who asks, and for how long it matters. */
export interface Caller {
  readonly address: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}
