import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const built = fileURLToPath(new URL('../dist/page/', import.meta.url));
const assets = readdirSync(`${built}assets`).filter((name) => name.endsWith('.js'));
const index = readFileSync(`${built}index.html`, 'utf8');
const read = (name: string) => readFileSync(`${built}assets/${name}`, 'utf8');
/** As it is sent: compressed, but for what is too small for that. Sizes below say thousands of bytes. */
const sentBytes = (name: string) =>
  statSync(`${built}assets/${existsSync(`${built}assets/${name}.br`) ? `${name}.br` : name}`).size;
const sizeOf = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + sentBytes(name), 0) / 1_000;

/** What a script needs before it runs, itself too. */
const withNeeds = (name: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, needed = ''] of read(name).matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) withNeeds(needed, seen);
  return seen;
};
/** Of which one is needed; the one with the longer words counts. */
const languages = assets.filter((name) => /^messages-\w+-/.test(name));
const [words = ''] = [...languages].sort((a, b) => sentBytes(b) - sentBytes(a));
const shell = new Set(
  assets
    .filter((name) => index.includes(name) && !/^(appearance|first-words)-/.test(name) && !languages.includes(name))
    .flatMap((name) => [...withNeeds(name)])
    .concat(words),
);
const pages = assets.filter((name) => /^[\w-]+-page-[\w-]{8}\.js$|^entrances-/.test(name));

describe('what a browser has to load', () => {
  it('is at most 130 KB of script for what surrounds every page, and none of the candles', () => {
    expect([...shell].map((name) => name.replace(/-[\w-]{8}\.js$/, ''))).toContain('index');
    expect([...shell].filter((name) => name.startsWith('candle-chart-'))).toEqual([]);
    expect([languages.length, [...shell].filter((name) => languages.includes(name))]).toEqual([2, [words]]);
    expect(sizeOf(shell)).toBeLessThan(130);
  });
  it('is at most 40 KB more for each page', () => {
    expect(pages.length).toBeGreaterThan(5);
    const more = pages.map((name) => [name, sizeOf([...withNeeds(name)].filter((needed) => !shell.has(needed)))]);
    expect(more.filter(([, size]) => Number(size) >= 40)).toEqual([]);
  });
  it('is no more for the portfolio than a slow line has in a second or so', () => {
    // 132 KB before there was a rail, a header and keys around it; the budgets above would allow 170.
    expect(sizeOf([...shell, ...assets.filter((name) => name.startsWith('value-chart-'))])).toBeLessThan(150);
  });
});
