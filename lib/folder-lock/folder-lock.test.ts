import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from '../errors/errors.js';
import { lockFolder } from './folder-lock.js';

const holder = fileURLToPath(new URL('../dist/folder-lock/kit/holder.js', import.meta.url));
const lock = (folder: string) => lockFolder(folder);

describe('a folder lock', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tickfolio-lock-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** A process that tries to lock the folder; `said` is `held`, or `refused …`. */
  const startHolder = () => {
    const child = spawn(process.execPath, [holder, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const said = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return { child, said, ended };
  };

  it('refuses a second process, naming the first one and the folder', async () => {
    const first = startHolder();
    expect(await first.said).toBe('held');
    const refused = await lock(folder).catch((err: unknown) => err);
    expect(refused).toBeInstanceOf(StartError);
    expect(String(refused)).toContain(`The folder ${folder} is in use by process ${first.child.pid}`);
    expect(await startHolder().said).toContain(`process ${first.child.pid}`);
  });

  it('is free again after a close, also for the same process', async () => {
    const first = await lock(folder);
    await expect(lock(folder)).rejects.toBeInstanceOf(StartError);
    await first.close();
    await first.close();
    const second = await lock(folder);
    await second.close();
    expect(readdirSync(join(folder, '.lock'))).toEqual([]);
  });

  it('is free at once after its holder was killed', async () => {
    const first = startHolder();
    expect(await first.said).toBe('held');
    first.child.kill('SIGKILL');
    await first.ended;
    expect(readdirSync(join(folder, '.lock'))).toHaveLength(1);
    const second = await lock(folder);
    expect(readdirSync(join(folder, '.lock'))).toHaveLength(1);
    await second.close();
  });

  it('stays with a holder that is stopped and cannot answer', async () => {
    const first = startHolder();
    expect(await first.said).toBe('held');
    first.child.kill('SIGSTOP');
    await expect(lock(folder)).rejects.toThrow('in use by another process that does not answer');
  });

  it('goes to exactly one of many that start together over the remains of a killed one', async () => {
    for (let round = 0; round < 3; round++) {
      const racers = Array.from({ length: 6 }, startHolder);
      const said = await Promise.all(racers.map((racer) => racer.said));
      expect(said.filter((word) => word === 'held')).toHaveLength(1);
      for (const { child } of racers) child.kill('SIGKILL');
      await Promise.all(racers.map((racer) => racer.ended));
    }
  });

  it('goes to exactly one of many that start together in one process', async () => {
    for (let round = 0; round < 20; round++) {
      const results = await Promise.allSettled(Array.from({ length: 5 }, () => lock(folder)));
      const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(held).toHaveLength(1);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StartError);
      await held[0]?.close();
    }
  });

  it('says what is wrong with a folder that cannot be used', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(lock(file)).rejects.toThrow(/cannot be used/);
  });

  it.runIf(process.platform === 'linux')(
    'takes a folder whose path is longer than the address of a socket may be',
    async () => {
      folder = join(folder, 'd'.repeat(120), 'e'.repeat(120));
      const first = startHolder();
      expect(await first.said).toBe('held');
      await expect(lock(folder)).rejects.toThrow(`is in use by process ${first.child.pid}`);
      first.child.kill('SIGKILL');
      await first.ended;
      const second = await lock(folder);
      expect(readdirSync(join(folder, '.lock'))).toHaveLength(1);
      await second.close();
      expect(readdirSync(join(folder, '.lock'))).toEqual([]);
    },
  );
});
