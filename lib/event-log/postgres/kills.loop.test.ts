import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { systemClock as clock } from '../../clock/clock.js';
import { countOf, seed } from '../../kit/counts.js';
import { startProcess } from '../../kit/process.js';
import { createRandom } from '../../kit/random.js';
import { temporaryFolder } from '../../kit/temporary-folder.js';
import { eventually } from '../../kit/wait-until.js';
import { openPglite } from '../../postgres/pglite/pglite.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { numbers, openPostgresLog } from './kit/log.js';
import { migrationsFolder } from './postgres.js';

const kills = countOf('KILLS', 8);
const program = fileURLToPath(new URL('../../dist/event-log/postgres/kit/appender.js', import.meta.url));
const log = silentLogger();

it(`a log in an embedded database keeps what it acknowledged through ${kills} kills (-9), and hands a group all of it, nothing of what was committed twice, seed ${seed}`, {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  const place = await temporaryFolder();
  const random = createRandom(seed);
  const acknowledged: string[] = [];
  const handled = new Set<number>();
  let committed = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = startProcess(process.execPath, [program, place.path, `run-${kill}`], {});
    const said = (what: string) =>
      [...child.out().matchAll(new RegExp(`^${what} (\\S+)\n`, 'gm'))].map(([, word = '']) => word);
    // After a commit as well as before the first one.
    const enough = 50 + Math.floor(random() * 1_500);
    // A log that is not answered in time on a busy machine ends it too.
    await eventually('it has appended', () => child.isOver() || said('appended').length >= enough, 180_000);
    if (child.isOver()) expect(child.err()).toContain('The event log did not answer within');
    await child.end('SIGKILL');
    acknowledged.push(...said('appended'));
    const offsets = said('handled').map(Number);
    const [first] = offsets;
    if (first !== undefined) {
      expect(first).toBeGreaterThanOrEqual(committed);
      expect(offsets).toEqual(numbers(first, first + offsets.length));
    }
    for (const offset of offsets) handled.add(offset);
    committed = Math.max(committed, ...said('committed').map(Number));
  }
  const postgres = await openPglite({ folder: place.path, migrationsFolder, log, clock });
  const { eventLog } = openPostgresLog(postgres);
  const next = Number((await eventLog.offsets('prices'))[0]?.next);
  const kept: string[] = [];
  const rest: number[] = [];
  const consume = { minBatchMessages: 1, maxBatchMessages: 1_000, maxBatchWaitMs: 1 };
  await eventLog.consume('prices', { group: 'all', ...consume }, async ({ messages }) => {
    kept.push(...messages.map(({ value }) => value.toString()));
  });
  await eventLog.consume('prices', { group: 'readers', ...consume }, async ({ messages }) => {
    rest.push(...messages.map(({ offset }) => Number(offset)));
  });
  await eventually('all was read', () => kept.length >= next && (rest.at(-1) ?? 0) >= next - 1, 30_000);
  const there = new Set(kept);
  expect(acknowledged.filter((value) => !there.has(value))).toEqual([]);
  expect(there.size).toBe(kept.length);
  expect(rest[0]).toBeGreaterThanOrEqual(committed);
  for (const offset of rest) handled.add(offset);
  expect(handled.size).toBe(next);
  await eventLog.close();
  await postgres.close();
  await place.remove();
});
