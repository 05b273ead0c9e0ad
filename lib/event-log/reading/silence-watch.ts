import type { Clock } from '../../clock/clock.js';

export interface SilenceWatchOptions {
  readonly clock: Clock;
  /** How long the watched one may be silent while the server answers others. */
  readonly silenceMs: number;
  /** Whether the server answers others. Bounded. */
  readonly probe: () => Promise<boolean>;
  /** Called once. */
  readonly dead: () => void;
}

/** Tells one that hangs from one whose server is away. */
export interface SilenceWatch {
  /** A sign of life. */
  heard(): void;
  /** Milliseconds since the last one. */
  silentMs(): number;
  close(): void;
}

/** Looks this often within the allowed silence. */
const looks = 6;

export const watchSilence = ({ clock, silenceMs, probe, dead }: SilenceWatchOptions): SilenceWatch => {
  let heardMs = clock.monotonic();
  /** Since when the server has answered without a break, as far as it was asked. */
  let answeringMs: number | undefined;
  let asking = false;

  const look = async () => {
    if (asking) return;
    if (clock.monotonic() - heardMs < silenceMs / 2) {
      answeringMs = undefined;
      return;
    }
    asking = true;
    const answers = await probe();
    asking = false;
    const nowMs = clock.monotonic();
    if (!answers) answeringMs = undefined;
    else answeringMs ??= nowMs;
    if (answeringMs === undefined || nowMs - answeringMs < silenceMs / 2 || nowMs - heardMs < silenceMs) return;
    timer.cancel();
    dead();
  };
  const timer = clock.every(silenceMs / looks, () => void look());

  return {
    heard: () => {
      heardMs = clock.monotonic();
    },
    silentMs: () => clock.monotonic() - heardMs,
    close: () => timer.cancel(),
  };
};
