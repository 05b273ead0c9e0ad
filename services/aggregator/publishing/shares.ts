import type { Clock, Timer } from '@tickfolio/lib/clock';
import { type EventLog, type Membership, partitionOf } from '@tickfolio/lib/event-log';
import type { Tally } from '../tally.js';

/**
 * Carries no message: its partitions are the shares, and their assignment to the members of the group says whose each
 * is.
 */
export const shareTopic = 'tickfolio.symbol-shares';
export const shareCount = 24;
const shareGroup = 'tickfolio-aggregators';

/** The share a symbol (lower case) belongs to, for ever the same. */
export const shareOf = (symbol: string): number => partitionOf(symbol, shareCount);

/** Which symbols this aggregator publishes. */
export interface Shares {
  owns(symbol: string): boolean;
  /** How many shares are ours, and of how many; undefined where nothing is shared. */
  readonly counts: { readonly owned: number; readonly of: number } | undefined;
  /** False after this process stood still for so long that its shares may be somebody else's. */
  readonly certain: boolean;
  /**
   * The group cannot be heard and somebody else publishes our symbols: they are not ours any more, until the group says
   * so.
   */
  yield(): void;
  /** What is needed is known here: now a share is in good hands. */
  needsKnown(): void;
  /** What is wrong, or undefined. */
  readonly fault: string | undefined;
  /** Ends the work and hands over; waits for nothing after the signal. */
  close(until?: AbortSignal): Promise<void>;
}

/** One aggregator that publishes everything. */
export const everyShare: Shares = {
  owns: () => true,
  counts: undefined,
  certain: true,
  yield: () => undefined,
  needsKnown: () => undefined,
  fault: undefined,
  close: async () => undefined,
};

export interface SharesDeps {
  readonly eventLog: Pick<EventLog, 'join'>;
  readonly clock: Clock;
  readonly tally: Tally;
  /**
   * Shares may move: publish nothing until `moved`. Resolves when everything published has arrived. Called again it
   * goes on.
   */
  readonly pause: () => Promise<void>;
  /** @param kept whether a symbol was ours all along */
  readonly moved: (kept: (symbol: string) => boolean) => void;
}

/** An aggregator that was told nothing takes its shares after this time all the same: there may be nobody who tells. */
const maxWaitMs = 5_000;

/**
 * A dealing takes 1 to 3 s, or as long as the group takes a silent member for alive. One that does not end while the
 * group cannot be heard moves nothing: nobody can have taken the shares, or else a rival is seen.
 */
const maxHoldMs = 6_000;
const lookMs = 500;

/** Shares the symbols with the other aggregators of the group. */
export const joinShares = ({ eventLog, clock, tally, pause, moved }: SharesDeps): Shares => {
  let membership: Membership | undefined;
  let owned: ReadonlySet<number> = new Set();
  let timer: Timer | undefined;
  /** While a dealing is waited for. */
  let holding: Timer | undefined;
  let yielded = false;
  let closed = false;

  const isCertain = (): boolean => {
    // The group is heard again, and did not give them away.
    if (yielded && membership?.problem() === undefined) yielded = false;
    return !yielded && (membership?.certain ?? true);
  };
  const letGo = () => {
    holding?.cancel();
    holding = undefined;
  };
  const holdOn = (): Promise<void> => {
    if (!holding && !closed) {
      const sinceMs = clock.monotonic();
      holding = clock.every(lookMs, () => {
        if (clock.monotonic() - sinceMs < maxHoldMs || membership?.problem() === undefined) return;
        letGo();
        tally.sharesKept += 1;
        moved((symbol) => owned.has(shareOf(symbol)));
      });
    }
    return pause();
  };
  const join = () => {
    timer?.cancel();
    if (membership || closed) return;
    membership = eventLog.join(shareTopic, shareGroup, {
      revoking: holdOn,
      assigned: (next, kept) => {
        letGo();
        tally.sharesGained += next.size - kept.size;
        tally.sharesLost += [...owned].filter((share) => !next.has(share)).length;
        owned = next;
        yielded = false;
        moved((symbol) => kept.has(shareOf(symbol)));
      },
    });
  };
  timer = clock.after(maxWaitMs, join);

  return {
    owns: (symbol) => owned.has(shareOf(symbol)),
    get counts() {
      return { owned: owned.size, of: shareCount };
    },
    get certain() {
      return isCertain();
    },
    yield: () => {
      yielded = true;
    },
    needsKnown: join,
    get fault() {
      if (!isCertain() && yielded)
        return 'the group cannot be heard and another aggregator publishes our symbols: nothing is published here';
      return membership ? membership.problem() : 'nobody has said yet which symbols are needed';
    },
    close: async (until) => {
      closed = true;
      timer?.cancel();
      letGo();
      await membership?.close(until);
      owned = new Set();
    },
  };
};
