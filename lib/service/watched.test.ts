import { expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createLogger } from '../telemetry/telemetry.js';
import { watchDependency } from './watched.js';

it('who reads warnings only is told of the end of an outage of the database, as of its beginning', async () => {
  const clock = createManualClock();
  const lines: string[] = [];
  const log = createLogger('auth', 'warn', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
  let fault: Error | undefined;
  const ask = async () => {
    if (fault) throw fault;
  };
  const options = {
    name: 'auth-database',
    required: true,
    words: 'the database',
    ask,
    periodMs: 1_000,
    timeoutMs: 500,
  };
  const health = watchDependency({ clock, log }, options);
  await health.known;
  expect(lines).toEqual([]);
  fault = new Error('gone');
  await clock.advanceAsync(1_000);
  fault = undefined;
  await clock.advanceAsync(1_000);
  expect(lines).toEqual(['the database is not well', 'the database is well']);
  health.close();
});
