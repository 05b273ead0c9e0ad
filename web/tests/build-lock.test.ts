import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@tickfolio/lib/kit/wait-until';
import { afterAll, describe, expect, it } from 'vitest';

// Every `make …` and `npm run …` builds first, and people run several of them in terminals side by side.

const folder = mkdtempSync(join(tmpdir(), 'tickfolio-build-lock-'));
copyFileSync(fileURLToPath(new URL('../../build-lock.mjs', import.meta.url)), join(folder, 'build-lock.mjs'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started)
    if (child.pid !== undefined && child.exitCode === null && !child.signalCode) process.kill(-child.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A build that is one command, in a process group of its own, as a terminal gives it. */
const build = (command: string) => {
  const child = spawn(process.execPath, ['build-lock.mjs', command], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let told = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => (told += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, told }));
  return { child, ended, told: () => told };
};

const read = () => readFileSync(join(folder, 'log'), 'utf8');

describe('builds at once', () => {
  it('run one after the other, and say that they wait', async () => {
    const step = (name: string) =>
      `echo begin ${name} >>log; until [ -e go ]; do sleep 0.02; done; echo end ${name} >>log`;
    const first = build(step('first'));
    await until(() => existsSync(join(folder, 'log')));
    const others = ['second', 'third', 'fourth'].map((name) => build(step(name)));
    await until(() => others.every(({ told }) => told().includes('Another build is running in this folder')));
    expect(read()).toBe('begin first\n');
    rmSync(join(folder, 'log'));
    const release = build('true');
    copyFileSync(join(folder, 'build-lock.mjs'), join(folder, 'go'));
    for (const { ended } of [first, ...others, release]) expect((await ended).code).toBe(0);
    const lines = read().trim().split('\n');
    expect(lines.shift()).toBe('end first');
    expect(lines).toHaveLength(6);
    for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('begin', 'end'));
  });

  it('wait for no build that was killed', async () => {
    const killed = build('touch runs; sleep 600');
    await until(() => existsSync(join(folder, 'runs')));
    process.kill(-(killed.child.pid ?? 0), 'SIGKILL');
    await killed.ended;
    expect(await build('echo built').ended).toEqual({ code: 0, told: 'built\n' });
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'wait for the compiler of a build that was told to end with %s',
    async (signal) => {
      // The shell waits for it, and does not pass the signal on.
      const compile = `echo compiles >>log; until [ -e ${signal} ]; do sleep 0.02; done; echo compiled >>log`;
      writeFileSync(join(folder, 'log'), '');
      const first = build(`sh -c '${compile}' && true`);
      await until(() => read() === 'compiles\n');
      process.kill(first.child.pid ?? 0, signal);
      const second = build('echo next >>log');
      await until(() => second.told().includes('Another build is running in this folder') || read().includes('next'));
      writeFileSync(join(folder, signal), '');
      expect((await second.ended).code).toBe(0);
      expect(read()).toBe('compiles\ncompiled\nnext\n');
    },
  );

  it('end as their command ended', async () => {
    expect((await build('exit 7').ended).code).toBe(7);
  });
});
