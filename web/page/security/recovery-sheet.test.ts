import { expect, it } from 'vitest';
import { de } from '../text/security/de.js';
import { en } from '../text/security/en.js';
import { recoverySheet } from './recovery-sheet.js';

it('says on the downloaded sheet whose codes it has, where they are good, and that each is good once', () => {
  const codes = ['7k3m-q9xd-2hpw-v4ta', 'n257-fxxy-6zyz-xp3g'];
  const sheet = recoverySheet(codes, 'maria', 'folio.example', '15 Jun 2026, 12:00 UTC', en);
  expect(sheet.split('\n')).toEqual([
    'Recovery codes of maria at folio.example',
    'Made 15 Jun 2026, 12:00 UTC',
    '',
    ...codes,
    '',
    'Each code works once. Keep them like a password.',
    '',
  ]);
  expect(recoverySheet(codes, 'maria', 'folio.example', 'x', de)).toContain('Wiederherstellungscodes von maria');
});
