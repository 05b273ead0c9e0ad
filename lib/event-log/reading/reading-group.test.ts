import { expect, it } from 'vitest';
import { createReadingGroup } from './reading-group.js';

/** Members that write down which partitions they begin and lose; a partition ends when the test lets it. */
const open = (partitions: number) => {
  const group = createReadingGroup(partitions);
  const events: string[] = [];
  const join = (name: string, finished: Promise<void> = Promise.resolve()) =>
    group.join((partition) => {
      events.push(`${name} begins ${partition}`);
      return { revoke: () => void events.push(`${name} loses ${partition}`), finish: () => finished };
    });
  return { group, events, join };
};

it('a member that leaves is given nothing new while its handler ends, also where the others leave or come meanwhile', async () => {
  const { events, join } = open(2);
  let end: () => void = () => undefined;
  const busy = join(
    'busy',
    new Promise((resolve) => {
      end = resolve;
    }),
  );
  const idle = join('idle');
  expect(events.splice(0)).toEqual(['busy begins 0', 'busy begins 1', 'busy loses 1', 'idle begins 1']);
  const left = busy.leave();
  await idle.leave();
  expect([...busy.partitions()]).toEqual([0]);
  const next = join('next');
  // What the one that leaves is still at stays with it until then.
  expect(events.splice(0)).toEqual(['idle loses 1', 'next begins 1']);
  end();
  await left;
  expect(events).toEqual(['busy loses 0', 'next begins 0']);
  expect([...next.partitions()].sort()).toEqual([0, 1]);
});
