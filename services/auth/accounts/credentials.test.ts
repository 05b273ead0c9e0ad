import { AppError } from '@tickfolio/lib/errors';
import { describe, expect, it } from 'vitest';
import { isPossiblePassword, normalPassword, requireNewCredentials } from './credentials.js';

const wrongFields = (name: string, password: string): string[] => {
  try {
    requireNewCredentials({ name, password });
    return [];
  } catch (err) {
    expect(err).toMatchObject({ code: 'invalid_argument' });
    return err instanceof AppError ? err.fields.map(({ field }) => field) : [];
  }
};

describe('new credentials', () => {
  it.each(['abc', 'A.b-c_9', 'x'.repeat(64), '...', '007'])('may have the name %s', (name) => {
    expect(wrongFields(name, 'long enough')).toEqual([]);
  });
  it.each(['', 'ab', 'x'.repeat(65), 'a b c', 'häns', 'abc\n', 'a/b', '<b>', 'аbc'])(
    'may not have the name "%s"',
    (name) => {
      expect(wrongFields(name, 'long enough')).toEqual(['name']);
    },
  );
  it('count a password in characters, from 8 to 128', () => {
    expect(wrongFields('abc', '1234567')).toEqual(['password']);
    expect(wrongFields('abc', '1234567y')).toEqual([]);
    expect(wrongFields('abc', '🔑'.repeat(4))).toEqual(['password']);
    expect(wrongFields('abc', `${'🔑'.repeat(127)}x`)).toEqual([]);
    expect(wrongFields('abc', `${'🔑'.repeat(128)}x`)).toEqual(['password']);
    expect(isPossiblePassword('x'.repeat(10_000_000))).toBe(false);
  });
  it('count a password the same, whichever way a keyboard writes its accents', () => {
    const [short, longest] = ['éàöñ', 'ệ'.repeat(127)];
    for (const form of ['NFC', 'NFD'] as const) {
      expect(wrongFields('maria', short.normalize(form))).toEqual(['password']);
      expect(wrongFields('maria', `${longest}x`.normalize(form))).toEqual([]);
      expect(wrongFields('maria', `${longest}xy`.normalize(form))).toEqual(['password']);
      expect(isPossiblePassword(`${longest}x`.normalize(form))).toBe(true);
    }
  });
  it('take no ligature for the eighteen letters as which it is hashed', () => {
    expect(wrongFields('maria', '\ufdfa')).toEqual(['password']);
    expect(isPossiblePassword('\ufdfa'.repeat(128))).toBe(true);
  });
  it('have no password with what is no character, which another password could be taken for', () => {
    for (const password of ['\ud800aaaaaaaaaaaaa', 'a good \udfff password', 'a good \ufffd password'])
      expect(wrongFields('abc', password)).toEqual(['password']);
    expect(wrongFields('abc', 'a good \ud83d\udd11 password')).toEqual([]);
  });
  it('name every wrong field at once', () => {
    expect(wrongFields('', '')).toEqual(['name', 'password']);
  });
  it('are the same however a keyboard composes its letters', () => {
    expect(normalPassword('pa\u0073\u0073wo\u0308rd')).toBe(normalPassword('passw\u00f6rd'));
  });
});
