import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError, toAppError } from '@tickfolio/lib/errors';
import { createTurns } from '@tickfolio/lib/lane/turns';

export type ArchiveParams = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * Asks the archive, a few questions at once. @throws AppError unavailable where it does not answer, or is asked for too
 * much
 */
export interface ArchiveReader {
  /** Undefined where there is no archive, or the archiver has not made its tables yet. */
  ask<T>(sql: string, params: ArchiveParams, maxRows: number): Promise<T[] | undefined>;
  /** @throws AppError unavailable also where there is none */
  read<T>(sql: string, params: ArchiveParams, maxRows: number): Promise<T[]>;
}

export interface ArchiveReaderDeps {
  /** Undefined while there is no ClickHouse. */
  readonly clickhouse: () => ClickHouse | undefined;
  readonly clock: Clock;
}

const queryTimeoutMs = 4_000;
/** So many questions are asked at once, and so many wait for their turn; the archive has others to answer too. */
const [maxQueries, maxWaiting, maxWaitMs] = [8, 64, 4_000];

export const createArchiveReader = ({ clickhouse, clock }: ArchiveReaderDeps): ArchiveReader => {
  const turns = createTurns({
    clock,
    atOnce: maxQueries,
    maxWaiting,
    maxWaitMs,
    words: 'The archive is asked for too much at once.',
  });
  const ask: ArchiveReader['ask'] = async <T>(sql: string, params: ArchiveParams, maxRows: number) => {
    try {
      const server = clickhouse();
      return (
        server && (await turns.take('', () => server.query<T>(sql, params, { timeoutMs: queryTimeoutMs, maxRows })))
      );
    } catch (thrown) {
      const fault = toAppError(thrown);
      if (fault.code === 'not_found') return undefined; // The archiver has not made its tables yet.
      throw new AppError('unavailable', 'The archive of prices does not answer.', {
        cause: fault,
        retryAfterMs: 5_000,
      });
    }
  };
  return {
    ask,
    read: async <T>(sql: string, params: ArchiveParams, maxRows: number) => {
      const rows = await ask<T>(sql, params, maxRows);
      if (rows) return rows;
      const message = 'There is no archive of prices here.';
      throw new AppError('unavailable', message, {
        retryAfterMs: 60_000,
        fields: [{ field: 'archive', message, reason: 'no-archive' }],
      });
    },
  };
};
