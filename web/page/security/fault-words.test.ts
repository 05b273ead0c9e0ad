import { Problem, problemOf } from '@tickfolio/client/problem';
import { describe, expect, it } from 'vitest';
import { de } from '../text/security/de.js';
import { en } from '../text/security/en.js';
import { securityFault } from './fault-words.js';

const refused = (status: number, field: string, reason: string) =>
  problemOf(new Response(JSON.stringify({ errors: [{ field, reason, message: 'Words.' }] }), { status }));

describe('what the server refuses of an account', () => {
  it.each([
    [403, 'password', 'wrong-password'],
    [401, 'code', 'wrong-code'],
    [401, 'ticket', 'ticket-over'],
    [409, 'address', 'passkey-address'],
    [403, 'response', 'passkey-misfit'],
    [409, 'old', 'password-changed'],
    [400, 'password', 'password-unicode'],
    [409, 'passkeys', 'too-many-passkeys'],
    [409, 'code', 'totp-not-begun'],
    [409, 'totp', 'totp-on'],
  ])('is said in words of the page, in both languages: %i %s %s', async (status, field, reason) => {
    const key = securityFault(await refused(status, field, reason));
    expect(key).toBeDefined();
    if (key !== undefined) expect(en.faults[key]).not.toBe(de.faults[key]);
  });
  it('is left to the words of the rest of the page where those are better', async () => {
    expect(securityFault(await refused(400, 'password', 'password-common'))).toBeUndefined();
    expect(securityFault(new Problem(0, ''))).toBeUndefined();
    expect(securityFault(new Problem(429, '', { reason: 'resource-exhausted' }))).toBeUndefined();
  });
});

describe('what the browser refuses of a passkey', () => {
  it.each([
    ['NotAllowedError', 'passkeyNotGiven'],
    ['AbortError', 'passkeyNotGiven'],
    ['InvalidStateError', 'passkeyTaken'],
    ['ConstraintError', 'passkeyNoScreenLock'],
    ['SecurityError', 'passkeyAddress'],
  ])('is told apart from a fault of the page: %s', (name, key) => {
    expect(securityFault(Object.assign(new Error('words of a browser'), { name }))).toBe(key);
  });
  it('is a fault of the page where nobody knows it', () => {
    expect(securityFault(new TypeError('x is not a function'))).toBeUndefined();
  });
});
