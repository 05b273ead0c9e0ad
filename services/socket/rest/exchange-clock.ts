import { type Clock, sleep } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import { inWords } from './duration-words.js';
import type { TimeSample } from './server-time.js';

/** How the exchange's clock stands to this computer's. */
export interface ClockOffset {
  /** Exchange minus this computer, milliseconds: below zero this computer is ahead. */
  readonly offsetMs: number;
  /** The true offset is within so much of it, either way. */
  readonly uncertaintyMs: number;
}

export interface ExchangeClock {
  /** Undefined until it was measured once. */
  readonly offset: ClockOffset | undefined;
  /**
   * What it shows now, epoch milliseconds: as it was measured last, carried on by the monotonic clock, whoever sets
   * this computer's; undefined until it was measured once.
   */
  readonly nowMs: number | undefined;
  close(): Promise<void>;
}

export interface ExchangeClockDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** @throws AppError */
  readonly read: (signal: AbortSignal) => Promise<TimeSample>;
}

export interface ExchangeClockOptions {
  /** How often it is measured. */
  readonly everyMs: number;
  /** After a measurement that failed. */
  readonly retryMs: number;
}

/** Of so many looks the one with the shortest way counts; the first opens the connection and is slow. */
const samples = 4;
const spacingMs = 100;
/** From here on it is warned of: traders see seconds. */
const warnMs = 2_000;
const mendedMs = 1_000;
/** This computer's clock was set when it moved by more against its own monotonic one; looked at every so often. */
const setByMs = 500;
const lookMs = 5_000;
/** Both clocks show whole milliseconds. */
const resolutionMs = 1;

const offsetOf = ({ serverTimeMs, sentAtMs, roundTripMs }: TimeSample): ClockOffset => ({
  offsetMs: Math.round(serverTimeMs - (sentAtMs + roundTripMs / 2)),
  uncertaintyMs: Math.ceil(roundTripMs / 2) + resolutionMs,
});

/**
 * Measures the exchange's clock at start, from time to time, and whenever this computer's clock was set; warns while
 * they differ.
 */
export const createExchangeClock = (
  { clock, log, read }: ExchangeClockDeps,
  { everyMs, retryMs }: ExchangeClockOptions,
): ExchangeClock => {
  const stop = new AbortController();
  let offset: ClockOffset | undefined;
  /** What it showed at the monotonic clock's zero. */
  let zeroMs: number | undefined;
  /** The offset that was warned of last. */
  let warnedMs: number | undefined;
  let wake = new AbortController();
  const driftMs = () => clock.now() - clock.monotonic();
  /** The setting of the clock that was measured, or that is to be. */
  let knownDriftMs = driftMs();

  const tell = ({ offsetMs, uncertaintyMs }: ClockOffset) => {
    const facts = { clockOffsetMs: offsetMs, clockUncertaintyMs: uncertaintyMs };
    if (warnedMs !== undefined && Math.abs(offsetMs) <= mendedMs) {
      warnedMs = undefined;
      log.warn(facts, "this computer's clock agrees with the exchange's again");
    } else if (
      Math.abs(offsetMs) >= Math.max(warnMs, 2 * uncertaintyMs) &&
      Math.abs(offsetMs - (warnedMs ?? 0)) >= warnMs
    ) {
      warnedMs = offsetMs;
      const side = offsetMs < 0 ? 'ahead of' : 'behind';
      log.warn(facts, `this computer's clock is ${inWords(Math.abs(offsetMs))} ${side} the exchange's; set it (NTP)`);
    }
  };
  const measure = async () => {
    const began = driftMs();
    let best: TimeSample | undefined;
    for (let look = 0; look < samples; look++) {
      if (look > 0) await sleep(clock, spacingMs, stop.signal);
      const sample: TimeSample | undefined = await read(stop.signal).catch((err: unknown) => {
        if (!best) throw err;
        return undefined; // One good look is enough.
      });
      if (!sample) break;
      if (!best || sample.roundTripMs < best.roundTripMs) best = sample;
    }
    knownDriftMs = began;
    if (!best) return;
    offset = offsetOf(best);
    zeroMs = began + offset.offsetMs;
    tell(offset);
  };
  const run = async () => {
    let failed = false;
    while (!stop.signal.aborted) {
      let waitMs = everyMs;
      wake = new AbortController();
      try {
        await measure();
        failed = false;
      } catch (thrown) {
        if (stop.signal.aborted) return;
        const err = toAppError(thrown);
        waitMs = Math.min(everyMs, Math.max(retryMs, err.retryAfterMs ?? 0));
        if (!failed) log.info({ reason: err.message, retryInMs: waitMs }, "the exchange's clock could not be read");
        failed = true;
      }
      await sleep(clock, waitMs, AbortSignal.any([stop.signal, wake.signal]));
    }
  };
  const look = clock.every(lookMs, () => {
    const drift = driftMs();
    if (Math.abs(drift - knownDriftMs) < setByMs) return;
    knownDriftMs = drift; // Once a setting; whoever fails to measure it waits as long as after any failure.
    offset = undefined; // It was that of another setting.
    wake.abort();
  });
  const running = run();

  return {
    get offset() {
      return offset;
    },
    get nowMs() {
      return zeroMs === undefined ? undefined : zeroMs + clock.monotonic();
    },
    close: async () => {
      look.cancel();
      stop.abort();
      await running;
    },
  };
};
