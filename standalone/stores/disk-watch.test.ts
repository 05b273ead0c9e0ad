import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@tickfolio/lib/clock';
import { mountSmallDisk } from '@tickfolio/lib/kit/small-disk';
import { createLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { type Disk, storesInDanger, watchDisks } from './disk-watch.js';

const folder = (name: string, path = name, danger = 'then things stop') => ({ name, path, danger });

const setUp = (diskOf?: (path: string) => Disk) => {
  const lines: string[] = [];
  const clock = createManualClock();
  const log = createLogger('standalone', 'warn', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
  const watch = watchDisks({ clock, log, ...(diskOf ? { diskOf } : {}) });
  const later = () => {
    clock.advance(30_000);
    return watch.dependency.check();
  };
  return { watch, lines, later };
};

it('says once in words that the disk is nearly full, and once that it has room again; in between /ready says it', () => {
  let freeMb = 500;
  const { watch, lines, later } = setUp(() => ({ id: 1, free: freeMb * 1_000_000 }));
  watch.watch(folder('the data folder'));
  const after = (mb: number) => {
    freeMb = mb;
    return later();
  };
  expect(after(400)).toBeUndefined();
  expect(after(23)).toBe('its disk is nearly full: 23 MB are free, 134 MB should be');
  expect(after(0)).toBe('its disk is nearly full: 0 MB are free, 134 MB should be');
  expect(after(150)).toMatch(/150 MB are free/);
  expect(after(300)).toBeUndefined();
  expect(watch.dependency.required).toBe(false);
  expect(lines).toEqual([
    'the disk of the data folder is nearly full; then things stop',
    'the disk of the data folder has room again',
  ]);
  watch.close();
});

it('does not say that the databases stop while changes are still kept with no room left', () => {
  expect(storesInDanger).toBe(
    "with less than 67 MB the archive waits; with none changes are kept as long as the databases' files have room, and fail then",
  );
});

it('tells of the disk that a store really lies on, each once however many stores lie there, and of a backup only while it is taken', () => {
  const disks: Record<string, Disk> = {
    'the data folder': { id: 1, free: 1e12 },
    auth_db: { id: 1, free: 1e12 },
    clickhouse: { id: 2, free: 5e6 },
    profile_db: { id: 2, free: 5e6 },
    'the backup': { id: 3, free: 6e6 },
  };
  const { watch, lines, later } = setUp((path) => disks[path] ?? expect.unreachable());
  for (const name of ['the data folder', 'auth_db', 'clickhouse', 'profile_db']) watch.watch(folder(name));
  const archive = 'the disk of clickhouse is nearly full: 5 MB are free, 134 MB should be';
  expect(later()).toBe(archive);
  const end = watch.watch(folder('the backup'));
  expect(watch.dependency.check()).toBe(
    `${archive}; the disk of the backup is nearly full: 6 MB are free, 134 MB should be`,
  );
  end();
  expect(later()).toBe(archive);
  expect(lines).toEqual([
    'the disk of clickhouse is nearly full; then things stop',
    'the disk of the backup is nearly full; then things stop',
  ]);
  watch.close();
});

it('tells of a disk that cannot be looked at, and of its return', () => {
  let away = true;
  const { watch, lines, later } = setUp(() => {
    if (away) throw new Error('EIO: i/o error');
    return { id: 1, free: 1e12 };
  });
  watch.watch(folder('the data folder'));
  expect(later()).toBe('its disk cannot be looked at: EIO: i/o error');
  away = false;
  expect(later()).toBeUndefined();
  expect(lines).toEqual([
    'the disk of the data folder cannot be looked at; then things stop',
    'the disk of the data folder can be looked at again',
  ]);
  watch.close();
});

describe('a disk that could not be looked at for a moment', () => {
  const start = () => {
    const state: { freeMb: number | undefined } = { freeMb: 500 };
    const { watch, lines, later } = setUp(() => {
      if (state.freeMb === undefined) throw new Error('EIO: i/o error');
      return { id: 1, free: state.freeMb * 1_000_000 };
    });
    watch.watch(folder('the data folder'));
    const after = (freeMb: number | undefined) => {
      state.freeMb = freeMb;
      return later();
    };
    return { lines, after };
  };
  const [away, back, full, room] = [
    'cannot be looked at; then things stop',
    'can be looked at again',
    'is nearly full; then things stop',
    'has room again',
  ].map((words) => `the disk of the data folder ${words}`);

  it('is told as nearly full when it is so afterwards', () => {
    const { lines, after } = start();
    expect(after(undefined)).toMatch(/cannot be looked at/);
    expect(after(23)).toBe('its disk is nearly full: 23 MB are free, 134 MB should be');
    expect(lines).toEqual([away, back, full]);
  });

  it('is not called nearly full for good where it has more room than it should have', () => {
    const { lines, after } = start();
    expect(after(140)).toBeUndefined();
    after(undefined);
    expect(after(140)).toBeUndefined();
    expect(lines).toEqual([away, back]);
  });

  it('is told once as nearly full where it was so before, and once that it has room again', () => {
    const { lines, after } = start();
    after(23);
    expect(after(undefined)).toBe('its disk cannot be looked at: EIO: i/o error');
    expect(after(140)).toMatch(/is nearly full: 140 MB/);
    after(undefined);
    expect(after(500)).toBeUndefined();
    expect(lines).toEqual([full, away, back, away, back, room]);
  });
});

it('follows the links of real folders, also of one that is not there yet', ({ skip }) => {
  const small = mountSmallDisk({ megabytes: 8, files: 1_000 });
  if (!small) return skip();
  const place = mkdtempSync(join(tmpdir(), 'tickfolio-watched-'));
  try {
    mkdirSync(join(small.path, 'archive'));
    symlinkSync(join(small.path, 'archive'), join(place, 'clickhouse'));
    const { watch } = setUp();
    const end = watch.watch(folder('clickhouse', join(place, 'clickhouse', 'data')));
    expect(watch.dependency.check()).toMatch(/its disk is nearly full: 8 MB are free/);
    end();
    watch.close();
  } finally {
    small.close();
    rmSync(place, { recursive: true });
  }
});
