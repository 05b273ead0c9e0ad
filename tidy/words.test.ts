import { expect, it } from 'vitest';
import { readSources } from './sources.js';

const sources = readSources().filter(({ path }) => path !== 'tidy/words.test.ts');

interface Word {
  readonly word: string;
  readonly means: string;
  /** A place where it means something else. */
  readonly elsewhere: (path: string, text: string) => boolean;
}

const words: readonly Word[] = [
  {
    word: 'frame',
    means: 'what travels on a WebSocket; what surrounds the page is its shell',
    elsewhere: (path) => /(^|\/)page\/(frame|shell\/[\w-]*frame)/.test(path),
  },
  {
    word: 'kit',
    means: 'what tests share, in whichever room; in web/page what its parts are made of',
    elsewhere: (path) => /(^|\/)(test-[\w-]+\.tsx?|(testing|fixtures?|mocks?|harness|rigs?)\/)/.test(path),
  },
  {
    word: 'bench',
    means: 'what measures, in the workspace of its name',
    elsewhere: (path) => !path.startsWith('bench/') && /(^|\/)bench(marks?)?(\/|[.-])/.test(path),
  },
  {
    word: 'hold',
    means: 'what a user does with a coin; what stops for a while is paused, what is locked is kept',
    elsewhere: (path, text) => !/^services\/aggregator\/demand\//.test(path) && /^ {2}hold\(/m.test(text),
  },
];

it.each(words)('"$word" means one thing: $means', ({ elsewhere }) => {
  expect(sources.filter(({ path, text }) => elsewhere(path, text)).map(({ path }) => path)).toEqual([]);
});
