import { describe, expect, it } from 'vitest';
import { nameKey, normalPassword } from './credentials.js';
import { weakness } from './weak-password.js';

const reasonOf = (password: string, name = 'Alice') => weakness(normalPassword(password), nameKey(name))?.reason;

describe('a new password', () => {
  it.each([
    'password',
    'Password',
    'PASSWORD1',
    '12345678',
    'iloveyou',
    'qwertyuiop',
    'ｐａｓｓｗｏｒｄ',
    '        ',
    'aaaaaaaaa',
    '🔑🔑🔑🔑🔑🔑🔑🔑',
    'password2024',
  ])('that is guessed first is refused: %s', (password) => {
    expect(reasonOf(password)).toBe('password-common');
  });
  it.each([
    'passwort',
    'passwort123',
    'Passwort1',
    'Passwort123456!',
    'qwertz123',
    'qwertzuiop',
    'yxcvbnm1',
    'schalke04',
    'willkommen',
    'Sommer2024!',
    'schatz123',
    'Familie1',
    'hallo12345',
    'Susanne1',
  ])('that is guessed first in German is refused: %s', (password) => {
    expect(reasonOf(password)).toBe('password-common');
  });
  it.each([
    'passwortpasswort',
    'sommersommer',
    'SommerSommer24!',
    'hallohallohallo',
    'sommer24sommer24',
    'abcabcabc',
    '12121212',
    'trowssap',
    '321tr0wssap',
    'dr0wssap',
    'p4ssw0rt',
    'P@ssw0rt2024',
    'w1llk0mmen',
  ])('that is a listed word doubled, backwards or with digits for letters is refused: %s', (password) => {
    expect(reasonOf(password)).toBe('password-common');
  });
  it.each([
    ['alicealice', 'Alice'],
    ['ALICE2024', 'alice'],
    ['tickfolio', 'Alice'],
    ['Tickfolio-1!', 'Alice'],
    ['alice@tickfolio', 'Alice'],
    ['samename', 'samename'],
  ])('that is only a name is refused: %s of %s', (password, name) => {
    expect(reasonOf(password, name)).toBe('password-like-name');
  });
  it.each([
    ['correct horse battery', 'correct'],
    ['alice in wonderland', 'Alice'],
    ['83920174', 'Alice'],
    ['kat9zq31', 'kat'],
    ['пароль-подлиннее', 'Alice'],
    ['........x', '...'],
    ['tickfolios are fine', 'tickfolio'],
    ['sommer im garten', 'Alice'],
    ['7sommer2024', 'Alice'],
    ['sommer48215', 'Alice'],
    ['a good password', 'Alice'],
    ['sommer und winter', 'Alice'],
    ['kat9zq31kat9zq31', 'Alice'],
    ['7h15 15 4 l0ng 0n3', 'Alice'],
  ])('of another kind is taken: %s of %s', (password, name) => {
    expect(reasonOf(password, name)).toBeUndefined();
  });
});
