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

it.each([en, de])('who deleted the account reads how long what services told each other may be in the log', (text) => {
  const daysIn = (file: string, found: RegExp) =>
    Number(found.exec(readFileSync(fileURLToPath(new URL(`../../lib/${file}`, import.meta.url)), 'utf8'))?.[1]);
  // For so long each service says again that it has erased the user, and so long the log keeps what was said last.
  const saidDays = daysIn('outbox/inbox/taking/erased-users.ts', /keptDays = (\d+);/);
  const keptDays = daysIn('events/domain-event.ts', /keptMs = (\d+) \* 24/);
  expect(text.deletionDoneText).toMatch(new RegExp(` ${saidDays + keptDays} (days|Tagen)\\b`));
});
