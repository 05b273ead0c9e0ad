import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { countOf, seed } from '../../kit/counts.js';
import { startProcess } from '../../kit/process.js';
import { createRandom } from '../../kit/random.js';
import { temporaryFolder } from '../../kit/temporary-folder.js';
import { eventually } from '../../kit/wait-until.js';
import { openEmbeddedRun } from './kit/embedded-run.js';
import { harbourMigrations, notedIn } from './kit/harbour.js';
import { countOfMoves, untilNoted, writtenIn } from './kit/written.js';

const kills = countOf('KILLS', 6);
const program = fileURLToPath(new URL('../../dist/outbox/inbox/kit/embedded-replica.js', import.meta.url));
const boatsMigrations = fileURLToPath(new URL('../kit/migrations', import.meta.url));

/** A data folder of its own, and runs on it, one after the other. */
const build = async () => {
  const place = await temporaryFolder();
  const folder = join(place.path, 'databases');
  const settings = { folder, boatsMigrations, harbourMigrations };
  /** Runs until so many events more were taken in, and is killed. @returns the moves that were acknowledged */
  const killAfter = async (events: number, more: { readonly isRestored?: boolean } = {}) => {
    const run = startProcess(process.execPath, [program, JSON.stringify({ ...settings, ...more })], {});
    const lines = (pattern: RegExp) => run.out().match(pattern) ?? [];
    await eventually(
      'events are taken in',
      () => {
        if (run.isOver()) throw new Error(`the run ended: ${run.err()}`);
        return lines(/^took \S+ \d+$/gm).length >= events;
      },
      180_000,
      5,
    );
    await run.end('SIGKILL');
    return lines(/^boat:\S+ \d+$/gm);
  };
  /** What was written and what was taken in, once a last run has nothing left to do. */
  const end = async () => {
    const run = await openEmbeddedRun(settings);
    const written = await writtenIn(run.boats);
    await untilNoted(run.harbour, countOfMoves(written), () => undefined);
    const noted = await notedIn(run.harbour);
    await run.close();
    await place.remove();
    return { written, noted };
  };
  return { folder, place, killAfter, end };
};

it(`everything is taken in once, in order, through ${kills} kills (-9) of a run that writes, sends, keeps the log and takes in, on one embedded database, seed ${seed}`, {
  timeout: 120_000 + kills * 20_000,
}, async () => {
  const random = createRandom(seed);
  const { killAfter, end } = await build();
  const acknowledged = new Set<string>();
  for (let count = 0; count < kills; count++)
    for (const move of await killAfter(Math.floor(random() * 60))) acknowledged.add(move);
  const { written, noted } = await end();
  expect(noted).toEqual(written);
  const there = Object.entries(written).flatMap(([stream, moves]) =>
    moves.map((move) => `${stream} ${move.split(' ')[0]}`),
  );
  expect([...acknowledged].filter((move) => !there.includes(move))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(kills);
});

it('nothing is missing and nothing counts twice on an embedded database that was restored from an older copy', {
  timeout: 600_000,
}, async () => {
  const { folder, place, killAfter, end } = await build();
  const copy = join(place.path, 'copy');
  await killAfter(30);
  // But for whose it is: sockets cannot be copied.
  await cp(folder, copy, { recursive: true, filter: (path) => !path.startsWith(join(folder, '.lock')) });
  await killAfter(50);
  await rm(folder, { recursive: true });
  await cp(copy, folder, { recursive: true });
  await killAfter(10, { isRestored: true });
  await killAfter(10);
  const { written, noted } = await end();
  expect(countOfMoves(written)).toBeGreaterThan(40);
  expect(noted).toEqual(written);
});
