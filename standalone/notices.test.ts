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

it('says which coin, stream or page a warning is about, and why', () => {
  const { said, log } = start();
  log.warn({ stream: 'ethusdt@aggTrade', last: 7, next: 3 }, 'the exchange began to count anew; following it');
  log.warn(
    { stream: 'ethusdt@aggTrade', why: 'code -1121: no' },
    'the exchange refuses a stream; it is asked for again later',
  );
  log
    .child({ symbol: 'btcusdt' })
    .warn({ id: 9, timeMs: 1 }, 'a trade came late for its second, which stays as it was published');
  log.warn({ database: 'auth_db', warning: 'too old' }, 'PostgreSQL warns');
  log.warn(
    { names: ['a', 'b'], silentMs: 3, requestId: 'r1', password: 'secret', nested: { x: 1 } },
    'Something ends with a full stop.',
  );
  log.error({ err: new Error('No space left') }, 'The database cannot be reached.');
  expect(said.map((text) => text.slice(text.indexOf('socket: ') + 'socket: '.length))).toEqual([
    'the exchange began to count anew; following it (stream ethusdt@aggTrade, last 7, next 3)',
    'the exchange refuses a stream; it is asked for again later (stream ethusdt@aggTrade): code -1121: no',
    'a trade came late for its second, which stays as it was published (symbol btcusdt, id 9)',
    'PostgreSQL warns (database auth_db, warning too old)',
    'Something ends with a full stop (names a b, password [redacted])',
    'The database cannot be reached: No space left',
  ]);
});

it('tells the same warning of another coin too, of five in a minute, and counts the rest', () => {
  const { clock, said, log } = start();
  const late = (symbol: string) => log.warn({ symbol, id: said.length }, 'a trade came late');
  for (let coin = 1; coin <= 8; coin++) late(`coin${coin}`);
  late('coin1');
  expect(said.map((text) => /coin\d/.exec(text)?.[0])).toEqual(['coin1', 'coin2', 'coin3', 'coin4', 'coin5']);
  clock.advance(60_000);
  late('coin1');
  expect(said.at(-1)).toMatch(/coin1, id 5\) \(and 4 times more since it was told last\)$/);
  log.warn({ why: 'its time', stream: 'x', times: 12 }, 'the exchange sends something that cannot be right');
  expect(said.at(-1)).toMatch(/cannot be right \(stream x\): its time \(and 11 times more since it was told last\)$/);
});

it('tells that the disk is full a second time, soon after the first', () => {
  const { clock, said, log } = start();
  const fill = () => log.warn({ reason: '1 MB are free' }, 'the disk of the data folder is nearly full');
  fill();
  clock.advance(10_000);
  log.warn('the disk of the data folder has room again');
  clock.advance(10_000);
  fill();
  expect(said.map((text) => text.slice(text.indexOf('socket: ')))).toEqual([
    'socket: the disk of the data folder is nearly full: 1 MB are free',
    'socket: the disk of the data folder has room again',
    'socket: the disk of the data folder is nearly full: 1 MB are free',
  ]);
});

it('shows where a fatal fault comes from', () => {
  const { said, log } = start();
  log.fatal({ err: new Error('bug') }, 'could not start');
  expect(said[1]).toContain('notices.test');
});
