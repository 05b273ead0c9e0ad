import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import type { Closable } from '@tickfolio/lib/lifecycle';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SnapshotAnswer, serveSnapshots, snapshotName, snapshotSocket } from './snapshots.js';

let dataFolder = '';
let snapshots: Closable;
const asked: Socket[] = [];

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'tickfolio-snapshots-'));
  snapshots = await serveSnapshots({ clock: systemClock, log: silentLogger(), dataFolder, stores: [], elsewhere: [] });
});
afterEach(async () => {
  for (const socket of asked.splice(0)) socket.destroy();
  await snapshots.close();
  await rm(dataFolder, { recursive: true, force: true });
});

/** The answer; the snapshot is there until `hangUp`. */
const ask = async () => {
  const socket = connect(join(dataFolder, '.lock', snapshotSocket)).setEncoding('utf8');
  asked.push(socket);
  const [line] = (await once(socket, 'data')) as [string];
  return { answer: JSON.parse(line) as SnapshotAnswer, hangUp: () => socket.destroy() };
};
/** As soon as nobody else's is in hand, which ends a moment after its asker went. */
const askAlone = async () => {
  let given = await ask();
  while ('fault' in given.answer && given.answer.fault === 'another backup is being taken') given = await ask();
  return given;
};

it('takes the next backup after one that could not be taken, nor its rest be removed', async () => {
  // A file at the snapshot's place stands for whatever makes reading and removing it fail: a disk that errs, no file
  // descriptors left.
  const inTheWay = join(dataFolder, snapshotName);
  await writeFile(inTheWay, '');
  expect((await ask()).answer).toEqual({ fault: expect.stringContaining('the stores could not be copied') });
  await rm(inTheWay);
  expect((await askAlone()).answer).toMatchObject({ folder: inTheWay });
});

it('takes the next backup after one whose copy could not be removed at first, and removes that copy then', async () => {
  const folder = join(dataFolder, snapshotName);
  const first = await ask();
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  first.hangUp();
  expect((await askAlone()).answer).toEqual({ fault: expect.stringContaining('the stores could not be copied') });
  await rm(folder);
  const next = await askAlone();
  expect(next.answer).toMatchObject({ folder, takenAtMs: expect.any(Number) });
  next.hangUp();
  await expect.poll(() => existsSync(folder)).toBe(false);
});
