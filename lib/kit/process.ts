import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface TestProcess {
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): string;
  /** What of it went to its standard output, and to its standard error. */
  out(): string;
  err(): string;
  /**
   * Resolves with the match once the output has it. @throws Error with the output when it ends or the time passes first
   */
  waitFor(pattern: RegExp, withinMs: number): Promise<RegExpExecArray>;
  isOver(): boolean;
  send(signal: NodeJS.Signals): void;
  /** Sends the signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Those that have not ended, and what reaches each. */
const running = new Map<ChildProcess, (signal: NodeJS.Signals) => void>();

/**
 * Starts a program of the project in an environment of its own; whatever a test leaves running ends with the test run.
 */
export const startProcess = (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
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
  const apart = { out: '', err: '' };
  const waiting = new Set<() => void>();
  const take = (from: 'out' | 'err') => (chunk: string) => {
    text += chunk;
    apart[from] += chunk;
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', take('out'));
  child.stderr.setEncoding('utf8').on('data', take('err'));
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
    out: () => apart.out,
    err: () => apart.err,
    isOver: () => !running.has(child),
    send: (signal) => {
      if (running.has(child)) send(signal);
    },
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

/** Starts a compiled program of the project, given by its path from the root. @throws Error where it was not built */
export const startProgram = (file: string, env: NodeJS.ProcessEnv, ...args: readonly string[]): TestProcess => {
  if (!existsSync(join(projectRoot, file))) throw new Error(`${file} is missing: run "npm run build" first`);
  return startProcess(process.execPath, ['--enable-source-maps', file, ...args], env);
};

/** Ends at once whatever still runs. */
export const endProcesses = (): void => {
  for (const send of running.values()) send('SIGKILL');
};

// Also after a failure: nothing that a test file started outlives it. Files that share a process share this module, so
// its end counts too.
afterAll(endProcesses);
process.once('exit', endProcesses);
