import { createManualClock } from '@tickfolio/lib/clock';
import { createLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { watchDisk } from './disk-watch.js';

it('says once in words that the disk is nearly full, and once that it has room again; in between /ready says it', () => {
  const lines: string[] = [];
  const clock = createManualClock();
  let freeMb = 500;
  const watch = watchDisk({
    clock,
    log: createLogger('standalone', 'warn', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg)),
    freeBytes: () => freeMb * 1_000_000,
  });
  const after = (mb: number) => {
    freeMb = mb;
    clock.advance(30_000);
    return watch.dependency.check();
  };
  expect(after(400)).toBeUndefined();
  expect(after(23)).toBe('its disk is nearly full: 23 MB are free, 134 MB should be');
  expect(after(0)).toBe('its disk is nearly full: 0 MB are free, 134 MB should be');
  expect(after(150)).toMatch(/150 MB are free/);
  expect(after(300)).toBeUndefined();
  expect(watch.dependency.required).toBe(false);
  expect(lines).toEqual([
    expect.stringMatching(/^the disk of the data folder is nearly full/),
    'the disk of the data folder has room again',
  ]);
  watch.close();
});
