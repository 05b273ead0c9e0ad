import { createManualClock } from '@tickfolio/lib/clock';
import { createLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createNotices } from './notices.js';

const start = () => {
  const clock = createManualClock();
  const said: string[] = [];
  const take = createNotices(clock, (text) => void said.push(text));
  return { clock, said, log: createLogger('socket', 'warn', take) };
};

it('tells a warning in words, with its reason', () => {
  const { said, log } = start();
  log.info('not worth a word');
  log.warn({ reason: 'no such host' }, 'lost the connection');
  log.error({ err: new Error('disk full') }, 'cannot write');
  expect(said).toEqual([
    expect.stringMatching(/^ {2}\d\d:\d\d:\d\d {2}warning {2}socket: lost the connection: no such host$/),
    expect.stringMatching(/error {2}socket: cannot write: disk full$/),
  ]);
});

it('tells the same warning once a minute, and then how often it was', () => {
  const { clock, said, log } = start();
  for (let second = 0; second < 90; second++) {
    log.warn({ reason: `try ${second}` }, 'lost the connection');
    clock.advance(1_000);
  }
  expect(said).toHaveLength(2);
  expect(said[1]).toMatch(/try 60 \(and 59 times more since it was told last\)$/);
});

it('shows where a fatal fault comes from', () => {
  const { said, log } = start();
  log.fatal({ err: new Error('bug') }, 'could not start');
  expect(said[1]).toContain('notices.test');
});
