import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Page, readPage, readPages } from './markdown.js';
import { projectFiles, root } from './sources.js';

const files = projectFiles();
/** The project's files that a pattern with `*` (of a name) and `**` (of folders) means. */
const filesLike = (pattern: string): string[] => {
  const text = pattern.replaceAll('.', '\\.').replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  const whole = new RegExp(`^${text}$`);
  return files.filter((path) => whole.test(path));
};

const pages = readPages();
const byPath = new Map(pages.map((page) => [page.path, page]));
const named = (path: string): Page => byPath.get(path) ?? readPage(path, '');

/** @returns why a link leads nowhere; undefined where it does not */
const deadEnd = (from: Page, { path, anchor }: Page['links'][number]): string | undefined => {
  const target = path === '' ? from.path : posix.join(posix.dirname(from.path), path);
  if (!existsSync(join(root, target))) return `${from.path}: ${path} is not there`;
  if (anchor !== '' && byPath.get(target)?.anchors.has(anchor) !== true)
    return `${from.path}: ${target} has no heading #${anchor}`;
  return undefined;
};

/** The first words of every block of a language, after its page. */
const firstLines = (language: string): string[] =>
  pages.flatMap(({ path, blocks }) =>
    blocks.filter((block) => block.language === language).map(({ code }) => `${path}: ${code.split(/ {2,}#|\n/)[0]}`),
  );

describe('the documents', () => {
  it('lead nowhere that is not there', () => {
    expect(pages.flatMap((page) => page.links.flatMap((link) => deadEnd(page, link) ?? []))).toEqual([]);
  });

  it('see a link that leads nowhere', () => {
    const page = readPage(
      'docs/x.md',
      '# A `b` & c\n[a](#a-b--c) [b](#gone) [c](gone.md) [d](README.md#nowhere) `[e](code.md)`\n[f](https://x.y)',
    );
    const here = new Map([[page.path, page]]);
    expect(page.links.map(({ anchor }) => anchor)).toEqual(['a-b--c', 'gone', '', 'nowhere']);
    expect(here.get('docs/x.md')?.anchors.has('a-b--c')).toBe(true);
    expect(page.links.slice(2).map((link) => deadEnd(page, link))).toEqual([
      'docs/x.md: gone.md is not there',
      'docs/x.md: docs/README.md has no heading #nowhere',
    ]);
  });

  it('name no test that does not exist', () => {
    const missing = pages
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/`([\w./*-]+\/[\w.*-]+\.(?:test|contract)\.ts|[\w./-]+\/(?:test-|kit\/)[\w-]+\.ts)`/g)]
          .map(([, name = '']) => name)
          .filter((name) => filesLike(name).length === 0)
          .map((name) => `${path}: ${name}`),
      );
    expect(missing).toEqual([]);
  });

  it('are all reached from the index of docs/ or from the README', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const link of named(path).links) if (link.path !== '') visit(posix.join(posix.dirname(path), link.path));
    };
    visit('README.md');
    expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it('are read without scrolling sideways: 120 columns, tables and programs aside', () => {
    const wide = pages
      .filter(({ path }) => !/^(CHANGELOG\.md|bench\/README\.md|docs\/(errors|settings)\.md)$/.test(path))
      .flatMap(({ path, text }) => {
        const code = path === 'README.md' ? text : text.replace(/^```.*?^```$/gms, '');
        return code
          .split('\n')
          .flatMap((line) => (line.length > 120 && !line.startsWith('|') ? [`${path}: ${line}`] : []));
      });
    expect(wide).toEqual([]);
  });
});

describe('the decisions', () => {
  it('have a number each, which is the one in their title', () => {
    const decisions = filesLike('docs/decisions/*.md').filter((path) => !path.endsWith('README.md'));
    const numbers = decisions.map((path) => posix.basename(path).slice(0, 4));
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
    const titled = decisions.filter((path) => !named(path).text.startsWith(`# ${posix.basename(path).slice(0, 4)} `));
    expect(titled).toEqual([]);
  });
});

describe('the changelog', () => {
  it('begins with what is unreleased, and sorts each version', () => {
    const { text } = named('CHANGELOG.md');
    const versions = [...text.matchAll(/^## (.*)$/gm)].map(([, version = '']) => version);
    expect(versions[0]).toBe('Unreleased');
    expect(versions.slice(1).filter((version) => !/^\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d$/.test(version))).toEqual([]);
    const kinds = [...text.matchAll(/^### (.*)$/gm)].map(([, kind = '']) => kind);
    expect(
      kinds.filter((kind) => !['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'].includes(kind)),
    ).toEqual([]);
  });
});

const readText = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the README', () => {
  it('says in its pictures which licence and which Node the project has, and which parts', () => {
    const { license, engines } = JSON.parse(readText('package.json')) as { license: string; engines: { node: string } };
    expect(readText('docs/pictures/licence.svg')).toContain(`<title>licence: ${license}</title>`);
    expect(readText('docs/pictures/node.svg')).toContain(`<title>Node: ${engines.node.replace('>=', '')} or newer`);
    const words = (theme: string) =>
      [...readText(`docs/pictures/parts-${theme}.svg`).matchAll(/<text[^>]*>([^<]+)/g)].map(([, word]) => word);
    expect(words('dark')).toEqual(words('light'));
    for (const part of ['socket', 'aggregator', 'auth', 'archiver', 'dashboard'])
      expect(words('light')).toContain(part);
  });
  it('has at most 150 lines', () => {
    expect(named('README.md').text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });
});

describe('a service, and every other folder that one looks into', () => {
  it('has a README of its own, of 10 to 25 lines where it is a service', () => {
    const services = filesLike('services/*/package.json').map((path) => posix.dirname(path));
    const folders = [
      ...services,
      'bff',
      'web',
      'api',
      'lib',
      'standalone',
      'e2e',
      'deploy',
      'bench',
      'services',
      'examples',
    ];
    expect(folders.filter((folder) => !byPath.has(`${folder}/README.md`))).toEqual([]);
    const lines = (folder: string) => named(`${folder}/README.md`).text.trimEnd().split('\n').length;
    expect(services.filter((folder) => lines(folder) < 10 || lines(folder) > 25)).toEqual([]);
  });
});

describe('what a reader pastes', () => {
  const examples = filesLike('examples/*').map((path) => readFileSync(join(root, path), 'utf8'));
  it('stands where e2e/kit/documents.ts runs it: in the README and below docs/', () => {
    const elsewhere = pages.filter(({ path }) => path !== 'README.md' && !path.startsWith('docs/'));
    expect(
      elsewhere.filter(({ blocks }) => blocks.some(({ language }) => language === 'sh')).map(({ path }) => path),
    ).toEqual([]);
    expect(firstLines('sh').filter((line) => line.startsWith('README.md')).length).toBe(1);
  });

  it('is not run only where it needs Docker, a cluster, or is what runs the tests', () => {
    expect(firstLines('console').sort()).toEqual([
      'README.md: make run', // e2e/loops/start.loop.test.ts and .ci/run
      'deploy/kubernetes/README.md: kubectl apply -k deploy/kubernetes/overlays/local',
      'docs/clients/typescript.md: npm run client', // clients/typescript/packing/package.test.ts
      'docs/operate/alerts.md: docker compose -f compose.yaml -f deploy/observability/compose.yaml --profile observability up -d',
      'docs/operate/backup.md: make backup', // e2e/loops/backup.loop.test.ts
      'docs/start/containers.md: docker compose -f compose.yaml -f deploy/isolated.compose.yaml --profile whole up -d --build --wait',
      'docs/start/containers.md: make observe',
      'docs/start/containers.md: make up', // make stack
    ]);
  });

  it('says of every block in which language it is, so that none is overlooked', () => {
    const known = new Set(['', 'console', 'ini', 'js', 'json', 'nginx', 'py', 'sh', 'sql', 'ts']);
    const unknown = pages.flatMap(({ path, blocks }) =>
      blocks.filter(({ language }) => !known.has(language)).map(({ language }) => `${path}: ${language}`),
    );
    expect(unknown).toEqual([]);
    // Programs and queries stand where a test takes them from.
    expect(firstLines('js').map((line) => line.split(':')[0])).toEqual(['docs/clients/own.md']);
    expect(firstLines('sql').map((line) => line.split(':')[0])).toEqual(['docs/use/archive.md']);
    for (const { path, blocks } of pages)
      for (const { language, code } of blocks)
        if (language === 'ts' || language === 'py') expect(examples, path).toContain(code);
    for (const { blocks } of pages) for (const { language, code } of blocks) if (language === 'json') JSON.parse(code);
  });

  it('as a file lies in examples/, and a test starts each', () => {
    const programs = filesLike('examples/*').filter((path) => !/\.(json|md)$/.test(path));
    expect(programs).toEqual([
      'examples/export-to-sheet.py',
      'examples/notebook.ipynb',
      'examples/telegram-alert.ts',
      'examples/walk.sh',
      'examples/watch.py',
      'examples/watch.ts',
    ]);
  });
});
