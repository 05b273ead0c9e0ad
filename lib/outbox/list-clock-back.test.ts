import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { shareTestPglite } from '../kit/pglite.js';
import { timeOf } from '../postgres/postgres.js';
import { boatTables, createBoats, source } from './kit/boats.js';
import { createListEvents } from './list-events.js';

const migrationsFolder = fileURLToPath(new URL('./kit/migrations', import.meta.url));
const nowMs = Date.UTC(2026, 10, 29);

it('lists what was written since, also where the clock was a day ahead for one event', async () => {
  const postgres = await shareTestPglite(migrationsFolder);
  const at = (ms: number) => timeOf(createManualClock(ms));
  await createBoats(postgres.db, at(nowMs)).move('a', 1);
  await createBoats(postgres.db, at(nowMs + 24 * 3_600_000)).move('b', 1);
  await createBoats(postgres.db, at(nowMs + 1_000)).move('c', 1);
  const list = createListEvents({ db: postgres.db, tables: boatTables, time: at(nowMs + 3_600_000), source });
  const { events } = await list({ afterSeq: 0 }, 100);
  expect(events.map((text) => JSON.parse(text).stream)).toEqual(['boat:a', 'boat:b', 'boat:c']);
  await postgres.close();
});
