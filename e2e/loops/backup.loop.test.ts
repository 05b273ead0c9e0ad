import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { migrationsFolder as profileMigrations } from '@tickfolio/bff/app';
import { systemClock } from '@tickfolio/lib/clock';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { startProcess } from '@tickfolio/lib/kit/process';
import { createRandom } from '@tickfolio/lib/kit/random';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { readManifest } from '@tickfolio/standalone/backup/manifest';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AllInOne, startAllInOne } from '../kit/all-in-one.js';
import { callJson, signIn, signUp, type TestPerson } from '../kit/client.js';

const kills = Math.ceil(countOf('KILLS', 10) / 12);

let place: Awaited<ReturnType<typeof temporaryFolder>>;
let dataFolder = '';
let backup = '';
let archive = '';
let one: AllInOne;
beforeAll(async () => {
  place = await temporaryFolder();
  dataFolder = join(place.path, 'my data');
  backup = join(place.path, 'the backup');
  // As somebody lays it on a larger disk.
  archive = join(place.path, 'large disk', 'archive');
  mkdirSync(archive, { recursive: true });
  mkdirSync(dataFolder);
  symlinkSync(archive, join(dataFolder, 'clickhouse-simulated'));
});
afterAll(async () => {
  await one?.process.end('SIGKILL');
  await place?.remove();
});

const command = (what: 'backup' | 'restore', target = backup) =>
  startProcess(process.execPath, ['--enable-source-maps', 'standalone/dist/backup/main.js', what], {
    DATA_DIR: dataFolder,
    BACKUP: target,
  });
/** Runs it to its end. @returns what it says */
const run = async (what: 'backup' | 'restore', expected: 'done' | 'refused', target = backup): Promise<string> => {
  const started = command(what, target);
  const { code } = await started.ended;
  expect([code, started.output()]).toEqual([expected === 'done' ? 0 : 1, expect.anything()]);
  expect(started.output()).not.toMatch(/\n\s+at /);
  return started.output();
};
const ask = async (query: string): Promise<string> => {
  const [, port = ''] = await one.process.waitFor(/SQL +(http:\/\/\S+)/, 60_000);
  return (await (await fetch(port, { method: 'POST', body: query })).text()).trim();
};
/** The archive's rows of before a moment: how many, and what is in them. */
const archivedBefore = (moment: number) =>
  ask(
    `SELECT count(), sum(cityHash64(*)) FROM crypto.market_tickers WHERE toUnixTimestamp64Milli(inserted_at) < ${moment}`,
  );
const valuesBefore = async (person: TestPerson, moment: number) => {
  const { body } = await person.call('GET', '/api/v1/profile/value?range=1h');
  const points = body.Points as { Time: string; Value: string }[];
  // Only those that were put there: on a slow machine the run has recorded some of its own by now.
  return points.filter(({ Time, Value }) => Date.parse(Time) < moment - 60_000 && /^1000\.1/.test(Value));
};
const coinsOf = async (person: TestPerson) => (await person.call('GET', '/api/v1/profile')).body.Coins;

describe('a backup of the whole data folder', () => {
  let person: TestPerson;
  let takenAtMs = 0;
  /** What the run had when the backup was taken. */
  let before: { coins: unknown; values: unknown; archived: string };

  it('is taken while the run goes on, and frames keep coming', async () => {
    one = await startAllInOne(dataFolder);
    person = await signUp(one.base);
    expect((await person.addCoin('btcusdt', '1.234567890123456789')).status).toBe(200);
    const { ID } = (await person.call('GET', '/api/v1/profile')).body as { ID: string };
    await one.process.waitFor(/Ctrl-C stops it/, 60_000);
    await one.process.end('SIGTERM');
    const engine = await openPgliteEngine({
      folder: join(dataFolder, 'databases'),
      log: silentLogger(),
      clock: systemClock,
    });
    const profile = await engine.database({ schema: 'profile_db', migrationsFolder: profileMigrations });
    for (let minutes = 10; minutes < 15; minutes++)
      await profile.db.execute(sql`insert into portfolio_values (user_id, simulated, minute, value)
        values (${ID}, true, date_trunc('minute', now()) - make_interval(mins => ${minutes}::int), ${`1000.${minutes}`}::numeric)`);
    await engine.close();

    one = await startAllInOne(dataFolder);
    person = await signIn(one.base, person.name);
    await eventually(
      'tickers',
      async () => Number(await ask('SELECT count() FROM crypto.market_tickers')) > 30,
      30_000,
    );
    const socket = await person.connect();
    await socket.frame((frame) => frame.Coins.every(({ Price }) => Price !== null), 30_000, 0);
    const from = socket.frames.length;
    const backingUp = run('backup', 'done');
    // What is asked to be written meanwhile waits and is done.
    const changes = Array.from({ length: 5 }, () => person.addCoin('ethusdt', '1'));
    for (const { status } of await Promise.all(changes)) expect(status).toBe(200);
    const said = await backingUp;
    expect(said).toContain(`Backed up to ${backup}: `);
    expect(said).toMatch(/databases: 1 accounts/);
    expect(said).toContain(`clickhouse-simulated is a link to ${archive}: what lies there is in it.`);
    expect(readdirSync(archive)).not.toContain('data.snapshot');
    expect(said).toMatch(/The run went on; it wrote nothing for \d+\.\d s\./);
    // Not only the five changes: prices came too.
    const prices = socket.frames
      .slice(from)
      .flatMap(({ Coins }) => Coins.map(({ Symbol: of, Price }) => `${of} ${Price}`));
    expect(new Set(prices).size).toBeGreaterThan(new Set(prices.map((price) => price.split(' ')[0])).size);
    socket.close();
    expect(readdirSync(dataFolder)).not.toContain('.snapshot');

    takenAtMs = Date.parse((await readManifest(backup)).takenAt);
    before = {
      coins: await coinsOf(person),
      values: await valuesBefore(person, takenAtMs),
      archived: await archivedBefore(takenAtMs - 1_000),
    };
    expect(before.values).toHaveLength(5);
    expect(before.archived).not.toMatch(/^0\t/);
  });

  it('is not restored under a run that goes on', async () => {
    expect(await run('restore', 'refused')).toMatch(new RegExp(`is in use by process ${one.process.pid}`));
  });

  it('that was damaged is refused, naming the file, and changes nothing', async () => {
    const damaged = join(place.path, 'damaged backup');
    cpSync(backup, damaged, { recursive: true, verbatimSymlinks: true });
    const { files } = await readManifest(damaged);
    const file = join(
      damaged,
      'data',
      files.find(({ path }) => path.startsWith('databases/data/pg_wal/0'))?.path ?? '',
    );
    const bytes = readFileSync(file);
    bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await one.process.end('SIGTERM');
    const listing = readdirSync(dataFolder);
    expect(await run('restore', 'refused', damaged)).toContain(
      `${file} has another content than when the backup was taken`,
    );
    expect(readdirSync(dataFolder)).toEqual(listing);
  });

  it('is not taken of a damaged store, which is named', async () => {
    const control = join(dataFolder, 'databases/data/global/pg_control');
    const whole = readFileSync(control);
    writeFileSync(control, Buffer.alloc(whole.length));
    const never = join(place.path, 'never');
    expect(await run('backup', 'refused', never)).toMatch(
      /databases is damaged: global\/pg_control has nothing but zeros\. Nothing was backed up/,
    );
    expect(readdirSync(place.path).filter((name) => name.startsWith('never'))).toEqual([]);
    writeFileSync(control, whole);
  });

  it('that is interrupted leaves nothing behind, and is not told as done', async () => {
    const never = join(place.path, 'never');
    const started = command('backup', never);
    await started.waitFor(/Backing up/, 60_000);
    expect((await started.end('SIGINT')).code).toBe(1);
    expect(started.output()).toContain('Interrupted: nothing was changed.');
    expect(readdirSync(place.path).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it('brings back accounts, portfolio, values over time and archive as they were, and ends every session', async () => {
    const cookie = person.cookie();
    const said = await run('restore', 'done');
    expect(said).toMatch(/All sessions were ended \(2\): everybody signs in again\./);
    const [, kept = ''] = /What was there before is kept in (.+)\.\n/.exec(said) ?? [];
    expect(existsSync(join(kept, 'databases'))).toBe(true);

    one = await startAllInOne(dataFolder);
    expect((await callJson(one.base, 'POST', '/api/v1/auth/refresh', undefined, { cookie })).status).toBe(401);
    person = await signIn(one.base, person.name);
    // The coin that was changed meanwhile is in it as it was at that moment; the others are equal.
    const unchanged = (coins: unknown) => (coins as { Symbol: string }[]).filter((coin) => coin.Symbol === 'btcusdt');
    expect(unchanged(await coinsOf(person))).toEqual(unchanged(before.coins));
    expect(await valuesBefore(person, takenAtMs)).toEqual(before.values);
    expect(await archivedBefore(takenAtMs - 1_000)).toBe(before.archived);
    expect(await one.process.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

describe(`killed with -9 at ${kills} random moments each (SEED=${seed})`, () => {
  const random = createRandom(seed);
  /** Kills it once the other one has shown how long it takes. */
  const killSome = async (what: 'backup' | 'restore', target: () => string, check: () => Promise<void>) => {
    const startedMs = performance.now();
    await run(what, 'done', target());
    const tookMs = performance.now() - startedMs;
    for (let kill = 0; kill < kills; kill++) {
      const started = command(what, target());
      const timer = setTimeout(() => void started.end('SIGKILL'), random() * tookMs);
      await started.ended;
      clearTimeout(timer);
      await check();
    }
    await run(what, 'done', target());
  };
  const besides = () => readdirSync(place.path).filter((name) => name.startsWith(basename(dataFolder)));

  it('a backup leaves either one that is whole or none, and the data folder as it is', async () => {
    let number = 0;
    await killSome(
      'backup',
      () => join(place.path, `killed ${++number}`),
      async () => {
        const target = join(place.path, `killed ${number}`);
        if (existsSync(target))
          expect((await readManifest(target)).stores.map(({ name }) => name)).toContain('databases');
      },
    );
  });

  it('a restore loses neither what was there nor what it brings', async () => {
    writeFileSync(join(dataFolder, 'of the first'), '');
    await killSome(
      'restore',
      () => backup,
      async () => {
        expect([dataFolder, `${dataFolder}.restored`].some((folder) => existsSync(join(folder, 'databases')))).toBe(
          true,
        );
        const kept = besides().map((name) => join(dirname(dataFolder), name));
        expect(kept.filter((folder) => existsSync(join(folder, 'of the first')))).toHaveLength(1);
      },
    );
    expect(besides().filter((name) => /restor/.test(name))).toEqual([]);
  });
});
