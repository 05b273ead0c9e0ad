import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { de } from '../page/text/deletion/de.js';
import { en } from '../page/text/deletion/en.js';

const source = readFileSync(fileURLToPath(new URL('../../services/services.ts', import.meta.url)), 'utf8');
/** The services with which something of a user lies. */
const holders = source
  .split(/\n {2}(?='?[\w-]+'?: \{\n)/)
  .filter((entry) => entry.includes('holdsUsers: true'))
  .map((entry) => /^'?([\w-]+)/.exec(entry)?.[1] ?? '');

it.each([en, de])('who deletes the account reads in words what each service kept, not what it is called', (text) => {
  expect(holders.length).toBeGreaterThan(1);
  expect(holders.filter((holder) => !Object.hasOwn(text.deletionParts, holder))).toEqual([]);
});
