import type { Clock } from '@tickfolio/lib/clock';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { PublishGate } from './publish-gate.js';
import type { Shares } from './shares.js';

export interface RivalWatchDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly priceBus: Pick<PriceBus, 'through'>;
  readonly gate: Pick<PublishGate, 'published'>;
  readonly shares: Pick<Shares, 'fault' | 'certain' | 'yield'>;
  /** What this publisher is called. */
  readonly by: string;
}

/** So long two publish the same at most, where only one of them is cut off from the group. */
const lookMs = 1_000;

/**
 * Finds out that somebody else has our symbols although the group cannot be heard here: then it is this process that is cut off, and
 * not the group that is away for all. Whoever published a symbol last stands beside its mark.
 */
export const watchRivals = ({ clock, log, priceBus, gate, shares, by }: RivalWatchDeps): { close(): void } => {
  let looking = false;
  const look = async () => {
    if (looking || shares.fault === undefined || !shares.certain || gate.published.size === 0) return;
    looking = true;
    try {
      const marks = await priceBus.through([...gate.published]);
      const rival = [...marks.values()].find((mark) => mark.by !== undefined && mark.by !== by);
      if (!rival || shares.fault === undefined) return;
      log.warn(
        { symbol: rival.symbol },
        'another aggregator publishes our symbols and the group cannot be heard: nothing is published here until it is',
      );
      shares.yield();
    } catch (err) {
      log.debug({ err }, 'whether somebody else publishes our symbols cannot be read');
    } finally {
      looking = false;
    }
  };
  const timer = clock.every(lookMs, () => void look());
  return { close: () => timer.cancel() };
};
