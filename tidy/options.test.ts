import { expect, it } from 'vitest';
import { readSources } from './sources.js';

const sources = readSources();

interface Option {
  readonly path: string;
  readonly of: string;
  readonly name: string;
}

/** What may be left out of the options, limits and dependencies of a factory. */
const optional: readonly Option[] = sources
  .filter(({ forTests, workspace }) => !forTests && workspace !== 'bench' && workspace !== 'examples')
  .flatMap(({ path, text }) =>
    [...text.matchAll(/interface (\w*(?:Options|Limits|Deps))(?: extends [^{]+)? \{\n([\s\S]*?)\n\}/g)].flatMap(
      ([, of = '', body = '']) =>
        [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = '']) => ({ path, of, name })),
    ),
  );

/** Given as `name: …`, or by a variable of its name; reading it as `options.name` sets nothing. */
const isSetIn = (text: string, name: string): boolean => new RegExp(`(?<![.\\w])${name}(:|,| \\}|\\s*\\n)`).test(text);

it('no option is left that nobody sets, not even a test: it is a constant', () => {
  expect(optional.length).toBeGreaterThan(100);
  const unset = optional.filter(
    ({ path, name }) => !sources.some((other) => other.path !== path && isSetIn(other.text, name)),
  );
  expect(unset.map(({ path, of, name }) => `${path}: ${of}.${name}`)).toEqual([]);
});
