/** What a member of a group does when the group deals the partitions of a topic out anew. */
export interface GroupMember {
  /**
   * Partitions may move: nothing may be done for any of them from now until `assigned`. Resolves when what was begun is
   * done for good; the group waits for that, within a bound. Told again before `assigned` where the group was away in
   * the middle of a dealing: a member that went on with what it has, because nobody could take it, ends its work anew.
   */
  revoking(): Promise<void>;
  /**
   * Exactly these partitions from now on.
   * @param kept those of them that were this member's without a break; of all others somebody else may have done the
   * work since
   */
  assigned(partitions: ReadonlySet<number>, kept: ReadonlySet<number>): void;
}

/** A place in a group whose members have each partition of a topic with exactly one of them. No message is read. */
export interface Membership {
  /**
   * Empty until the group answered for the first time. Kept while the log is away: then nobody can take them either.
   */
  readonly partitions: ReadonlySet<number>;
  /**
   * False when this process stood still for so long that the group may have given its partitions away, and has not
   * heard from it since: nothing may be done for them.
   */
  readonly certain: boolean;
  /** What is wrong, or undefined when it is in its group. */
  problem(): string | undefined;
  /**
   * Ends the work (`revoking`) and leaves, so that others take over at once. After the signal nothing is waited for.
   */
  close(until?: AbortSignal): Promise<void>;
}

/** What a member has, and would like to keep. */
export interface PartitionClaim {
  readonly memberId: string;
  readonly partitions: readonly number[];
}

/**
 * Deals partitions out evenly, each to one member, moving as few as can be: whoever has some keeps them up to its fair
 * part. The same for the same members in whatever order.
 */
export const dealPartitions = (
  partitions: readonly number[],
  claims: readonly PartitionClaim[],
): ReadonlyMap<string, readonly number[]> => {
  const free = new Set(partitions);
  // Who has more may keep the one more that does not go round.
  const members = [...claims].sort(
    (a, b) => b.partitions.length - a.partitions.length || (a.memberId < b.memberId ? -1 : 1),
  );
  const [least, over] = [Math.floor(partitions.length / members.length), partitions.length % members.length];
  const quotas = members.map((_, i) => least + (i < over ? 1 : 0));
  const dealt = members.map(({ partitions: claimed }, i) => {
    const kept = claimed.filter((partition) => free.has(partition)).slice(0, quotas[i]);
    for (const partition of kept) free.delete(partition);
    return kept;
  });
  const rest = [...free];
  dealt.forEach((own, i) => {
    own.push(...rest.splice(0, (quotas[i] ?? 0) - own.length));
    own.sort((a, b) => a - b);
  });
  return new Map(members.map(({ memberId }, i) => [memberId, dealt[i] ?? []]));
};

export const noPartitions: ReadonlySet<number> = new Set();
