import { type Clock, sleep } from '../clock/clock.js';
import type { Dependency } from '../http/http.js';
import type { Logger } from '../telemetry/telemetry.js';

/** A dependency that is asked again and again; who looks at it is told the last answer. */
export interface Watched extends Dependency {
  check(): string | undefined;
  /** Resolves with the first answer. */
  readonly known: Promise<void>;
  /** Calls back at every change; one listener. */
  onChange(listener: () => void): void;
  close(): void;
}

/**
 * Health must be told at any moment, so whatever the service cannot do without answers at once; what has to be asked
 * first is watched.
 */
export type ServedDependency =
  | Watched
  | (Dependency & { readonly required: false })
  | (Dependency & { readonly required: true; check(): string | undefined });

export interface WatchDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

export interface WatchOptions {
  readonly name: string;
  readonly required: boolean;
  /** What the log calls it, such as `the database`. */
  readonly words: string;
  /** Rejects, or resolves to what is wrong in words, while it is not well. */
  ask(): Promise<unknown>;
  readonly periodMs: number;
  /** An answer that takes longer is none. */
  readonly timeoutMs: number;
}

const notAsked = 'was not asked yet';

/** Watches a dependency from now on, and logs when it changes. */
export const watchDependency = ({ clock, log }: WatchDeps, options: WatchOptions): Watched => {
  const { name, required, words, ask, periodMs, timeoutMs } = options;
  let fault: string | undefined = notAsked;
  let asking = false;
  let closed = false;
  let changed: () => void = () => undefined;
  const look = async () => {
    if (asking) return;
    asking = true;
    const late = sleep(clock, timeoutMs).then(() => `did not answer within ${timeoutMs} ms`);
    const answered = ask().then(
      (answer) => (typeof answer === 'string' ? answer : undefined),
      (err: unknown) => (err instanceof Error ? err.message : String(err)),
    );
    const before = fault;
    const now = await Promise.race([answered, late]);
    asking = false;
    if (closed) return;
    fault = now;
    if ((before === undefined) === (now === undefined) && before !== notAsked) return;
    changed();
    if (now === undefined) log[before === notAsked ? 'info' : 'warn'](`${words} is well`);
    else log.error({ reason: now }, `${words} is not well`);
  };
  const known = look();
  const timer = clock.every(periodMs, () => void look());
  return {
    name,
    required,
    check: () => fault,
    known,
    onChange: (listener) => {
      changed = listener;
    },
    close: () => {
      closed = true;
      timer.cancel();
    },
  };
};
