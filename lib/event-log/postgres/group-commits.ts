import { type Clock, type Timer, waitUntil } from '../../clock/clock.js';
import { inBackground } from '../../postgres/background.js';
import { doubledMs } from '../../retry/retry.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { detached } from '../../tracing/tracing.js';
import type { PostgresLogLimits } from './limits.js';
import type { CommitPositions, LogGroup } from './log-group.js';
import type { LogStore } from './store.js';

/** Writes down how far groups have come: not with each batch, but once in a while for all of them. */
export interface GroupCommits {
  /** Everything before that offset is handled. */
  moved(group: LogGroup, partition: number, next: number): void;
  /** Writes one down at once. @throws what the database says */
  commit: CommitPositions;
  /** Writes down at once what waits for that; what fails is tried again later. */
  flush(): Promise<void>;
  /** Writes down what waits, no longer than until the signal, and nothing after that. */
  close(until?: AbortSignal): Promise<void>;
}

export interface GroupCommitsDeps {
  readonly store: () => Promise<LogStore>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Pick<PostgresLogLimits, 'commitEveryMs' | 'maxRetryMs'>;
}

/** What one statement writes. */
const maxPositions = 1_000;

export const createGroupCommits = ({ store, clock, log, limits }: GroupCommitsDeps): GroupCommits => {
  const waiting = new Map<LogGroup, Map<number, number>>();
  let timer: Timer | undefined;
  let writing: Promise<void> | undefined;
  let failures = 0;
  let closed = false;

  const add = (group: LogGroup, partition: number, next: number) => {
    const nexts = waiting.get(group) ?? new Map<number, number>();
    nexts.set(partition, next);
    waiting.set(group, nexts);
  };
  const commitAll = async (moves: readonly (readonly [LogGroup, ReadonlyMap<number, number>])[]) => {
    const at = new Date(clock.now());
    const positions = moves.flatMap(([{ name: group, topic }, nexts]) =>
      [...nexts].map(([partition, committed]) => ({ group, topic, partition, committed, at })),
    );
    const tables = await store();
    for (let from = 0; from < positions.length; from += maxPositions)
      await tables.commit(positions.slice(from, from + maxPositions));
    for (const [group, nexts] of moves)
      for (const [partition, next] of nexts) group.committedTo(partition, next, at.getTime());
  };
  const write = async () => {
    const moves = [...waiting];
    waiting.clear();
    try {
      await commitAll(moves);
      failures = 0;
    } catch (err) {
      failures += 1;
      if (failures === 1) log.warn({ err }, 'how far groups have come could not be written down; it is tried again');
      // What was handled meanwhile is further on.
      for (const [group, nexts] of moves)
        for (const [partition, next] of nexts) if (!waiting.get(group)?.has(partition)) add(group, partition, next);
    }
  };
  const flush = async (): Promise<void> => {
    timer?.cancel();
    timer = undefined;
    await writing;
    if (waiting.size > 0)
      writing ??= write().finally(() => {
        writing = undefined;
      });
    await writing;
    later();
  };
  const later = () => {
    if (closed || waiting.size === 0) return;
    const pauseMs =
      failures === 0 ? limits.commitEveryMs : doubledMs(limits.commitEveryMs, limits.maxRetryMs, failures);
    timer ??= clock.after(pauseMs, () => void detached(() => inBackground(flush)));
  };
  return {
    moved: (group, partition, next) => {
      group.moveTo(partition, next);
      add(group, partition, next);
      later();
    },
    commit: (group, nexts) => commitAll([[group, nexts]]),
    flush,
    close: async (until) => {
      closed = true;
      await waitUntil(until, flush());
    },
  };
};
