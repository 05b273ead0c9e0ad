import type { ClickHouse, Params } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError, type ErrorCode, toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';

/** ClickHouse does not answer as it should. */
export interface Away {
  readonly sinceMs: number;
  /** For people. */
  readonly reason: string;
}

/** The archive as the pages read it: bounded in time, rows and queries at once. */
export interface Archive {
  /**
   * @param maxRows more are an error
   * @throws AppError. `not_found`: the archiver has not made its tables yet. Any other but `invalid_argument`:
   * ClickHouse is away.
   */
  read<T>(sql: string, params: Params, maxRows: number): Promise<T[]>;
  /** Set from the first failed query to the next one that succeeds. */
  readonly away: Away | undefined;
}

const queryTimeoutMs = 5_000;
/** More than these wait for their turn; the embedded engine runs two at a time, a server takes more in its stride. */
const maxRunning = 6;
const maxWaiting = 64;
const waitTimeoutMs = 5_000;
const tooMany = () =>
  new AppError('resource_exhausted', 'Too many pages are being asked for at once.', { retryAfterMs: 1_000 });

/** Faults that say nothing about ClickHouse being there. */
const ours: ReadonlySet<ErrorCode> = new Set(['not_found', 'invalid_argument', 'canceled', 'resource_exhausted']);

export interface ArchiveDeps {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told about every query, in seconds. */
  readonly observe: (outcome: 'ok' | ErrorCode, seconds: number) => void;
}

export const createArchive = ({ clickhouse, clock, log, observe }: ArchiveDeps): Archive => {
  let away: Away | undefined;
  /** When it began, by monotonic time: how long it lasts cannot be told by a clock that is set meanwhile. */
  let awayFromMs = 0;
  let running = 0;
  const waiting = new Set<() => void>();

  const enter = async (): Promise<void> => {
    if (running < maxRunning) {
      running++;
      return;
    }
    if (waiting.size >= maxWaiting) throw tooMany();
    // Whoever leaves hands its place over.
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        timer.cancel();
        resolve();
      };
      const timer = clock.after(waitTimeoutMs, () => {
        waiting.delete(go);
        reject(tooMany());
      });
      waiting.add(go);
    });
  };
  const leave = () => {
    const [next] = waiting;
    if (next) {
      waiting.delete(next);
      next();
    } else running--;
  };
  const noteAnswer = () => {
    if (away) log.warn({ awayMs: Math.round(clock.monotonic() - awayFromMs) }, 'ClickHouse answers again');
    away = undefined;
  };
  const noteFault = (fault: AppError) => {
    if (ours.has(fault.code)) return;
    if (!away) {
      awayFromMs = clock.monotonic();
      log.warn({ err: fault }, 'ClickHouse does not answer; pages show what was read before');
    }
    away = { sinceMs: away?.sinceMs ?? clock.now(), reason: fault.message };
  };
  return {
    read: async <T>(sql: string, params: Params, maxRows: number) => {
      await enter();
      const startedMs = clock.monotonic();
      const took = () => (clock.monotonic() - startedMs) / 1_000;
      try {
        const rows = await clickhouse.query<T>(sql, params, { timeoutMs: queryTimeoutMs, maxRows });
        noteAnswer();
        observe('ok', took());
        return rows;
      } catch (err) {
        const fault = toAppError(err);
        if (fault.code === 'not_found') noteAnswer();
        else noteFault(fault);
        observe(fault.code, took());
        throw fault;
      } finally {
        leave();
      }
    },
    get away() {
      return away;
    },
  };
};
