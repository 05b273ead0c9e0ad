import type { Logger } from '@tickfolio/lib/telemetry';
import { networkOf } from '@tickfolio/lib/throttle/client-address';
import type { CallOrigin } from '../log/call-origin.js';
import { deviceOf } from './device.js';

/** Who asks, and for how long it matters. */
export interface Caller {
  readonly address: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What of a caller is kept. */
export const originOf = ({ address, userAgent, requestId }: Caller): CallOrigin => ({
  device: deviceOf(userAgent),
  network: networkOf(address),
  requestId,
});
