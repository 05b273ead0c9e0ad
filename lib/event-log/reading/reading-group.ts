import { waitUntil } from '../../clock/clock.js';
import type { PartitionReader } from './partition-reader.js';

/** The members of a group in this process, which have each partition of a topic with exactly one of them. */
export interface ReadingGroup {
  readonly isEmpty: boolean;
  /** @param start has the member read a partition, until that moves or the member leaves */
  join(start: (partition: number) => PartitionReader): ReadingMember;
  /** All leave, and nothing moves any more. */
  close(until?: AbortSignal): Promise<void>;
}

export interface ReadingMember {
  partitions(): Iterable<number>;
  /**
   * Waits for the running handlers and has their work committed; then the others take over. After the signal nothing is
   * waited for.
   */
  leave(until?: AbortSignal): Promise<void>;
}

interface Member {
  readonly start: (partition: number) => PartitionReader;
  readonly readers: Map<number, PartitionReader>;
  leaving: boolean;
}

/**
 * When a member comes or goes, partitions move at once: the old member's handler may still run, but its heartbeat
 * throws and its commit no longer counts.
 */
export const createReadingGroup = (partitions: number): ReadingGroup => {
  const members: Member[] = [];
  let closing = false;
  /**
   * Gives every partition to one member, in turn; a partition that keeps its member is not disturbed, nor is one whose
   * member is leaving.
   */
  const share = () => {
    const staying = members.filter(({ leaving }) => !leaving);
    for (let partition = 0; partition < partitions; partition++) {
      if (members.some(({ leaving, readers }) => leaving && readers.has(partition))) continue;
      const owner = staying[partition % staying.length];
      for (const member of members) {
        if (member === owner) continue;
        member.readers.get(partition)?.revoke();
        member.readers.delete(partition);
      }
      if (owner && !owner.readers.has(partition)) owner.readers.set(partition, owner.start(partition));
    }
  };
  const leave = async (member: Member, until: AbortSignal | undefined) => {
    member.leaving = true;
    // Readers finish before the partitions move, so that a clean leaving hands nothing over twice.
    await waitUntil(until, Promise.all([...member.readers.values()].map((reader) => reader.finish())));
    for (const reader of member.readers.values()) reader.revoke();
    const at = members.indexOf(member);
    if (at < 0) return;
    members.splice(at, 1);
    member.readers.clear();
    if (!closing) share();
  };
  return {
    get isEmpty() {
      return members.length === 0;
    },
    join: (start) => {
      const member: Member = { start, readers: new Map(), leaving: false };
      members.push(member);
      share();
      return { partitions: () => member.readers.keys(), leave: (until) => leave(member, until) };
    },
    close: async (until) => {
      closing = true;
      await Promise.all([...members].map((member) => leave(member, until)));
    },
  };
};
