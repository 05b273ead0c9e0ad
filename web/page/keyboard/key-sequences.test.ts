import { createManualClock } from '@tickfolio/lib/clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeySequences, sequenceMs } from './key-sequences.js';

describe('keys', () => {
  const clock = createManualClock();
  let done: string[] = [];
  const does = (what: string) => () => void done.push(what);
  let press: (key: string) => boolean;
  beforeEach(() => {
    done = [];
    press = createKeySequences(clock, () => ({ '/': does('search'), n: does('add'), 'g h': does('home') }));
  });

  it('do something alone or one after the other, and others are left to the browser', () => {
    expect(['/', 'x', 'g', 'h', 'h', 'n'].map(press)).toEqual([true, false, true, true, false, true]);
    expect(done).toEqual(['search', 'home', 'add']);
  });
  it('go home only while the second key comes soon, and a wrong second key is taken for itself', () => {
    press('g');
    clock.advance(sequenceMs + 1);
    expect(press('h')).toBe(false);
    press('g');
    press('n');
    press('h');
    expect(done).toEqual(['add']);
  });
});
