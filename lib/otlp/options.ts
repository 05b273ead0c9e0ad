import type { Clock } from '../clock/clock.js';
import type { Logger } from '../telemetry/telemetry.js';

export interface TracingOptions {
  /** Name of the service, unless OTEL_SERVICE_NAME gives another. */
  readonly service: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
