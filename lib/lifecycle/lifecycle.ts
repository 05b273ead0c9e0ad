import { type Clock, systemClock } from '../clock/clock.js';
import { ConfigError, readConfig, type z } from '../config/config.js';
import { StartError } from '../errors/errors.js';
import type { Logger } from '../telemetry/telemetry.js';
import { callNeighboursDirectly } from './direct-calls.js';
import { outliveOutput } from './output.js';

/** Something that was opened and must be closed once. */
export interface Closable {
  /**
   * @param until aborts when nothing may be waited for any longer: what stands behind this has to be closed too before
   * the process ends
   */
  close(until?: AbortSignal): Promise<void> | void;
}

/** Owns what a process opened; closes it in reverse order. */
export interface Lifecycle {
  /** Takes over an opened thing and hands it back. What comes while it is already closing is closed at once. */
  own<T extends Closable>(name: string, thing: T): T;
  /**
   * Closes everything once, last opened first; a failing close is logged and does not keep the others open. Each is
   * given half of the time that is left, so that one that waits for a silent server leaves enough for the others.
   */
  close(): Promise<void>;
  /** Aborted when closing begins. */
  readonly signal: AbortSignal;
  /** Ends the process with 1, in order: something broke for good while it ran. */
  fail(err: Error): void;
  /** Ends the process with 0, in order: what it was started for is done. */
  finish(): void;
}

export interface LifecycleOptions {
  /** What follows on a failure besides closing; a process ends with it. */
  readonly fail?: (err: Error) => void;
  /** The same when the work is done. */
  readonly finish?: () => void;
  readonly clock?: Clock;
  /** In this time everything should be closed. Default 8 000. */
  readonly closeWithinMs?: number;
}

export const createLifecycle = (log: Logger, options: LifecycleOptions = {}): Lifecycle => {
  const { fail = () => undefined, finish = () => undefined, clock = systemClock, closeWithinMs = 8_000 } = options;
  const owned: { name: string; thing: Closable }[] = [];
  const controller = new AbortController();
  /** What came while closing had begun. */
  const late = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;
  let closeByMs = 0;
  const closeOne = async (name: string, thing: Closable) => {
    const until = new AbortController();
    const timer = clock.after(Math.max(0, (closeByMs - clock.monotonic()) / 2), () => {
      log.warn({ part: name }, 'takes long to close and is told not to wait any longer');
      until.abort();
    });
    try {
      await thing.close(until.signal);
      log.debug({ part: name }, 'closed');
    } catch (err) {
      log.error({ err, part: name }, 'could not be closed cleanly');
    } finally {
      timer.cancel();
    }
  };
  const close = (): Promise<void> => {
    closing ??= (async () => {
      controller.abort();
      closeByMs = clock.monotonic() + closeWithinMs;
      for (let last = owned.pop(); last; last = owned.pop()) await closeOne(last.name, last.thing);
      while (late.size > 0) await Promise.all(late);
    })();
    return closing;
  };
  return {
    own: (name, thing) => {
      if (closing) {
        const closed: Promise<void> = closeOne(name, thing).finally(() => late.delete(closed));
        late.add(closed);
      } else owned.push({ name, thing });
      return thing;
    },
    close,
    signal: controller.signal,
    fail: (err) => {
      fail(err);
      void close();
    },
    finish: () => {
      finish();
      void close();
    },
  };
};

export interface RunOptions {
  readonly log: Logger;
  /**
   * After this time a shutdown that has not ended is cut short with exit code 1; what is closed may wait for others
   * four fifths of it. Default 10 000.
   */
  readonly shutdownDeadlineMs?: number;
}

const closingShare = 0.8;

/**
 * Runs a process: starts it, ends it on SIGINT, SIGTERM or SIGHUP (its terminal was closed) with exit code 0 after
 * everything is closed, and with 1 when the start fails, something is thrown that nobody caught, or the deadline
 * passes. A second signal ends it at once, but for SIGHUP: the kernel and the shell both send it, and nobody sends it
 * out of impatience. A start that a signal breaks off may throw: that is no failure. A closed or full standard output
 * ends nothing.
 */
export const runProcess = async (
  start: (life: Lifecycle) => Promise<void>,
  { log, shutdownDeadlineMs = 10_000 }: RunOptions,
): Promise<void> => {
  outliveOutput();
  const life = createLifecycle(log, {
    closeWithinMs: closingShare * shutdownDeadlineMs,
    fail: (err) => {
      if (err instanceof StartError) process.stderr.write(`${err.message}\n`);
      else log.fatal({ err }, 'cannot go on');
      end(1, 'cannot go on');
    },
    finish: () => end(0, 'done'),
  });
  let ending = false;
  let exitCode = 0;
  const end = (code: number, why: string) => {
    exitCode = Math.max(exitCode, code);
    if (ending) {
      if (why === 'SIGINT' || why === 'SIGTERM') process.exit(1);
      return;
    }
    ending = true;
    log.info({ why }, 'shutting down');
    const deadline = setTimeout(() => {
      log.fatal({ shutdownDeadlineMs }, 'shutdown took too long and was cut short');
      process.exit(1);
    }, shutdownDeadlineMs);
    void life.close().then(() => {
      clearTimeout(deadline);
      log.info('stopped');
      process.exit(exitCode);
    });
  };
  process.on('SIGINT', () => end(0, 'SIGINT'));
  process.on('SIGTERM', () => end(0, 'SIGTERM'));
  process.on('SIGHUP', () => end(0, 'SIGHUP'));
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'uncaught exception');
    end(1, 'uncaught exception');
  });
  process.on('unhandledRejection', (err) => {
    log.fatal({ err }, 'unhandled rejection');
    end(1, 'unhandled rejection');
  });
  // A process that only waits (for a server, for a retry) has nothing else that keeps it alive. It ends by `end` alone.
  setInterval(() => undefined, 60_000);
  try {
    await callNeighboursDirectly();
    await start(life);
  } catch (err) {
    if (ending) {
      // What it needed was closed under it.
      log.debug({ err }, 'the start was broken off');
      return;
    }
    if (err instanceof StartError) process.stderr.write(`${err.message}\n`);
    else log.fatal({ err }, 'could not start');
    end(1, 'start failed');
  }
};

/** Ends a process whose settings are wrong, before anything was opened. */
export const refuseToStart = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

/** A service's settings; with wrong ones it prints every fault and ends the process with 1. */
export const readSettings = <S extends z.ZodType>(service: string, schema: S, env: NodeJS.ProcessEnv): z.output<S> => {
  try {
    return readConfig(service, schema, env);
  } catch (err) {
    if (err instanceof ConfigError) return refuseToStart(err.message);
    throw err;
  }
};
