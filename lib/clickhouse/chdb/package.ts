import { StartError } from '../../errors/errors.js';

/** What is used of the package. */
export interface ChdbPackage {
  readonly chdb: Pick<typeof import('chdb'), 'Session' | 'drainPending'>;
  readonly durable: Pick<typeof import('chdb/durable/node'), 'ChdbNodeEngine'>;
}

const loadPackages = async (): Promise<ChdbPackage> => ({
  chdb: await import('chdb'),
  durable: await import('chdb/durable/node'),
});

/** Thrown where there is no engine for this machine. */
export class NoEngineError extends StartError {}

/** @throws NoEngineError */
export const loadChdb = async (load: () => Promise<ChdbPackage> = loadPackages): Promise<ChdbPackage> => {
  try {
    return await load();
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new NoEngineError(
      `The embedded ClickHouse engine (package "chdb") is not there for ${process.platform}-${process.arch}: ${why} ` +
        'It exists for Linux (glibc) and macOS, x64 and arm64, and comes as an optional dependency: install without --omit=optional. ' +
        'Or name a ClickHouse server with CLICKHOUSE_ADDR.',
    );
  }
};
