import type { Clock } from '@tickfolio/lib/clock';
import type { ExchangeConnection } from '../exchange/exchange-connection.js';
import type { SocketLimits } from '../limits.js';
import { createMissedTrades, type StreamHistory } from './missed-trades.js';
import { createSilenceBound } from './silence-bound.js';
import { createSteadyFlow } from './steady-flow.js';

/** Finds the connection that is open but silent. */
export interface SilenceWatch {
  /** Data of a stream came. */
  saw(name: string): void;
  /** A stream less is carried: what is known of how steadily data come is out of date. */
  changed(): void;
  /**
   * Called once a second while the connection is open.
   * @param openSinceMs monotonic
   * @returns for how long it has been silent, milliseconds, where it should be replaced for that
   */
  judge(connection: ExchangeConnection, names: ReadonlySet<string>, openSinceMs: number): number | undefined;
}

/** Called later than this, the process stood still: what came meanwhile is not read yet. */
const stoodStillMs = 3_000;
/** Asked before the time is over after which a connection without a sign of life is given up. */
const askAfterShare = 2 / 3;

export const createSilenceWatch = (clock: Clock, limits: SocketLimits, history: StreamHistory = {}): SilenceWatch => {
  const bound = createSilenceBound(limits);
  const flow = createSteadyFlow();
  const missed = createMissedTrades(clock, history, limits.connectionSilenceMs * askAfterShare);
  let judgedMs = Number.NEGATIVE_INFINITY;
  let judgedSignMs: number | undefined;

  return {
    saw: (name) => {
      bound.saw();
      missed.saw(name);
    },
    changed: flow.forget,
    judge: (connection, names, openSinceMs) => {
      const nowMs = clock.monotonic();
      let active = 0;
      for (const name of names) if ((connection.lastSeenMs(name) ?? Number.NEGATIVE_INFINITY) >= judgedMs) active += 1;
      const stoodStill = nowMs - judgedMs > stoodStillMs;
      judgedMs = nowMs;
      if (stoodStill) return undefined;
      flow.second(active);
      const signMs = connection.lastSignMs ?? connection.lastDataMs;
      if (signMs !== undefined && signMs > openSinceMs && signMs !== judgedSignMs) bound.saw();
      judgedSignMs = signMs;
      const silentMs = nowMs - Math.max(openSinceMs, signMs ?? openSinceMs);
      const pausedMs = nowMs - Math.max(openSinceMs, connection.lastDataMs ?? openSinceMs);
      const isSilent = silentMs >= bound.boundMs();
      // One that answers is quiet, unless its streams never paused so long, or trades were missed.
      const isPaused = flow.isSteady && pausedMs >= limits.connectionSilenceMs;
      const isStuck = isPaused || missed.judge(connection, names, pausedMs);
      if (!isSilent && !isStuck) return undefined;
      if (isSilent) bound.replaced();
      // Where the next one brings nothing either, it is the market that pauses.
      flow.forget();
      return isSilent ? silentMs : pausedMs;
    },
  };
};
