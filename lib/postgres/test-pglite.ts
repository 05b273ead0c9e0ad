import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock/clock.js';
import { silentLogger } from '../telemetry/telemetry.js';
import { openPglite } from './pglite.js';
import type { Postgres } from './postgres.js';

/** A new database in a folder of its own, which `close` removes. */
export const openTestPglite = async (migrationsFolder: string): Promise<Postgres> => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-pglite-'));
  const postgres = await openPglite({ folder, migrationsFolder, log: silentLogger(), clock: systemClock });
  return {
    ...postgres,
    close: async () => {
      await postgres.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
