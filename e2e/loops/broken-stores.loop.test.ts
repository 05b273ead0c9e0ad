import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { examineChdb } from '@tickfolio/lib/clickhouse/chdb-examine';
import { systemClock } from '@tickfolio/lib/clock';
import { freeBytes } from '@tickfolio/lib/embedded-store';
import { startProcess } from '@tickfolio/lib/kit/process';
import { mountSmallDisk, type SmallDisk } from '@tickfolio/lib/kit/small-disk';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AllInOne, allInOneEnv, startAllInOne } from '../kit/all-in-one.js';
import { callJson, signIn, signUp } from '../kit/client.js';

const start = (dataFolder: string) =>
  startProcess(process.execPath, ['--enable-source-maps', 'standalone/dist/bundle/main.js'], allInOneEnv(dataFolder));

/** Starts a run that cannot go on. @returns what it says */
const refusal = async (dataFolder: string): Promise<string> => {
  const run = start(dataFolder);
  expect(await run.ended).toEqual({ code: 1, signal: null });
  expect(run.output()).not.toMatch(/\n\s+at |Aborted|-sASSERTIONS|it opens again/);
  return run.output();
};

describe('a store that is damaged', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let one: AllInOne;
  beforeAll(async () => {
    folder = await temporaryFolder();
    one = await startAllInOne(folder.path);
    await one.process.waitFor(/Ctrl-C stops it/, 60_000);
    await one.process.end('SIGTERM');
  });
  afterAll(async () => {
    await one?.process.end('SIGKILL');
    await folder?.remove();
  });
  const hide = (name: string) => renameSync(join(folder.path, name), join(folder.path, 'hidden'));
  const show = (name: string) => renameSync(join(folder.path, 'hidden'), join(folder.path, name));

  it.each([
    [
      'databases',
      'databases/data/global',
      'accounts and sessions, portfolios and their values over time',
      'global is missing',
    ],
    [
      'clickhouse-simulated',
      'clickhouse-simulated/data/metadata',
      'the archive of simulated tickers',
      'metadata is missing',
    ],
  ])('ends the start with what is broken, what is safe and what to do: %s', async (store, part, holds, why) => {
    hide(part);
    const said = await refusal(folder.path);
    show(part);
    expect(said).toContain(`The store ${store} (${holds}) is damaged, and no further start will mend it.\n`);
    expect(said).toMatch(new RegExp(`What +${why}`));
    expect(said).toContain(`make restore DATA_DIR=${folder.path} BACKUP=`);
    expect(said).toContain(`mv ${join(folder.path, store)} ${join(folder.path, `${store}.damaged`)}`);
  });

  it('while the run goes on ends it the same way, after it was opened anew in vain', async () => {
    one = await startAllInOne(folder.path);
    await one.process.waitFor(/Ctrl-C stops it/, 60_000);
    hide('databases/data/global');
    // A backup asks the databases to write everything down.
    const backup = startProcess(process.execPath, ['standalone/dist/backup/main.js', 'backup'], {
      DATA_DIR: folder.path,
      BACKUP: join(folder.path, '..', 'never'),
    });
    expect((await backup.ended).code).toBe(1);
    expect(backup.output()).toMatch(/could not be copied .*the embedded database has stopped/i);
    expect(await one.process.ended).toEqual({ code: 1, signal: null });
    show('databases/data/global');
    expect(one.process.output()).toMatch(
      /the embedded database has stopped; it is opened anew \(folder [^)]*\): .*pg_control/,
    );
    expect(one.process.output()).toContain(
      'The store databases (accounts and sessions, portfolios and their values over time) is damaged',
    );
    expect(one.process.output()).not.toMatch(/\n\s+at /);
  });

  it('can be moved aside, and the run begins anew with that one only', async () => {
    hide('databases/data/global');
    renameSync(join(folder.path, 'databases'), join(folder.path, 'databases.damaged'));
    one = await startAllInOne(folder.path);
    expect(await one.process.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});

describe('a disk that is too full', () => {
  let disk: SmallDisk | undefined;
  let one: AllInOne | undefined;
  beforeAll(() => {
    disk = mountSmallDisk({ megabytes: 60, files: 100_000 });
  });
  afterAll(async () => {
    await one?.process.end('SIGKILL');
    disk?.close();
  });
  const enough = { megabytes: 320, files: 100_000 };

  it('ends the first start with one sentence that says how much is needed, and leaves nothing half made', async ({
    skip,
  }) => {
    if (!disk) return skip();
    const folder = join(disk.path, 'data');
    const said = (await refusal(folder)).trim().split('\n');
    expect(said).toEqual([
      expect.stringMatching(
        /^The disk of the data folder \S+ is too full for a start: \d+ MB are free, \d+ MB are needed \(\d+ MB for the databases, \d+ MB for the archive\)\. Free \d+ MB, or set DATA_DIR to a folder on another disk\.$/,
      ),
    ]);
    expect(readdirSync(folder).filter((name) => name !== '.lock' && name !== 'jwt-secret')).toEqual([]);
  });

  it('that fills up while the databases are made ends it in words; the next start makes them', async ({ skip }) => {
    if (!disk) return skip();
    const folder = join(disk.path, 'data');
    disk.resize({ ...enough, files: 700 });
    expect(await refusal(folder)).toMatch(
      /The disk of \S+databases has room for \d+ more files only \(inodes\)\. Free some of it and start again/,
    );
    expect(existsSync(join(folder, 'databases', 'data.new'))).toBe(false);
    disk.resize(enough);
    one = await startAllInOne(folder);
  });

  it('while the run goes on is told once in the log and in /ready; portfolios go on, and the archive when it has room again', async ({
    skip,
  }) => {
    if (!disk || !one) return skip();
    const { base, process } = one;
    const ready = async () => JSON.stringify((await callJson(base, 'GET', '/ready')).body.dependencies);
    expect(await ready()).toContain('"data-folder":{"status":"ok","required":false}');
    const person = await signUp(base);
    expect((await person.addCoin('btcusdt', '1')).status).toBe(200);
    const socket = await person.connect();
    const rows = async () => {
      const sql = /SQL +(http:\/\/\S+)/.exec(process.output())?.[1] ?? '';
      return Number(
        await (await fetch(sql, { method: 'POST', body: 'SELECT count() FROM crypto.market_tickers' })).text(),
      );
    };
    await process.waitFor(/Ctrl-C stops it/, 60_000);
    const ballast = join(disk.path, 'ballast');
    fill(ballast, 30_000_000);
    await process.waitFor(
      /the disk of the data folder is nearly full; .*: \d+ MB are free, 134 MB should be\n/,
      30_000,
    );
    await process.waitFor(
      /a batch could not be stored; trying again until it can \(what rows, partition \d+\): .*not enough space/,
      30_000,
    );
    fill(ballast, 0);
    expect(await ready()).toMatch(
      /"data-folder":\{"status":"down","required":false,"reason":"its disk is nearly full: \d+ MB are free/,
    );
    // Who watches and changes a portfolio does not notice.
    const seen = socket.frames.length;
    await eventually('frames with a full disk', () => socket.frames.length > seen + 2, 30_000);
    expect((await person.addCoin('btcusdt', '1')).status).toBe(200);
    expect((await signIn(base, person.name)).token()).not.toBe('');
    const stored = await rows();
    rmSync(ballast);
    await process.waitFor(/the disk of the data folder has room again/, 30_000);
    await eventually('/ready is well', async () => (await ready()).includes('"data-folder":{"status":"ok"'), 30_000);
    await eventually('the archive goes on', async () => (await rows()) > stored, 60_000);
    expect(process.output().match(/nearly full/g)).toHaveLength(1);
    socket.close();
    expect(await process.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const examined = await examineChdb(join(disk.path, 'data/clickhouse-simulated'), {
      clock: systemClock,
      log: silentLogger(),
    });
    expect(examined.find(({ name }) => name === 'crypto.market_tickers_rows')?.rows).toBeGreaterThan(stored);
  });
});

it('a store that is a link to another disk: that disk is told in the log and in /ready when it is nearly full', async ({
  skip,
}) => {
  const disk = mountSmallDisk({ megabytes: 320, files: 100_000 });
  if (!disk) return skip();
  const folder = await temporaryFolder();
  symlinkSync(disk.path, join(folder.path, 'clickhouse-simulated'));
  const { base, process } = await startAllInOne(folder.path);
  try {
    await process.waitFor(/Ctrl-C stops it/, 60_000);
    fill(join(disk.path, 'ballast'), 100_000_000);
    await process.waitFor(
      /the disk of clickhouse-simulated is nearly full; with less than 67 MB the archive waits/,
      60_000,
    );
    const { status, body } = await callJson(base, 'GET', '/ready');
    expect(status).toBe(200);
    expect(JSON.stringify(body.dependencies)).toMatch(
      /"data-folder":\{"status":"down","required":false,"reason":"the disk of clickhouse-simulated is nearly full: \d+ MB are free, 134 MB should be"/,
    );
    expect(String((await callJson(base, 'GET', '/metrics')).body.text)).toMatch(
      /dependency_up\{dependency="data-folder",[^}]*\} 0\n/,
    );
  } finally {
    await process.end('SIGTERM');
    disk.close();
    await folder.remove();
  }
});

/** Takes what is free on a disk, but for so many bytes. */
const fill = (file: string, leftBytes: number) => {
  const handle = openSync(file, 'a');
  const megabyte = Buffer.alloc(1_048_576);
  try {
    while (leftBytes === 0 || freeBytes(file) > leftBytes) writeSync(handle, megabyte);
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'ENOSPC')) throw err;
  } finally {
    closeSync(handle);
  }
};
