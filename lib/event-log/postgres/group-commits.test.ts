import { expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { createGroupCommits } from './group-commits.js';
import { postgresLogLimits } from './limits.js';
import { createLogGroup } from './log-group.js';
import type { LogStore, StoredPosition } from './store.js';

const build = () => {
  const clock = createManualClock();
  const written: string[] = [];
  const faults: Error[] = [];
  const commit = async (positions: readonly StoredPosition[]) => {
    const fault = faults.shift();
    if (fault) throw fault;
    written.push(positions.map(({ group, partition, committed }) => `${group} ${partition} ${committed}`).join(', '));
  };
  const store = async () => ({ commit }) as LogStore;
  const commits = createGroupCommits({ store, clock, log: silentLogger(), limits: postgresLogLimits });
  const group = (name: string) => createLogGroup({ topic: 't', name, partitions: [] });
  return { clock, written, faults, commits, one: group('one'), other: group('other') };
};

it('groups are committed once a second, all in one statement, and at the end', async () => {
  const { clock, written, commits, one, other } = build();
  for (let next = 1; next <= 40; next++) {
    commits.moved(one, 0, next);
    if (next % 2) commits.moved(other, 1, next);
    await clock.advanceAsync(50);
  }
  expect(written).toEqual(['one 0 20, other 1 19', 'one 0 40, other 1 39']);
  expect([one.committed(0), other.committed(1)]).toEqual([40, 39]);
  commits.moved(one, 0, 41);
  await commits.close();
  expect(written.at(-1)).toBe('one 0 41');
  expect(clock.pending).toBe(0);
});

it('a commit that fails is tried again with what was handled meanwhile, and counts only then', async () => {
  const { clock, written, faults, commits, one } = build();
  faults.push(new Error('away'), new Error('away'));
  commits.moved(one, 0, 1);
  commits.moved(one, 1, 1);
  await clock.advanceAsync(1_000);
  commits.moved(one, 0, 2);
  expect([written, one.committed(0)]).toEqual([[], undefined]);
  await clock.advanceAsync(10_000);
  expect(written).toEqual(['one 0 2, one 1 1']);
  expect(one.committed(0)).toBe(2);
  await commits.close();
});
