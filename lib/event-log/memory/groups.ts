import { waitUntil } from '../../clock/clock.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { dealPartitions, type GroupMember, type Membership, noPartitions } from '../membership.js';

/** The groups of a memory event log whose members share partitions. */
export interface MemoryGroups {
  join(group: string, partitions: number, member: GroupMember): Membership;
  close(until?: AbortSignal): Promise<void>;
}

interface Seat {
  readonly id: string;
  readonly member: GroupMember;
  partitions: ReadonlySet<number>;
}

interface Group {
  readonly all: readonly number[];
  readonly seats: Seat[];
  /** One dealing at a time. */
  dealing: Promise<void>;
}

export const createMemoryGroups = (log: Logger): MemoryGroups => {
  const groups = new Map<string, Group>();
  let seated = 0;
  const closers = new Set<(until?: AbortSignal) => Promise<void>>();

  /** What a member throws ends neither its group's dealing nor its own leaving. */
  const end = (member: GroupMember): Promise<void> =>
    Promise.resolve()
      .then(() => member.revoking())
      .catch((err: unknown) => log.error({ err }, 'a member of a group could not end its work'));
  const tell = (member: GroupMember, next: ReadonlySet<number>, kept: ReadonlySet<number>) => {
    try {
      member.assigned(next, kept);
    } catch (err) {
      log.error({ err }, 'a member of a group could not begin its work');
    }
  };
  const deal = (group: Group): Promise<void> => {
    group.dealing = group.dealing.then(async () => {
      await Promise.all(group.seats.filter(({ partitions }) => partitions.size > 0).map(({ member }) => end(member)));
      const dealt = dealPartitions(
        group.all,
        group.seats.map(({ id, partitions }) => ({ memberId: id, partitions: [...partitions] })),
      );
      for (const seat of group.seats) {
        const next = new Set(dealt.get(seat.id));
        const kept = new Set([...next].filter((partition) => seat.partitions.has(partition)));
        seat.partitions = next;
        tell(seat.member, next, kept);
      }
    });
    return group.dealing;
  };

  return {
    join: (name, partitions, member) => {
      const group = groups.get(name) ?? {
        all: Array.from({ length: partitions }, (_, i) => i),
        seats: [],
        dealing: Promise.resolve(),
      };
      groups.set(name, group);
      const seat: Seat = { id: String(seated++).padStart(9, '0'), member, partitions: noPartitions };
      group.seats.push(seat);
      void deal(group);
      let closed: Promise<void> | undefined;
      const leave = async (until: AbortSignal | undefined) => {
        closers.delete(close);
        await waitUntil(
          until,
          group.dealing.then(() => end(member)),
        );
        seat.partitions = noPartitions;
        group.seats.splice(group.seats.indexOf(seat), 1);
        if (group.seats.length > 0) await deal(group);
      };
      const close = (until?: AbortSignal) => {
        closed ??= leave(until);
        return closed;
      };
      closers.add(close);
      return {
        get partitions() {
          return seat.partitions;
        },
        certain: true,
        problem: () => (closed ? 'has left its group' : undefined),
        close,
      };
    },
    close: async (until) => {
      await Promise.all([...closers].map((close) => close(until)));
    },
  };
};
