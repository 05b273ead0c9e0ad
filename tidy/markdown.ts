import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, root } from './sources.js';

export interface Block {
  /** `sh`, `console`, `json` …; empty where nothing is said. */
  readonly language: string;
  readonly code: string;
}

export interface Link {
  /** As it is written, without its anchor. */
  readonly path: string;
  readonly anchor: string;
}

export interface Page {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** To files of the project, and to headings of the page itself; those to the outside are not looked at. */
  readonly links: readonly Link[];
  /** What a link may name behind `#`. */
  readonly anchors: ReadonlySet<string>;
}

const blockPattern = /^```([\w-]*)\n(.*?)^```$/gms;

/** As GitHub makes it of a heading: lower case, blanks become `-`, signs go. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

/** What of a page is read: blocks apart, the rest without them. */
export const readPage = (path: string, text: string): Page => {
  const blocks = [...text.matchAll(blockPattern)].map(([, language = '', code = '']) => ({ language, code }));
  const prose = text.replace(blockPattern, '');
  const links = [...prose.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor = ''] = target.split('#');
      return { path: file, anchor };
    });
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    anchorOf(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  );
  return { path, text, blocks, links, anchors: new Set(headings) };
};

let read: readonly Page[] | undefined;
/** Every page of the project. */
export const readPages = (): readonly Page[] => {
  read ??= projectFiles()
    .filter((path) => path.endsWith('.md'))
    .map((path) => readPage(path, readFileSync(join(root, path), 'utf8')));
  return read;
};
