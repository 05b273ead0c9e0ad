import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { mayReload } from './reload-gap.js';

it('loads a page of another version anew once in ten minutes, also where the clock of the computer is set back', () => {
  const clock = createManualClock();
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  let setByMs = 0;
  const may = () => mayReload({ now: () => clock.now() + setByMs }, storage);
  expect([may(), may()]).toEqual([true, false]);
  clock.advance(600_000);
  expect([may(), may()]).toEqual([true, false]);
  setByMs = -3_600_000;
  clock.advance(600_000);
  expect([may(), may()]).toEqual([true, false]);
});
