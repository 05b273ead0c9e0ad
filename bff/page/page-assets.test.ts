import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestPostgres, startTestBff } from '../kit/bff.js';
import { createPageAssets } from './page-assets.js';
import { readPageFiles } from './page-files.js';

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-builds-'));
const scriptOf = (build: string) => `console.log(${JSON.stringify(`${build} `.repeat(500))});`;
const makeBuild = (build: string) => {
  const at = join(folder, build);
  mkdirSync(join(at, 'assets'), { recursive: true });
  writeFileSync(
    join(at, 'index.html'),
    `<!doctype html><title>${build}</title><script type="module" src="./assets/index-${build}.js"></script>`,
  );
  writeFileSync(join(at, `assets/index-${build}.js`), scriptOf(build));
  writeFileSync(join(at, `assets/photo-${build}.png`), build);
  return at;
};

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(async () => {
  await postgres.close();
  rmSync(folder, { recursive: true });
});

it('shows no blank page during an update: each replica has the files of the other’s page too', async () => {
  const [older, newer] = [
    await startTestBff({ postgres, options: { webFolder: makeBuild('older') } }),
    await startTestBff({ postgres, options: { webFolder: makeBuild('newer') } }),
  ];
  for (const [bff, build] of [
    [older, 'newer'],
    [newer, 'older'],
  ] as const) {
    for (const _ of [1, 2]) {
      const answer = await fetch(`${bff.url}/assets/index-${build}.js`);
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
        200,
        'text/javascript; charset=utf-8',
        scriptOf(build),
      ]);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('content-encoding')).not.toBeNull();
    }
    expect((await fetch(`${bff.url}/assets/photo-${build}.png`)).headers.get('content-type')).toBe('image/png');
  }
  expect(await (await fetch(older.url)).text()).toContain('<title>older</title>');
  for (const name of ['index-other.js', '..%2Findex.html', 'index-older.js.br'])
    expect([name, (await fetch(`${older.url}/assets/${name}`)).status]).toEqual([name, 404]);
  await older.close();
  await newer.close();
});

it('keeps the files of a build for a day after its last replica, for pages that are still open', async () => {
  const clock = createManualClock();
  const hour = 3_600_000;
  const replica = (build: string) => {
    const files = readPageFiles(makeBuild(build), '/');
    if (!files) throw new Error('no page');
    return createPageAssets({ db: postgres.db, clock, time: timeOf(clock), log: silentLogger(), files });
  };
  const before = replica('before');
  await before.offer();
  clock.advance(20 * hour);
  await before.offer();
  before.close();
  const after = replica('after');
  clock.advance(20 * hour);
  await after.offer();
  expect((await replica('third').find('assets/index-before.js'))?.bytes.toString()).toBe(scriptOf('before'));
  clock.advance(5 * hour);
  await after.offer();
  expect(await replica('fourth').find('assets/index-before.js')).toBeUndefined();
  expect((await replica('fourth').find('assets/index-after.js'))?.forEver).toBe(true);
});

it('takes no files from pages that are open because the clock of a replica is days ahead or behind for a while', async () => {
  const files = (build: string) => {
    const read = readPageFiles(makeBuild(build), '/');
    if (!read) throw new Error('no page');
    return read;
  };
  const right = createManualClock(Date.now());
  const replica = (build: string, clock = right) =>
    createPageAssets({ db: postgres.db, clock, log: silentLogger(), files: files(build) });
  await replica('before').offer();
  await replica('after', createManualClock(right.now() + 2 * 86_400_000)).offer();
  expect(await replica('fourth').find('assets/index-before.js')).toBeDefined();
  // Nor are those of a replica taken whose clock is days behind.
  await replica('slow', createManualClock(right.now() - 2 * 86_400_000)).offer();
  await replica('after').offer();
  expect(await replica('fourth').find('assets/index-slow.js')).toBeDefined();
});

it('starts without handing its files on where the database takes nothing, and says later what it could not look up', async () => {
  const cut = () => {
    throw new AppError('unavailable', 'The database cannot be reached.', { retryAfterMs: 1_000 });
  };
  const away: Postgres = { ...postgres, db: new Proxy(postgres.db, { get: () => cut }), ping: async () => cut() };
  const bff = await startTestBff({
    postgres: away,
    options: { webFolder: makeBuild('alone') },
    deps: { aggregator: { demand: cut, symbols: cut } },
  });
  expect((await fetch(`${bff.url}/assets/index-alone.js`)).status).toBe(200);
  expect((await fetch(`${bff.url}/assets/index-older.js`)).status).toBe(503);
  await bff.close();
});

it('does not hold up a start for a database that hangs', async () => {
  const clock = createManualClock();
  const hung = new Proxy(postgres.db, {
    get: () => () => ({ set: () => ({ where: () => ({ returning: () => new Promise(() => undefined) }) }) }),
  });
  const files = readPageFiles(makeBuild('hung'), '/');
  if (!files) throw new Error('no page');
  const offered = createPageAssets({ db: hung, clock, log: silentLogger(), files }).offer();
  await clock.advanceAsync(3_000);
  await offered;
});
