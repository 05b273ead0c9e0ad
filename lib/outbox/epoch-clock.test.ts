import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { shareTestPglite } from '../kit/pglite.js';
import { timeOf } from '../postgres/postgres.js';
import { raiseEpoch } from './epoch.js';
import { boatTables } from './kit/boats.js';

const migrationsFolder = fileURLToPath(new URL('./kit/migrations', import.meta.url));

it('a backup that is restored twice is of a higher epoch the second time, where it is said that the clock was a year ahead at the first', async () => {
  const nowMs = Date.UTC(2026, 10, 29);
  const epochAfter = async (ms: number, above?: number) => {
    const restored = await shareTestPglite(migrationsFolder);
    await raiseEpoch(restored.db, boatTables, timeOf(createManualClock(ms)), above);
    const [row] = await restored.db.select().from(boatTables.databaseEpoch);
    await restored.close();
    return row?.epoch ?? 0;
  };
  const first = await epochAfter(nowMs + 365 * 86_400_000);
  expect(await epochAfter(nowMs + 86_400_000, first)).toBeGreaterThan(first);
});
