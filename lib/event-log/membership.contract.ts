import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { becomes } from '../kit/becomes.js';
import type { EventLog } from './event-log.js';
import type { Membership } from './membership.js';

/** Event logs that share one store, as processes do; a topic of three partitions. */
export interface OpenedGroup {
  readonly topic: string;
  /** A log of another process. */
  open(): EventLog;
  end(): Promise<void>;
}

/** One member, and what it was told, in order. */
export interface RecordedMember {
  readonly membership: Membership;
  readonly told: readonly string[];
  /** What it may work for at this moment. */
  readonly working: ReadonlySet<number>;
  close(): Promise<void>;
}

/** A member that keeps the rules: it works for what it was told, and for nothing between `revoking` and `assigned`. */
export const joinRecorded = (eventLog: EventLog, topic: string, endMs = 0): RecordedMember => {
  const told: string[] = [];
  let working: ReadonlySet<number> = new Set();
  const membership = eventLog.join(topic, 'sharers', {
    revoking: async () => {
      await new Promise((resolve) => setTimeout(resolve, endMs));
      working = new Set();
      told.push('revoking');
    },
    assigned: (partitions, kept) => {
      working = partitions;
      told.push(`assigned ${[...partitions].sort()} kept ${[...kept].sort()}`);
    },
  });
  return {
    membership,
    told,
    get working() {
      return working;
    },
    close: () => membership.close(),
  };
};

/** What a group must do that shares partitions. */
export const membershipContract = (name: string, openGroup: () => Promise<OpenedGroup>, patienceMs: number): void => {
  describe(`membership contract: ${name}`, { timeout: 4 * patienceMs + 5_000 }, () => {
    let group: OpenedGroup;
    beforeEach(async () => {
      group = await openGroup();
    });
    afterEach(() => group.end());
    const join = (endMs?: number) => joinRecorded(group.open(), group.topic, endMs);
    const shares = (...members: RecordedMember[]) =>
      members
        .flatMap(({ working }) => [...working])
        .sort((a, b) => a - b)
        .join();

    it('gives one member everything', async () => {
      const one = join();
      await becomes(() => [...one.working].sort(), [0, 1, 2], patienceMs);
      expect([...one.membership.partitions].sort()).toEqual([0, 1, 2]);
      expect(one.membership.certain).toBe(true);
      expect(one.membership.problem()).toBeUndefined();
      expect(one.told).toEqual(['assigned 0,1,2 kept ']);
    });

    it('splits between two, none twice and none left, and moves only what must move', async () => {
      const one = join();
      await becomes(() => one.working.size, 3, patienceMs);
      const two = join();
      await becomes(() => [shares(one, two), two.working.size], ['0,1,2', 1], patienceMs);
      expect(one.told[1]).toBe('revoking');
      const kept = [...one.working].sort().join();
      expect(one.told.at(-1)).toBe(`assigned ${kept} kept ${kept}`);
      expect(two.told.at(-1)).toMatch(/^assigned \d kept $/);
    });

    it('has each partition with at most one member at every moment, also while ending takes its time', async () => {
      const members = [join(60), join(60)];
      let doubles = 0;
      const looking = setInterval(() => {
        const all = members.flatMap(({ working }) => [...working]);
        if (new Set(all).size < all.length) doubles++;
      }, 1);
      await becomes(() => shares(...members), '0,1,2', patienceMs);
      members.push(join(60));
      await becomes(() => members.map(({ working }) => working.size), [1, 1, 1], patienceMs);
      await members[0]?.close();
      await becomes(() => shares(...members), '0,1,2', patienceMs);
      await members[1]?.close();
      await becomes(() => members[2]?.working.size, 3, patienceMs);
      clearInterval(looking);
      expect(doubles).toBe(0);
    });

    it('goes on sharing after a member could not end its work, or not begin it', async () => {
      const broken = async () => {
        throw new Error('Redis is away');
      };
      let given = 0;
      const eventLog = group.open();
      const failing = eventLog.join(group.topic, 'sharers', {
        revoking: broken,
        assigned: () => {
          given++;
          throw new Error('and this fails too');
        },
      });
      await becomes(() => given > 0, true, patienceMs);
      const other = join();
      await becomes(() => other.working.size > 0, true, patienceMs);
      await failing.close();
      await becomes(() => other.working.size, 3, patienceMs);
    });

    it('hands over at once when a member leaves, after that has ended its work', async () => {
      const one = join();
      const two = join(50);
      await becomes(
        () => [shares(one, two), one.working.size > 0, two.working.size > 0],
        ['0,1,2', true, true],
        patienceMs,
      );
      await Promise.all([two.close(), two.close()]);
      await becomes(() => one.working.size, 3, patienceMs);
      expect(two.told.at(-1)).toBe('revoking');
      expect(two.membership.partitions.size).toBe(0);
      expect(two.membership.problem()).toEqual(expect.any(String));
    });
  });
};
