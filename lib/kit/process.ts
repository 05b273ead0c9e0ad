import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface TestProcess {
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): string;
  /** Resolves with the match once the output has it. @throws Error with the output when it ends or the time passes first */
  waitFor(pattern: RegExp, withinMs: number): Promise<RegExpExecArray>;
  /** Sends the signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Those that have not ended, and what reaches each. */
const running = new Map<ChildProcess, (signal: NodeJS.Signals) => void>();

/** Starts a program of the project in an environment of its own; whatever a test leaves running ends with the test run. */
export const startProcess = (
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  ending: 'alone' | 'with its children' = 'alone',
): TestProcess => {
  const child = spawn(command, args, {
    cwd: projectRoot,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ending === 'with its children', // Then it leads a group that one signal reaches.
  });
  const send = (signal: NodeJS.Signals) => {
    if (ending === 'with its children' && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
  };
  running.set(child, send);
  let text = '';
  const waiting = new Set<() => void>();
  const take = (chunk: Buffer) => {
    text += chunk.toString();
    for (const look of waiting) look();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
      for (const look of waiting) look();
    });
  });
  return {
    pid: child.pid ?? -1,
    output: () => text,
    ended,
    waitFor: (pattern, withinMs) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => {
          finish();
          reject(new Error(`${args.join(' ')}: ${why} before ${pattern} was seen; its output:\n${text}`));
        };
        const look = () => {
          const match = pattern.exec(text);
          if (match) {
            finish();
            resolve(match);
          } else if (!running.has(child)) fail('it ended');
        };
        const timer = setTimeout(() => fail(`${withinMs} ms passed`), withinMs);
        const finish = () => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    end: (signal) => {
      if (running.has(child)) send(signal);
      return ended;
    },
  };
};

// Also after a failure: nothing that a test file started outlives it.
afterAll(() => {
  for (const send of running.values()) send('SIGKILL');
});
