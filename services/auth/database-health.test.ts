import { createManualClock } from '@tickfolio/lib/clock';
import { createLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { watchDatabase } from './database-health.js';

it('who reads warnings only is told of the end of an outage of the database, as of its beginning', async () => {
  const clock = createManualClock();
  const lines: string[] = [];
  const log = createLogger('auth', 'warn', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
  let fault: Error | undefined;
  const ping = async () => {
    if (fault) throw fault;
  };
  const limits = { healthPeriodMs: 1_000, healthTimeoutMs: 500 };
  const health = watchDatabase({ postgres: { ping }, clock, log, limits, changed: () => undefined });
  await health.known;
  expect(lines).toEqual([]);
  fault = new Error('gone');
  await clock.advanceAsync(1_000);
  fault = undefined;
  await clock.advanceAsync(1_000);
  expect(lines).toEqual(['the database is not well', 'the database is well']);
  health.close();
});
