import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Demanded } from '../market/aggregator-client.js';

/**
 * The aggregators as their answers show them: which of several is away, and whether all shares of the symbols have one.
 */
export interface Neighbours {
  take(answer: Pick<Demanded, 'shares' | 'aggregators'>): void;
  /** How each of several is, by address: `ok` or what is wrong. Undefined where there is one. */
  readonly states: Readonly<Record<string, string>> | undefined;
  /** Undefined unless shares of the symbols have been without an aggregator for long. */
  check(): string | undefined;
}

export interface NeighboursDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Logger;
}

/** @param longMs shares that move from one aggregator to another are without one for less */
export const createNeighbours = ({ clock, log }: NeighboursDeps, longMs: number): Neighbours => {
  let states: Readonly<Record<string, string>> | undefined;
  let unowned = 0;
  let unownedSince: number | undefined;

  const takeStates = (each: Demanded['aggregators']) => {
    if (!each || each.size < 2) {
      states = undefined;
      return;
    }
    for (const [address, fault] of each) {
      const before = states?.[address] ?? 'ok';
      if (fault !== undefined && before === 'ok')
        log.warn({ address, reason: fault }, 'an aggregator does not answer; the others do');
      if (fault === undefined && before !== 'ok') log.warn({ address }, 'an aggregator answers again');
    }
    states = Object.fromEntries([...each].map(([address, fault]) => [address, fault ?? 'ok']));
  };
  return {
    take: ({ shares, aggregators }) => {
      unowned = shares ? Math.max(0, shares.of - shares.owned) : 0;
      unownedSince = unowned === 0 ? undefined : (unownedSince ?? clock.monotonic());
      takeStates(aggregators);
    },
    get states() {
      return states;
    },
    check: () => {
      const isLong = unownedSince !== undefined && clock.monotonic() - unownedSince > longMs;
      return isLong ? `${unowned} shares of the symbols have no aggregator` : undefined;
    },
  };
};
