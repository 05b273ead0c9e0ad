import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { StartError } from '../lifecycle/lifecycle.js';
import type { Logger } from '../telemetry/telemetry.js';
import { traceQueries } from '../tracing/sql.js';
import { lockFolder } from './folder-lock.js';
import { unpackEmptyDatabase } from './pglite-empty.js';
import type { QueryResult, WorkerAnswer, WorkerRequest, WorkerStart } from './pglite-protocol.js';
import { createPgliteSession, type PgliteSessionOptions } from './pglite-session.js';
import type { Postgres } from './postgres.js';

export interface PgliteOptions extends Omit<PgliteSessionOptions, 'clock'> {
  /** Where the database lives, made when missing. */
  readonly folder: string;
  /** Folder in drizzle-kit's layout: `meta/_journal.json` and one SQL file each. */
  readonly migrationsFolder: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** How long the database may take to open. Default 60 000. */
  readonly startTimeoutMs?: number;
  /** How long `close` waits for the database to shut down; an unfinished shutdown is recovered from like a kill. Default 5 000. */
  readonly closeTimeoutMs?: number;
}

/**
 * Opens PGlite (PostgreSQL compiled to WebAssembly) in a thread of its own, with its folder locked for this process.
 * It has one connection: statements and transactions take turns.
 * @throws StartError when another process uses the folder, or the database in it cannot be opened.
 */
export const openPglite = async (options: PgliteOptions): Promise<Postgres> => {
  const { folder, migrationsFolder, log, clock, startTimeoutMs = 60_000, closeTimeoutMs = 5_000 } = options;
  mkdirSync(folder, { recursive: true });
  const lock = await lockFolder(folder, { clock });
  let thread: Thread | undefined;
  const shut = async () => {
    await thread?.stop(clock, closeTimeoutMs);
    await lock.close();
  };
  try {
    const dataFolder = join(folder, 'data');
    if (!existsSync(dataFolder)) make(dataFolder);
    thread = startThread({ dataFolder }, log);
    await thread.opened(clock, startTimeoutMs);
    const { ask } = thread;
    const statements = traceQueries(
      { query: (text: string, params: unknown[], rowMode: 'array' | 'object') => ask({ kind: 'query', text, params, rowMode }) },
      basename(folder),
    );
    const session = createPgliteSession((text, params, rowMode) => statements.query(text, params, rowMode), options);
    // drizzle calls nothing of a PGlite but `query` and `transaction`.
    const db = drizzle(session as unknown as PGlite);
    await migrate(db, { migrationsFolder });
    let closing: Promise<void> | undefined;
    return {
      db,
      ping: async () => void (await session.query('select 1')),
      close: () => {
        closing ??= shut();
        return closing;
      },
    };
  } catch (err) {
    await shut();
    throw err;
  }
};

/** Makes the database aside, so that a kill leaves no half of one. */
const make = (dataFolder: string) => {
  const draft = `${dataFolder}.new`;
  try {
    rmSync(draft, { recursive: true, force: true });
    unpackEmptyDatabase(draft);
    renameSync(draft, dataFolder);
  } catch (err) {
    throw new StartError(`The embedded database ${dataFolder} cannot be made: ${err instanceof Error ? err.message : String(err)}.`);
  }
};

type Question = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, 'id'> : never) : never;

interface Thread {
  /** @throws StartError */
  opened(clock: Clock, limitMs: number): Promise<void>;
  /** @throws Error with SQLSTATE as `code`, or AppError unavailable when the thread is gone */
  ask(question: Question): Promise<QueryResult>;
  stop(clock: Clock, limitMs: number): Promise<void>;
}

interface Asker {
  resolve(result: QueryResult): void;
  reject(err: Error): void;
}

/** Threads run compiled code only, also when this file is read as source. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? '../dist/postgres/pglite-worker.js' : './pglite-worker.js', import.meta.url);

const startThread = (start: WorkerStart, log: Logger): Thread => {
  const worker = new Worker(workerFile, { workerData: start, name: 'pglite' });
  const askers = new Map<number, Asker>();
  let lastId = 0;
  let gone: AppError | undefined;
  let stopping = false;
  const opened = new Promise<QueryResult>((resolve, reject) => askers.set(0, { resolve, reject }));
  opened.catch(() => undefined); // Reported by `opened`, or by nobody when the start is given up.

  worker.on('message', (answer: WorkerAnswer) => {
    const asker = askers.get(answer.id);
    askers.delete(answer.id);
    if ('result' in answer) asker?.resolve(answer.result);
    else asker?.reject(Object.assign(new Error(answer.fault.message), answer.fault, { name: 'PgliteError' }));
  });
  const lose = (cause: unknown) => {
    if (gone) return;
    gone = new AppError('unavailable', 'The embedded database has stopped.', { cause });
    if (!stopping) log.error({ err: cause }, 'the embedded database has stopped; it opens again with the next start');
    for (const asker of askers.values()) asker.reject(gone);
    askers.clear();
  };
  worker.on('error', lose);
  worker.on('exit', (code) => lose(new Error(`its thread ended with code ${code}`)));

  const ask: Thread['ask'] = (question) =>
    new Promise((resolve, reject) => {
      if (gone) {
        reject(gone);
        return;
      }
      const id = ++lastId;
      askers.set(id, { resolve, reject });
      worker.postMessage({ ...question, id } satisfies WorkerRequest);
    });
  const limited = <T>(clock: Clock, limitMs: number, work: Promise<T>, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = clock.after(limitMs, () => reject(new Error(`${what} took more than ${limitMs} ms`)));
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  return {
    opened: async (clock, limitMs) => {
      try {
        await limited(clock, limitMs, opened, 'opening it');
      } catch (err) {
        const cause = err instanceof AppError && err.cause instanceof Error ? err.cause : err;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StartError(`The embedded database ${start.dataFolder} cannot be opened: ${why}.`);
      }
    },
    ask,
    stop: async (clock, limitMs) => {
      if (stopping) return;
      stopping = true;
      if (!gone)
        await limited(clock, limitMs, ask({ kind: 'close' }), 'closing it').catch((err: unknown) =>
          log.warn({ err }, 'the embedded database was not shut down in time'),
        );
      await worker.terminate();
    },
  };
};
