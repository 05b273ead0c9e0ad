import { expect, it } from 'vitest';
import { de } from '../text/portfolios/de.js';
import { nameOf } from './default-names.js';

const made = { kind: 'paper', isDefault: true, simulated: false } as const;

it.each([
  ['Paper', made, 'Spielgeld'],
  ['Paper 2', made, 'Spielgeld 2'],
  ['Paper (simulated)', { ...made, simulated: true }, 'Spielgeld (simuliert)'],
  ['Paper (simulated) 12', { ...made, simulated: true }, 'Spielgeld (simuliert) 12'],
  ['Portfolio', { ...made, kind: 'tracking' }, 'Portfolio'],
  // Named by people.
  ['Paperback', made, 'Paperback'],
  ['Paper two', made, 'Paper two'],
  ['paper', made, 'paper'],
  ['Paper', { ...made, isDefault: false }, 'Paper'],
] as const)('“%s” of %o is called “%s” in German', (name, of, words) => {
  expect(nameOf({ name, ...of }, de)).toBe(words);
});
