import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPages } from './markdown.js';
import { settingsPage } from './settings-page.js';
import { readSources, root } from './sources.js';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** What users read today; the changelog also speaks of what was. */
const pages = readPages().filter(({ path }) => path !== 'CHANGELOG.md');

/** `page: name` of everything in backticks or blocks that a pattern finds and that is not known. */
const unknown = (pattern: RegExp, isKnown: (name: string) => boolean): string[] =>
  pages.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].flatMap(([, name = '']) => (isKnown(name) ? [] : [`${path}: ${name}`])),
  );

describe('the documents name', () => {
  it('no setting that nobody reads', () => {
    const settings = new Set([...settingsPage().matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name));
    const ofCompose = new Set([...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, name = '']) => name));
    // Of make and of the tests, of Node, of an example, and of OpenTelemetry's own.
    const others = /^(SIM|TOOLS|SEED|ROUNDS|KILLS|RECORDINGS|NODE_OPTIONS|TELEGRAM_\w+|OTEL_\w+)$/;
    const found = unknown(
      /`([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])(?:=[^`]*)?`/g,
      (name) => settings.has(name) || ofCompose.has(name) || others.test(name),
    );
    // States of others, in the same spelling.
    expect(found.filter((line) => !/: (NOT_FOUND|LIST_SUBSCRIPTIONS|MISCONF)$/.test(line))).toEqual([]);
  });

  it('no command that is not there', () => {
    const targets = new Set([...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name = '']) => name));
    const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
    expect(unknown(/`make ([a-z-]+)/g, (name) => targets.has(name))).toEqual([]);
    expect(unknown(/`npm run ([a-z-]+)/g, (name) => scripts.includes(name))).toEqual([]);
  });

  it('no metric that no service has', () => {
    const words = new Set(
      readSources()
        .filter(({ forTests }) => !forTests)
        .flatMap(({ text }) => text.match(/\w+/g) ?? []),
    );
    // Some are written with a prefix that is put before them, some as `gapsFound` for `gaps_found_total`.
    const spellings = (name: string): string[] => {
      const bare = name.replace(/_total$/, '');
      return [
        name,
        name.replace(/^[a-z]+_/, ''),
        bare.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      ];
    };
    const metric =
      /`(?:tickfolio_(?:[a-z]+|exchange_sim)_)?([a-z]+(?:_[a-z]+)*_(?:total|seconds|bytes|messages))(?:\{[^`]*\})?`/g;
    expect(unknown(metric, (name) => spellings(name).some((spelling) => words.has(spelling)))).toEqual([]);
  });
});
