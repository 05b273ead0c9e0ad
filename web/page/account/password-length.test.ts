import { expect, it } from 'vitest';
import { passwordLength } from './password-length.js';

it('says while signing up that a password is too short, whichever way the keyboard writes its accents', () => {
  for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) expect(passwordLength('éàöñ'.normalize(form))).toBe(4);
  expect(passwordLength('🔑🔑🔑')).toBe(3);
  expect(passwordLength('\ufdfa')).toBe(1);
});
