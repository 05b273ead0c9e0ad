import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { de } from '../page/text/messages-de.js';
import { en } from '../page/text/messages-en.js';

const folder = (language: string) => fileURLToPath(new URL(`../page/text/${language}/`, import.meta.url));

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
  expect(keys.length).toBeGreaterThan(150);
  expect(keys.sort()).toEqual(Object.keys(en).sort());
});
