import type { Dependency } from '../http/http.js';

/** What every service's start returns. `Port` is undefined where a service serves nothing but its operations. */
export interface RunningService<Port extends number | undefined = number> {
  /** The bound port of what it serves. */
  readonly port: Port;
  /** Where /health, /ready and /metrics are served; undefined: nowhere. */
  readonly operationsPort: number | undefined;
  /** What the service needs and whether it has it, for somebody else's /ready too. */
  readonly dependencies: readonly Dependency[];
  /**
   * Takes no new work, finishes what is under way within a bound, and closes what the service opened; what was passed
   * in stays open. However often it is called, it is done once. @param until nothing is waited for any longer than
   * until this signal
   */
  close(until?: AbortSignal): Promise<void>;
}

/** A `close` that is done once, with the signal of whoever asked first. */
export const closingOnce = (work: (until?: AbortSignal) => Promise<void>): ((until?: AbortSignal) => Promise<void>) => {
  let closing: Promise<void> | undefined;
  return (until) => {
    closing ??= work(until);
    return closing;
  };
};
