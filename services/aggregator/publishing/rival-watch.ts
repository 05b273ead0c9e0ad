import type { Clock } from '@tickfolio/lib/clock';
import type { PriceBus, PublishedSecond, PublishedThrough } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { PublishGate } from './publish-gate.js';
import type { Shares } from './shares.js';

export interface RivalWatchDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly priceBus: Pick<PriceBus, 'through' | 'keepThrough'>;
  readonly gate: Pick<PublishGate, 'published'>;
  readonly shares: Pick<Shares, 'fault' | 'certain' | 'yield'>;
  /** What this publisher is called. */
  readonly by: string;
}

/** So long two publish the same at most, where only one of them is cut off from the group. */
const lookMs = 1_000;

const newestOf = ({ last, later }: PublishedThrough): PublishedSecond => later.at(-1) ?? last;
const isBehind = (one: PublishedSecond, other: PublishedSecond): boolean =>
  one.second < other.second || (one.second === other.second && one.revision < other.revision);

/**
 * Finds out that somebody else has our symbols although the group cannot be heard here: then it is this process that is
 * cut off, and not the group that is away for all. Whoever published a symbol last stands beside its mark. A mark
 * behind what was published here is none of a rival, unless it moves: a server that came back with an older copy of its
 * data has the marks of former owners, over which ours is written again.
 */
export const watchRivals = ({ clock, log, priceBus, gate, shares, by }: RivalWatchDeps): { close(): void } => {
  let looking = false;
  /** What stood in marks of others that were behind. */
  const stale = new Map<string, PublishedSecond>();

  const isRival = (mark: PublishedThrough, ours: PublishedThrough): boolean => {
    if (mark.by === undefined || mark.by === by) return false;
    const [newest, known] = [newestOf(mark), stale.get(mark.symbol)];
    if (!isBehind(newest, newestOf(ours)) || (known && isBehind(known, newest))) return true;
    stale.set(mark.symbol, newest);
    priceBus.keepThrough(ours);
    return false;
  };
  const look = async () => {
    if (shares.fault === undefined) stale.clear();
    if (looking || shares.fault === undefined || !shares.certain || gate.published.size === 0) return;
    looking = true;
    try {
      const marks = await priceBus.through([...gate.published.keys()]);
      if (shares.fault === undefined) return;
      const rival = [...marks.values()].find((mark) => {
        const ours = gate.published.get(mark.symbol);
        return ours && isRival(mark, ours);
      });
      if (!rival) return;
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
