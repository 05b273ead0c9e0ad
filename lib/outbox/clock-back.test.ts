import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { becomes } from '../kit/becomes.js';
import { shareTestPglite } from '../kit/pglite.js';
import { type Postgres, timeOf } from '../postgres/postgres.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { boatTables, createBoats, source } from './kit/boats.js';
import { createLease } from './lease.js';
import { startRelay } from './relay.js';

const migrationsFolder = fileURLToPath(new URL('./kit/migrations', import.meta.url));
const nowMs = Date.UTC(2026, 10, 29);
/** Of the clock before it was set back by a day. */
const aheadMs = nowMs + 24 * 3_600_000;
let postgres: Postgres;
beforeEach(async () => {
  postgres = await shareTestPglite(migrationsFolder);
});
afterEach(() => postgres.close());

it('sends again soon after a kill, also where the clock was set back by a day since', async () => {
  const leaseAt = (holder: string, ms: number) => {
    const clock = createManualClock(ms);
    const deps = { db: postgres.db, tables: boatTables, clock, time: timeOf(clock) };
    return createLease(deps, { name: 'relay', holder });
  };
  expect(await leaseAt('killed', aheadMs).take()).toBe(true);
  // A minute after its start; the lease was 15 s.
  expect(await leaseAt('next', nowMs + 60_000).take()).toBe(true);
  // Of the clock as it is now, it is kept.
  expect(await leaseAt('other', nowMs + 70_000).take()).toBe(false);
});

it('says for how long events wait also where they were written while the clock was a day ahead', async () => {
  const clock = createManualClock(nowMs);
  await createBoats(postgres.db, timeOf(createManualClock(aheadMs))).move('a', 1);
  const metrics = createMetrics('boats');
  let asked = 0;
  const append = async () => {
    asked += 1;
    throw new AppError('unavailable', 'Kafka is away.');
  };
  const about = { db: postgres.db, tables: boatTables, clock, time: timeOf(clock), log: silentLogger(), metrics };
  const relay = startRelay({ ...about, eventLog: { append } }, { source, holder: 'one', pollMs: 100 });
  clock.advance(100);
  await becomes(() => asked, 1);
  const ageS = async () => Number(/^tickfolio_boats_events_unsent_age_seconds (\S+)/m.exec(await metrics.text())?.[1]);
  for (const waited of [5, 10]) {
    // Until the failed round has set its next one.
    await becomes(() => clock.pending, 1);
    clock.advance(5_000);
    await becomes(ageS, waited);
  }
  await relay.close();
});
