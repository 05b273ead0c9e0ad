import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@tickfolio/lib/clock';
import { countOf } from '@tickfolio/lib/kit/counts';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { createLogger, silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { takenOverIn } from '../backup/taken-over.js';
import { allContents, former, formerContents, makeFormerDatabases } from '../kit/former-databases.js';
import { allDatabases } from './store-names.js';
import { removeTakenOver, takeOver } from './take-over.js';

it('finds accounts, portfolios and values of before in one database, to the last digit, and removes the old ones at the next start', async () => {
  const place = await temporaryFolder();
  const lines: string[] = [];
  const log = createLogger('standalone', 'warn', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
  const deps = { clock: systemClock, log, print: () => undefined, signal: new AbortController().signal };
  await makeFormerDatabases(place.path, 40);
  const before = await formerContents(place.path);
  expect(before.accounts).toMatch(/^40 /);

  expect(await takeOver(deps, place.path, former)).toBe(true);
  const nextCoin = `insert into profile_db.coins (user_id, symbol, quote_asset, quantity) values ('user-1', 'new', 'USDT', 1) returning id::text as it`;
  const versions = `select string_agg(distinct version::text, ',') as it from profile_db.profiles`;
  const { [nextCoin]: id, [versions]: version, ...after } = await allContents(place.path, [versions, nextCoin]);
  expect(after).toEqual(before);
  // Triggers counted nothing while rows were copied, and identities go on.
  expect([version, id]).toEqual(['3', '81']);

  // A second one has nothing to do; and what was copied is in no backup any more.
  expect(await takeOver(deps, place.path, former)).toBe(false);
  expect([...takenOverIn(place.path)]).toEqual(['auth_db', 'profile_db']);

  // Somebody started an earlier build meanwhile: that one is in a backup.
  const [, profile = expect.unreachable()] = former;
  const earlier = await openPgliteEngine({ ...deps, folder: join(place.path, profile.name) });
  await earlier.session.query('delete from public.portfolio_values_before');
  await earlier.close();
  expect([...takenOverIn(place.path)]).toEqual(['auth_db']);
  const left = () =>
    [...former.map(({ name }) => name), allDatabases].filter((name) => existsSync(join(place.path, name)));
  await removeTakenOver(place.path, { log });
  expect(left()).toEqual(['profile_db', 'databases']);
  expect(lines).toEqual([expect.stringMatching(/^an earlier build has changed profile_db since/)]);
  await place.remove();
});

it('refuses to copy while a database lies there that no setting names, and touches no folder that is in the way', async () => {
  const place = await temporaryFolder();
  const deps = {
    clock: systemClock,
    log: silentLogger(),
    print: () => undefined,
    signal: new AbortController().signal,
  };
  await makeFormerDatabases(place.path, 2);
  const [auth, profile] = former;
  if (!auth || !profile) return expect.unreachable();
  // AUTH_POSTGRES_DB was forgotten once: copied without it, it would never be.
  await rename(join(place.path, 'auth_db'), join(place.path, 'people'));
  await expect(takeOver(deps, place.path, former)).rejects.toThrow(/^people in .* AUTH_POSTGRES_DB/);
  await mkdir(join(place.path, allDatabases));
  await writeFile(join(place.path, allDatabases, 'dump.sql'), 'mine');
  const named = [{ ...auth, name: 'people' }, profile];
  await expect(takeOver(deps, place.path, named)).rejects.toThrow(/is in the way/);
  await rm(join(place.path, allDatabases, 'dump.sql'));
  expect(await takeOver(deps, place.path, named)).toBe(true);
  await place.remove();
});

const kills = Math.ceil(countOf('KILLS', 10) / 2);
/** Each starts a database and may recover it, on a machine that is busy with other things. */
const patienceMs = 240_000 + kills * 60_000;

it(
  `loses nothing of what was there before through ${kills} kills (-9) while it is copied, and some while the old is removed`,
  async () => {
    const place = await temporaryFolder();
    const program = fileURLToPath(new URL('../dist/kit/take-over-process.js', import.meta.url));
    const all = join(place.path, allDatabases);
    const isWhole = () => existsSync(join(all, 'opened'));
    const areOldThere = () => former.map(({ name }) => existsSync(join(place.path, name)));
    /** @param killAfterMs counted from the start; undefined lets it end @returns how long it took */
    const run = async (killAfterMs?: number): Promise<number> => {
      const startMs = performance.now();
      const child = spawn(process.execPath, [program, place.path], { stdio: 'inherit' });
      const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
        child.once('exit', (...how) => resolve(how)),
      );
      clearTimeout(timer);
      if (signal !== 'SIGKILL') expect(code).toBe(0);
      return performance.now() - startMs;
    };
    await makeFormerDatabases(place.path, 2_000);
    const before = await formerContents(place.path);
    let wholeMs = await run();
    let whileCopied = 0;
    // Some come too late where the machine is quicker now than it was; half of them hit the copying in any case.
    for (let kill = 0; kill < kills || whileCopied < kills / 2; kill++) {
      await rm(all, { recursive: true, force: true });
      await run((((kill % kills) + 1) / (kills + 1)) * wholeMs);
      // Either not yet, or whole; the old ones are there in any case.
      if (isWhole()) wholeMs *= 0.9;
      else whileCopied++;
      expect(areOldThere()).toEqual([true, true]);
      if (isWhole()) expect(await allContents(place.path)).toEqual(before);
    }
    if (!isWhole()) await run();
    expect(await allContents(place.path)).toEqual(before);
    const removingMs = await run(wholeMs / 4);
    for (let step = 1; areOldThere().some(Boolean) && step < 5; step++) await run(removingMs + step * 100);
    await run();
    expect(areOldThere()).toEqual([false, false]);
    expect(existsSync(join(all, 'taken-over.json'))).toBe(false);
    expect(await allContents(place.path)).toEqual(before);
    await place.remove();
  },
  patienceMs,
);
