import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { type Clock, sleep } from '../../../clock/clock.js';
import { AppError } from '../../../errors/errors.js';
import type { QueryResult, WorkerAnswer, WorkerFault, WorkerRequest, WorkerStart } from './protocol.js';

export type Question = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, 'id'> : never) : never;

/**
 * The thread that runs PGlite. It is lost once and for good: when it ends, when the database in it gave up, when it
 * does not answer.
 */
export interface PgliteThread {
  /** Resolves when the database is open. @throws Error with PostgreSQL's words */
  readonly opened: Promise<void>;
  /** Settles when the thread is lost (or was stopped) and has ended, with why. */
  readonly lost: Promise<Error>;
  /** True from when nothing can be asked any more, which is before it has ended. */
  readonly isLost: boolean;
  /** @throws Error with SQLSTATE as `code`, or AppError unavailable when the thread is lost */
  ask(question: Question): Promise<QueryResult>;
  /**
   * Shuts the database down and ends the thread. @returns whether that was done in order and in time; what was not is
   * recovered from like a kill
   */
  stop(limitMs: number): Promise<boolean>;
}

export interface PgliteThreadOptions {
  readonly clock: Clock;
  readonly openTimeoutMs: number;
  /** No statement takes that long; one that does will never be answered. */
  readonly answerTimeoutMs: number;
}

interface Asker {
  resolve(result: QueryResult): void;
  reject(err: Error): void;
}

/** Threads run compiled code only, also when this file is read as source. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/postgres/pglite/thread/worker.js' : './worker.js',
  import.meta.url,
);

/**
 * How much of a function runs before it is compiled anew to be fast, in bytes or so. V8 itself takes this many in
 * Node 24; with the 1.8 million of Node 20 what runs at the opening alone is compiled twice.
 */
const tieringBudget = 13_000_000;

const errorOf = (fault: WorkerFault): Error => Object.assign(new Error(fault.message), fault, { name: 'PgliteError' });

/** Whether PostgreSQL itself said it. */
export const isPgliteFault = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'PgliteError';

export const startPgliteThread = (start: WorkerStart, options: PgliteThreadOptions): PgliteThread => {
  const { clock, openTimeoutMs, answerTimeoutMs } = options;
  setFlagsFromString(`--wasm-tiering-budget=${tieringBudget}`);
  const worker = new Worker(workerFile, { workerData: start, name: 'pglite' });
  const askers = new Map<number, Asker>();
  let lastId = 0;
  let gone: AppError | undefined;
  let tellLost: (cause: Error) => void = () => undefined;
  const lost = new Promise<Error>((resolve) => {
    tellLost = resolve;
  });
  const lose = (cause: Error) => {
    if (gone) return;
    gone = new AppError('unavailable', 'The embedded database has stopped.', { cause, retryAfterMs: 1_000 });
    for (const asker of askers.values()) asker.reject(gone);
    askers.clear();
    // Whoever opens the database anew on hearing of it must find nobody at its files.
    void worker.terminate().then(() => tellLost(cause));
  };
  const expect = (id: number, limitMs: number, what: string): Promise<QueryResult> =>
    new Promise((resolve, reject) => {
      const timer = clock.after(limitMs, () => lose(new Error(`${what} took more than ${limitMs} ms`)));
      askers.set(id, {
        resolve: (result) => {
          timer.cancel();
          resolve(result);
        },
        reject: (err) => {
          timer.cancel();
          reject(err);
        },
      });
    });
  worker.on('message', (answer: WorkerAnswer) => {
    if ('fault' in answer && answer.fault.fatal) {
      lose(errorOf(answer.fault));
      return;
    }
    const asker = askers.get(answer.id);
    askers.delete(answer.id);
    if ('result' in answer) asker?.resolve(answer.result);
    else asker?.reject(errorOf(answer.fault));
  });
  worker.on('error', (err) => lose(err instanceof Error ? err : new Error(String(err))));
  worker.on('exit', (code) => lose(new Error(`its thread ended with code ${code}`)));

  const opened = expect(0, openTimeoutMs, 'opening it').then(
    () => undefined,
    (err: unknown) => {
      throw err instanceof AppError && err.cause instanceof Error ? err.cause : err;
    },
  );
  opened.catch(() => undefined); // Reported by `opened`, or by nobody when the start is given up.

  const ask: PgliteThread['ask'] = (question) => {
    if (gone) return Promise.reject(gone);
    const id = ++lastId;
    const answer = expect(id, answerTimeoutMs, 'a statement');
    worker.postMessage({ ...question, id } satisfies WorkerRequest);
    return answer;
  };
  return {
    opened,
    lost,
    get isLost() {
      return gone !== undefined;
    },
    ask,
    stop: async (limitMs) => {
      const shut = ask({ kind: 'close' }).then(
        () => true,
        () => false,
      );
      const inTime = await Promise.race([shut, sleep(clock, limitMs).then(() => false)]);
      await worker.terminate();
      return inTime;
    },
  };
};
