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
/** What is merely slow is told as slow, at most so often, and is not well once it has been so for so long. */
const [slowAgainMs, lastsMs] = [600_000, 10_000];

/** Tells of a dependency, in levels by which an operator can go. */
const tellingOf = ({ clock, log }: WatchDeps, words: string) => {
  let slowSinceMs: number | undefined;
  let toldSlowMs = Number.NEGATIVE_INFINITY;
  let isToldIll = false;
  return {
    well: (isFirst: boolean) => {
      const wasIll = isToldIll;
      [slowSinceMs, isToldIll] = [undefined, false];
      if (isFirst || wasIll) log[isFirst ? 'info' : 'warn'](`${words} is well`);
    },
    ill: (reason: string, isSlow: boolean) => {
      if (isToldIll) return;
      const nowMs = clock.monotonic();
      slowSinceMs ??= nowMs;
      if (!isSlow || nowMs - slowSinceMs >= lastsMs) {
        isToldIll = true;
        log.error({ reason }, `${words} is not well`);
      } else if (slowSinceMs === nowMs && nowMs - toldSlowMs >= slowAgainMs) {
        toldSlowMs = nowMs;
        log.warn({ reason }, `${words} is slow`);
      }
    },
  };
};

/** Watches a dependency from now on, and logs when it changes. */
export const watchDependency = ({ clock, log }: WatchDeps, options: WatchOptions): Watched => {
  const { name, required, words, ask, periodMs, timeoutMs } = options;
  const telling = tellingOf({ clock, log }, words);
  let fault: string | undefined = notAsked;
  let asking = false;
  let closed = false;
  let changed: () => void = () => undefined;
  const look = async () => {
    if (asking) return;
    asking = true;
    const late = sleep(clock, timeoutMs).then(() => [`did not answer within ${timeoutMs} ms`, true] as const);
    const answered = ask().then(
      (answer) => (typeof answer === 'string' ? answer : undefined),
      (err: unknown) => (err instanceof Error ? err.message : String(err)),
    );
    const before = fault;
    const [now, isSlow] = await Promise.race([answered.then((answer) => [answer, false] as const), late]);
    asking = false;
    if (closed) return;
    fault = now;
    const isChange = (before === undefined) !== (now === undefined) || before === notAsked;
    if (isChange) changed();
    if (now !== undefined) telling.ill(now, isSlow);
    else if (isChange) telling.well(before === notAsked);
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
