import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createLane, type LaneOptions } from './lane.js';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Jobs that end when they are told to. */
const setUp = (options: Partial<LaneOptions> = {}) => {
  const lane = createLane({ width: 1, maxWaiting: 2, refuse: (why) => new Error(why), ...options });
  const begun: string[] = [];
  const ends = new Map<string, (thrown?: Error) => void>();
  const run = (name: string, signal?: AbortSignal) =>
    lane.run(() => {
      begun.push(name);
      return new Promise<string>((resolve, reject) =>
        ends.set(name, (thrown) => (thrown ? reject(thrown) : resolve(name))),
      );
    }, signal);
  const end = async (name: string, thrown?: Error) => {
    ends.get(name)?.(thrown);
    await settle();
  };
  return { lane, begun, run, end };
};

describe('a lane', () => {
  it('lets so many run at once and the others in their order, also after one that failed', async () => {
    const { lane, begun, run, end } = setUp({ width: 2 });
    const jobs = ['a', 'b', 'c', 'd'].map((name) => run(name));
    expect([begun, lane.waiting]).toEqual([['a', 'b'], 2]);
    await Promise.all([expect(jobs[1]).rejects.toThrow('no'), end('b', new Error('no'))]);
    expect([begun, lane.waiting]).toEqual([['a', 'b', 'c'], 1]);
    for (const name of ['a', 'c', 'd']) await end(name);
    expect(await Promise.all([jobs[0], jobs[2], jobs[3]])).toEqual(['a', 'c', 'd']);
    expect(lane.isIdle).toBe(true);
  });
  it('refuses at once who would wait behind too many', async () => {
    const { run, end } = setUp();
    const jobs = ['a', 'b', 'c'].map((name) => run(name));
    await expect(run('d')).rejects.toThrow('full');
    for (const name of ['a', 'b', 'c']) await end(name);
    expect(await Promise.all(jobs)).toEqual(['a', 'b', 'c']);
  });
  it('lets go who waited too long or left, and never begins with it', async () => {
    const clock = createManualClock();
    const { lane, begun, run, end } = setUp({ patience: { clock, ms: 1_000 } });
    const leaving = new AbortController();
    const first = run('a');
    const late = expect(run('b')).rejects.toThrow('late');
    const left = expect(run('c', leaving.signal)).rejects.toThrow('left');
    leaving.abort();
    clock.advance(1_000);
    await Promise.all([late, left, expect(run('d', leaving.signal)).rejects.toThrow('left')]);
    await end('a');
    await first;
    expect([begun, lane.isIdle, clock.pending]).toEqual([['a'], true, 0]);
  });
  it('has its place free again after a job that failed before it began', async () => {
    const { lane, run, end } = setUp();
    await expect(
      lane.run(() => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    const next = run('a');
    await end('a');
    expect(await next).toBe('a');
  });
  it('closes when what runs has ended, and takes nothing more', async () => {
    const { lane, begun, run, end } = setUp();
    const first = run('a');
    const waiting = expect(run('b')).rejects.toThrow('closed');
    let isClosed = false;
    const closing = lane.close().then(() => {
      isClosed = true;
    });
    await Promise.all([waiting, expect(run('c')).rejects.toThrow('closed')]);
    expect(isClosed).toBe(false);
    await end('a');
    await Promise.all([first, closing]);
    expect(begun).toEqual(['a']);
  });
  it('begins nothing any more once its close has ended, also what got its turn in the same moment', async () => {
    const { lane, begun, run } = setUp();
    let end: () => void = () => undefined;
    const job = new Promise<void>((resolve) => {
      end = resolve;
    });
    const first = lane.run(() => job);
    const second = expect(run('b')).rejects.toThrow('closed');
    // Whoever waits for the same thing as the job does, and closes.
    const closing = job.then(() => lane.close());
    end();
    await Promise.all([first, second, closing]);
    expect(begun).toEqual([]);
  });
});
