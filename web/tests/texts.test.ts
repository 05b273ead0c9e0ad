import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { de } from '../page/text/messages-de.js';
import { en } from '../page/text/messages-en.js';

const rooms = fileURLToPath(new URL('../page/text/', import.meta.url));
const folder = (language: string) => `${rooms}${language}/`;
/** Words that come later, with what says them. */
const late = readdirSync(rooms).filter((room) => existsSync(`${rooms}${room}/en.ts`));

it('German says everything that English says', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});
it('no feature says something else by the key of another, which would take its place', async () => {
  const keys: string[] = [];
  for (const name of readdirSync(folder('en'))) {
    const texts = (await import(folder('en') + name)) as Readonly<Record<string, object>>;
    keys.push(...Object.values(texts).flatMap((feature) => Object.keys(feature)));
  }
  expect(readdirSync(folder('de'))).toEqual(readdirSync(folder('en')));
  expect(keys.sort()).toEqual(Object.keys(en).sort());
});
it.each(late)('what comes later with %s takes no place of what was there, and is in both languages', async (room) => {
  const [english, german] = [await import(`${rooms}${room}/en.ts`), await import(`${rooms}${room}/de.ts`)];
  const keys = Object.keys(english.en as object);
  expect(Object.keys(german.de as object).sort()).toEqual(keys.sort());
  expect(keys.filter((key) => key in en)).toEqual([]);
});
it('there are words to look at, of those at once and of those later', async () => {
  const later = await Promise.all(late.map(async (room) => Object.keys((await import(`${rooms}${room}/en.ts`)).en)));
  expect(Object.keys(en).length + later.flat().length).toBeGreaterThan(300);
  expect([Object.keys(en).length > 100, later.length > 5]).toEqual([true, true]);
});
