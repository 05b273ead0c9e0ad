import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountSmallDisk } from '@tickfolio/lib/kit/small-disk';
import { afterAll, expect, it } from 'vitest';
import type { DataFolder } from './data-folder.js';
import { checkRoom } from './embedded-stores.js';

const disk = mountSmallDisk({ megabytes: 8, files: 1_000 });
const large = mkdtempSync(join(tmpdir(), 'tickfolio-large-'));
afterAll(() => {
  disk?.close();
  rmSync(large, { recursive: true });
});

it('starts on a small disk whose stores are links to a large one', ({ skip }) => {
  if (!disk) return skip();
  const folder = { path: disk.path, part: (name: string) => join(disk.path, name) } as DataFolder;
  const config = {};
  const link = (name: string) => {
    mkdirSync(join(large, name));
    symlinkSync(join(large, name), folder.part(name));
  };
  expect(() => checkRoom(config, folder)).toThrow(/for the databases, \d+ MB for the archive/);
  link('clickhouse');
  expect(() => checkRoom(config, folder)).toThrow(/\(\d+ MB for the databases\)/);
  link('databases');
  checkRoom(config, folder);
});
