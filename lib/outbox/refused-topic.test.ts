import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createEventTopic } from '../events/domain-event.js';
import type { EventMessage } from '../events/message.js';
import { becomes } from '../kit/becomes.js';
import { shareTestPglite } from '../kit/pglite.js';
import { timeOf } from '../postgres/postgres.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { boatTables, createBoats, source } from './kit/boats.js';
import { startRelay } from './relay.js';

const migrationsFolder = fileURLToPath(new URL('./kit/migrations', import.meta.url));
const buoyEvents = createEventTopic({
  name: 'buoy-events',
  description: 'Which buoys are lit.',
  partitions: 1,
  source,
  keyOf: ({ stream }) => stream,
  types: { 'buoy.lit': { schema: 1, withoutUser: true, data: Type.Object({}) } },
});

it('sends what is told of boats while the log takes nothing of buoys, however much of that waits', async () => {
  const postgres = await shareTestPglite(migrationsFolder);
  const { db } = postgres;
  const clock = createManualClock(Date.UTC(2026, 10, 28, 8));
  const time = timeOf(clock);
  const { append, move } = createBoats(db, time);
  const lit = Array.from({ length: 600 }, (_, at) => ({
    ...{ type: 'buoy.lit' as const, stream: `buoy:${at}`, version: 1, data: {} },
  }));
  await db.transaction((tx) => append(tx, buoyEvents, lit));
  await move('a', 1);
  let refuses = true;
  const taken = new Map<string, number>();
  const eventLog = {
    append: async (topic: string, messages: readonly EventMessage[]) => {
      if (refuses && topic === buoyEvents.name) throw new AppError('unavailable', 'There is no such topic.');
      taken.set(topic, (taken.get(topic) ?? 0) + messages.length);
    },
  };
  const metrics = createMetrics('boats');
  const ageS = async () => Number(/^tickfolio_boats_events_unsent_age_seconds (\S+)/m.exec(await metrics.text())?.[1]);
  const deps = { db, tables: boatTables, clock, time, log: silentLogger(), metrics, eventLog };
  const relay = startRelay(deps, { source, holder: 'one', pollMs: 100 });
  try {
    clock.advance(100);
    await becomes(() => taken.get('boat-events'), 1);
    await becomes(() => clock.pending, 1);
    clock.advance(5_000);
    await becomes(ageS, 5.1);
    await becomes(() => clock.pending, 1);
    refuses = false;
    clock.advance(5_000);
    await becomes(() => taken.get('buoy-events'), 600);
    await becomes(ageS, 0);
    expect(taken.get('boat-events')).toBe(1);
  } finally {
    await relay.close();
    await postgres.close();
  }
});
