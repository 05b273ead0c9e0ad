import type { ConsumeOptions } from '../event-log.js';
import { createReadingGroup, type ReadingGroup } from '../reading/reading-group.js';
import type { LogPartition } from './log-partition.js';
import type { StoredPosition } from './store.js';

/** A group of readers of one topic. */
export interface LogGroup {
  readonly topic: string;
  readonly name: string;
  readonly reading: ReadingGroup;
  /**
   * Decides where it reads first, where that is not known.
   * @param commit writes it down: a group that begins at the newest would otherwise begin there once more after a kill,
   * and miss what came in between
   */
  begin(from: ConsumeOptions['from'], commit: CommitPositions): Promise<void>;
  /** What it reads next. */
  position(partition: number): number;
  /** Everything before that offset is handled. */
  moveTo(partition: number, next: number): void;
  /** What the table says that it reads next. */
  committed(partition: number): number | undefined;
  committedTo(partition: number, next: number, atMs: number): void;
  /** What the table said when it was opened. */
  restore(stored: StoredPosition): void;
  /** Whether what it has not read is kept for it: it is reading, or was since a moment. */
  isKeptFor(sinceMs: number): boolean;
  /** Whether messages had to go that it had not read, and it has read none since. */
  hasMissed(): boolean;
}

/** Resolves when the table has them. */
export type CommitPositions = (group: LogGroup, nexts: ReadonlyMap<number, number>) => Promise<void>;

export interface LogGroupPlace {
  readonly topic: string;
  readonly name: string;
  readonly partitions: readonly LogPartition[];
}

export const createLogGroup = ({ topic, name, partitions }: LogGroupPlace): LogGroup => {
  const positions = new Map<number, number>();
  const committed = new Map<number, number>();
  const reading = createReadingGroup(partitions.length);
  let usedMs = Number.NEGATIVE_INFINITY;
  let beginning: Promise<void> | undefined;
  const boundsOf = (partition: number) => partitions[partition]?.bounds() ?? { first: 0, next: 0 };
  const begin = async (from: ConsumeOptions['from'], commit: CommitPositions) => {
    const isNew = committed.size === 0;
    const unknown = partitions.map((_, partition) => partition).filter((partition) => !positions.has(partition));
    const bound = isNew && from === 'newest' ? 'next' : 'first';
    const nexts = new Map(unknown.map((partition) => [partition, boundsOf(partition)[bound]]));
    if (bound === 'next') await commit(group, nexts);
    for (const [partition, next] of nexts) positions.set(partition, next);
  };
  const group: LogGroup = {
    topic,
    name,
    reading,
    begin: (from, commit) => {
      beginning ??= begin(from, commit).catch((err: unknown) => {
        beginning = undefined;
        throw err;
      });
      return beginning;
    },
    position: (partition) => positions.get(partition) ?? 0,
    moveTo: (partition, next) => {
      positions.set(partition, next);
      partitions[partition]?.trim();
    },
    committed: (partition) => committed.get(partition),
    committedTo: (partition, next, atMs) => {
      committed.set(partition, next);
      usedMs = Math.max(usedMs, atMs);
    },
    restore: (stored) => {
      positions.set(stored.partition, stored.committed);
      committed.set(stored.partition, stored.committed);
      usedMs = Math.max(usedMs, stored.at.getTime());
    },
    isKeptFor: (sinceMs) => !reading.isEmpty || usedMs >= sinceMs,
    hasMissed: () =>
      partitions.some((partition, index) => {
        const position = positions.get(index);
        return position !== undefined && position < partition.bounds().first;
      }),
  };
  return group;
};
