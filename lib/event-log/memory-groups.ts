import { dealPartitions, type GroupMember, type Membership, noPartitions } from './membership.js';

/** The groups of a memory event log whose members share partitions. */
export interface MemoryGroups {
  join(group: string, partitions: number, member: GroupMember): Membership;
  close(): Promise<void>;
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

export const createMemoryGroups = (): MemoryGroups => {
  const groups = new Map<string, Group>();
  let seated = 0;
  const closers = new Set<() => Promise<void>>();

  const deal = (group: Group): Promise<void> => {
    group.dealing = group.dealing.then(async () => {
      await Promise.all(group.seats.filter(({ partitions }) => partitions.size > 0).map(({ member }) => member.revoking()));
      const dealt = dealPartitions(
        group.all,
        group.seats.map(({ id, partitions }) => ({ memberId: id, partitions: [...partitions] })),
      );
      for (const seat of group.seats) {
        const next = new Set(dealt.get(seat.id));
        const kept = new Set([...next].filter((partition) => seat.partitions.has(partition)));
        seat.partitions = next;
        seat.member.assigned(next, kept);
      }
    });
    return group.dealing;
  };

  return {
    join: (name, partitions, member) => {
      const group = groups.get(name) ?? { all: Array.from({ length: partitions }, (_, i) => i), seats: [], dealing: Promise.resolve() };
      groups.set(name, group);
      const seat: Seat = { id: String(seated++).padStart(9, '0'), member, partitions: noPartitions };
      group.seats.push(seat);
      void deal(group);
      let closed: Promise<void> | undefined;
      const leave = async () => {
        closers.delete(close);
        await group.dealing;
        await member.revoking();
        seat.partitions = noPartitions;
        group.seats.splice(group.seats.indexOf(seat), 1);
        if (group.seats.length > 0) await deal(group);
      };
      const close = () => {
        closed ??= leave();
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
    close: async () => {
      await Promise.all([...closers].map((close) => close()));
    },
  };
};
