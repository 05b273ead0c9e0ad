import type { Clock, Timer } from '@tickfolio/lib/clock';
import { because, type Context, currentCause, detached } from '@tickfolio/lib/tracing';

/** A work that is done again and again, and soon after somebody asks for it. It is never done twice at once. */
export interface Rhythm {
  /** Who asks within one gathering is served by one work; its trace is that of who asked first. */
  soon(): void;
  /** Does not wait for what is being done. */
  close(): void;
}

export interface RhythmOptions {
  /** What traces call the work. */
  readonly name: string;
  /** How long those who ask are gathered. */
  readonly gatherMs: number;
  readonly clock: Clock;
}

/** @param work never rejects, and says how long to pause after it, milliseconds */
export const startRhythm = (work: () => Promise<number>, { name, gatherMs, clock }: RhythmOptions): Rhythm => {
  let timer: Timer | undefined;
  let soon = false;
  /** The request of who asked first. */
  let cause: Context | undefined;
  let running = false;
  let closed = false;

  const run = async () => {
    timer = undefined;
    if (running) return;
    running = true;
    soon = false;
    const asked = cause;
    cause = undefined;
    const pauseMs = await because(asked, name, work);
    running = false;
    if (!closed) timer ??= detached(() => clock.after(soon ? gatherMs : pauseMs, () => void run()));
  };
  void run();

  return {
    soon: () => {
      cause ??= currentCause();
      if (closed || soon) return;
      soon = true;
      if (running) return; // Its end starts the next one.
      timer?.cancel();
      timer = detached(() => clock.after(gatherMs, () => void run()));
    },
    close: () => {
      closed = true;
      timer?.cancel();
    },
  };
};
