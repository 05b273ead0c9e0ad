import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type LogEntry, logPlace, logWords } from '../page/security/log-words.js';
import { de } from '../page/text/security/de.js';
import { en } from '../page/text/security/en.js';

const entry = (action: string, detail: LogEntry['detail'] = {}): LogEntry => ({
  at: '2026-06-15T12:00:00.000Z',
  action,
  outcome: 'ok',
  detail,
});

const source = readFileSync(fileURLToPath(new URL('../../services/auth/log/security-log.ts', import.meta.url)), 'utf8');
const actions = [...(/type SecurityAction =([\s\S]*?);/.exec(source)?.[1] ?? '').matchAll(/'([^']+)'/g)];

it.each([en, de])('says in words everything that the accounts write down', (text) => {
  expect(actions.length).toBeGreaterThan(10);
  const said = actions.map(([, action = '']) => logWords(entry(action), text));
  expect(said.filter((words) => words.includes(text.log.other('').trim()))).toEqual([]);
  expect(new Set(said).size).toBe(said.length);
});

it('says by what somebody signed in, how many were refused, and which passkey went', () => {
  const words = (action: string, detail: LogEntry['detail']) => logWords(entry(action, detail), en);
  expect(
    ['password', 'password and totp', 'password and recovery code', 'passkey', 'something newer'].map((by) =>
      words('sign-in', { by }),
    ),
  ).toEqual([
    'Signed in with the password',
    'Signed in with password and app',
    'Signed in with password and a recovery code',
    'Signed in with a passkey',
    'Signed in',
  ]);
  expect(words('sign-in-refused', { count: 7 })).toBe('7 sign-ins within a minute were refused');
  expect(words('password-refused', { count: 2 })).toContain('2 wrong passwords');
  expect(words('code-refused', { count: 1 })).toBe('A wrong first code was given for an authenticator app');
  expect(words('recovery-refused', { count: 3 })).toBe('Within a minute 3 wrong recovery codes were given');
  expect(words('passkey-removed', { name: 'Laptop' })).toBe('Passkey “Laptop” removed');
  expect(words('passkey-removed', {})).toBe('A passkey was removed');
  expect(words('session-ended', { because: 'ended' })).not.toBe(words('session-ended', { because: 'logout' }));
});

it('tells what a newer server writes down by its own word, and nothing of a place that is not known', () => {
  expect(logWords(entry('exchange-key-added'), en)).toContain('exchange-key-added');
  expect(logPlace(entry('sign-in', { device: 'Firefox on Linux', network: '203.0.113.0/24' }))).toBe(
    'Firefox on Linux · 203.0.113.0/24',
  );
  expect(logPlace(entry('sign-in', { device: '', network: '203.0.113.0/24' }))).toBe('203.0.113.0/24');
});
