import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { sleep, systemClock } from '@tickfolio/lib/clock';

/** What a child process can be asked to do. Arguments and results are plain JSON values. */
export type Tasks = { readonly [name: string]: (...args: never[]) => unknown };

interface Question {
  readonly id: number;
  readonly task: string;
  readonly args: readonly never[];
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly fault?: string;
}

/** A child process on a core of its own, asked over IPC. */
export interface Child<T extends Tasks> {
  /** @throws Error when the task fails, the child ends, or `deadlineMs` passes. */
  ask<K extends keyof T & string>(task: K, ...args: Parameters<T[K]>): Promise<Awaited<ReturnType<T[K]>>>;
  /** Told of all numbers that the child reports unasked. */
  onReport(listener: (values: readonly number[]) => void): void;
  close(): Promise<void>;
}

/** The child processes of one benchmark; all are gone after `close`. */
export interface Children {
  /** @param file compiled program of a benchmark, such as `delivery/bff.js` */
  start<T extends Tasks>(file: string, nodeOptions?: readonly string[]): Child<T>;
  close(): Promise<void>;
}

const deadlineMs = 90_000;
const exitGraceMs = 3_000;

export const createChildren = (profileFolder: string | undefined): Children => {
  const all: Child<Tasks>[] = [];
  // A folder for each program: threads of one process write files of their own.
  const profiling = (file: string) =>
    profileFolder === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${join(profileFolder, file.replace('/', '-').replace('.js', ''))}`];
  return {
    start: <T extends Tasks>(file: string, nodeOptions: readonly string[] = []) => {
      const execArgv = [...nodeOptions, '--expose-gc', '--enable-source-maps', ...profiling(file)];
      const child = wrap<T>(file, fork(new URL(`../${file}`, import.meta.url), { execArgv }));
      all.push(child as unknown as Child<Tasks>);
      return child;
    },
    close: async () => {
      await Promise.all(all.splice(0).map((child) => child.close()));
    },
  };
};

const wrap = <T extends Tasks>(file: string, process: ChildProcess): Child<T> => {
  const waiting = new Map<number, { resolve(result: unknown): void; reject(err: Error): void }>();
  let lastId = 0;
  let ended: string | undefined;
  let reported: (values: readonly number[]) => void = () => undefined;
  const gone = new Promise<void>((resolve) => process.once('exit', () => resolve()));
  const end = (why: string) => {
    ended ??= `${file} ${why}`;
    for (const { reject } of waiting.values()) reject(new Error(ended));
    waiting.clear();
  };
  process.on('error', (err) => end(`failed: ${err.message}`));
  process.on('exit', (code, signal) => end(`ended (${signal ?? code})`));
  process.on('message', (message: Answer | readonly number[]) => {
    if ('length' in message) {
      reported(message);
      return;
    }
    const asker = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.fault === undefined) asker?.resolve(message.result);
    else asker?.reject(new Error(`${file}: ${message.fault}`));
  });
  return {
    ask: (task, ...args) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(new Error(ended));
          return;
        }
        const id = ++lastId;
        const timer = setTimeout(() => end(`did not answer "${task}" within ${deadlineMs} ms`), deadlineMs);
        const done =
          <V>(then: (value: V) => void) =>
          (value: V) => {
            clearTimeout(timer);
            then(value);
          };
        waiting.set(id, { resolve: done(resolve as (result: unknown) => void), reject: done(reject) });
        process.send({ id, task, args: args as readonly never[] } satisfies Question);
      }),
    onReport: (listener) => {
      reported = listener;
    },
    close: async () => {
      if (process.exitCode !== null || process.signalCode !== null) return;
      if (process.connected) process.disconnect();
      await Promise.race([gone, sleep(systemClock, exitGraceMs)]);
      if (process.exitCode === null && process.signalCode === null) process.kill('SIGKILL');
    },
  };
};

/** The child's side: answers what the parent asks, and ends with the parent. */
export const serveParent = (tasks: Tasks): void => {
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ id, task, args }: Question) => {
    try {
      const result = await tasks[task]?.(...args);
      process.send?.({ id, result } satisfies Answer);
    } catch (err) {
      process.send?.({ id, fault: err instanceof Error ? (err.stack ?? err.message) : String(err) } satisfies Answer);
    }
  });
};

/** Tells the parent a number unasked. */
export const reportToParent = (values: readonly number[]): void => {
  process.send?.(values);
};
