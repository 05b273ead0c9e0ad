import type { Clock } from '../../clock/clock.js';
import { DamagedStoreError, lacksRoom, NoRoomError } from '../../embedded-store/embedded-store.js';
import { AppError, StartError } from '../../errors/errors.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { pgliteNeedsBytes, prepareFiles } from './files.js';
import { isPgliteFault, type PgliteThread, startPgliteThread } from './thread/thread.js';

/** A database that stops again so soon after it was opened anew is not opened once more. */
const steadyMs = 600_000;

export interface PgliteConnectionOptions {
  /** Where the database lives; locked for this process. */
  readonly folder: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Default 60 000. */
  readonly startTimeoutMs?: number;
  /** Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** A statement that takes longer is never answered: the thread is given up. Default 120 000. */
  readonly answerTimeoutMs?: number;
}

/** The database in its thread, which is replaced once when it is lost. */
export interface PgliteConnection {
  /**
   * Sees to it that statements can be asked. Called while no transaction is open: what it replaces takes its open
   * transaction along.
   */
  ready(): Promise<void>;
  ask: PgliteThread['ask'];
  /** Settles with why, when the database cannot be used any more. */
  readonly failed: Promise<StartError>;
  close(): Promise<void>;
}

/**
 * Opens the database of a folder. When its thread is lost, what was acknowledged is on the disk, as after a kill, and
 * the next statement finds it opened anew; a thread that is lost again within `steadyMs` is not replaced.
 * @throws DamagedStoreError, NoRoomError, StartError
 */
export const openPgliteConnection = async (options: PgliteConnectionOptions): Promise<PgliteConnection> => {
  const { folder, log, clock, startTimeoutMs = 60_000, closeTimeoutMs = 5_000, answerTimeoutMs = 120_000 } = options;
  let fail: (err: StartError) => void = () => undefined;
  const failed = new Promise<StartError>((resolve) => {
    fail = resolve;
  });
  let thread: PgliteThread | undefined;
  let broken: StartError | undefined;
  let closing: Promise<void> | undefined;
  let reopening: Promise<void> | undefined;
  let reopenedAtMs = Number.NEGATIVE_INFINITY;

  const giveUp = (err: StartError) => {
    broken = err;
    fail(err);
  };
  const open = async () => {
    const started = startPgliteThread(
      { dataFolder: prepareFiles(folder) },
      { clock, openTimeoutMs: startTimeoutMs, answerTimeoutMs },
    );
    try {
      await started.opened;
    } catch (err) {
      await started.stop(0);
      throw inWords(folder, err);
    }
    thread = started;
    void started.lost.then((cause) => {
      thread = undefined;
      if (closing) return;
      const soon = clock.monotonic() - reopenedAtMs < steadyMs;
      log.error(
        { err: cause, folder },
        soon ? 'the embedded database has stopped again' : 'the embedded database has stopped; it is opened anew',
      );
      if (soon) giveUp(stoppedAgain(folder, cause));
    });
  };
  const unavailable = () =>
    new AppError('unavailable', 'The embedded database has stopped.', { cause: broken, retryAfterMs: 1_000 });

  await open();
  return {
    failed,
    ready: async () => {
      if (thread?.isLost) await thread.lost;
      if (thread || closing) return;
      if (broken) throw unavailable();
      reopenedAtMs = clock.monotonic();
      reopening = open().then(
        () => log.warn({ folder }, 'the embedded database is open again; what it had acknowledged is there'),
        (err: unknown) => giveUp(inWords(folder, err)),
      );
      await reopening;
      if (broken) throw unavailable();
    },
    ask: (question) => thread?.ask(question) ?? Promise.reject(unavailable()),
    close: () => {
      closing ??= (async () => {
        await reopening;
        if (thread && !(await thread.stop(closeTimeoutMs)))
          log.warn({ folder }, 'the embedded database was not shut down in time');
      })();
      return closing;
    },
  };
};

const stoppedAgain = (folder: string, cause: Error): StartError =>
  lacksRoom(cause)
    ? new NoRoomError(folder, pgliteNeedsBytes(folder))
    : new StartError(
        `The embedded database in ${folder} stopped again soon after it was opened anew: ${cause.message}. ` +
          'What it acknowledged is on the disk: another start recovers that, or says what is broken.',
      );

/**
 * Why the database cannot be opened. PostgreSQL gives up on a full disk, on files that are not as it left them, and on
 * nothing else that is known.
 */
const inWords = (folder: string, cause: unknown): StartError => {
  if (cause instanceof StartError) return cause;
  if (lacksRoom(cause)) return new NoRoomError(folder, pgliteNeedsBytes(folder));
  const why = cause instanceof Error ? cause.message : String(cause);
  if (isPgliteFault(cause)) return new DamagedStoreError(folder, `PostgreSQL says "${why}"`);
  return new StartError(`The embedded database in ${folder} cannot be opened: ${why}.`);
};
