import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const built = fileURLToPath(new URL('../dist/page/', import.meta.url));
/** Of compressed script; it was 157 KB while the value was drawn by the library of the candles. */
const maxBytes = 140_000;

it('loads no more script for the portfolio than a slow line has in a second or so, and none of the candles', () => {
  const assets = readdirSync(`${built}assets`).filter((name) => name.endsWith('.js'));
  const index = readFileSync(`${built}index.html`, 'utf8');
  // What the document names, and what draws the value.
  const first = assets.filter(
    (name) => (index.includes(name) && !name.startsWith('appearance-')) || name.startsWith('value-chart-'),
  );
  expect(first.map((name) => name.replace(/-[\w-]{8}\.js$/, '')).sort()).toEqual(
    expect.arrayContaining(['index', 'value-chart']),
  );
  expect(first.filter((name) => name.startsWith('candle-chart-'))).toEqual([]);
  expect(first.reduce((sum, name) => sum + statSync(`${built}assets/${name}.br`).size, 0)).toBeLessThan(maxBytes);
});
