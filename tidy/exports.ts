import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectFiles, root, type Source } from './sources.js';

/** A name that a file gives to others. */
export interface Export {
  readonly path: string;
  readonly name: string;
}

/** Who takes a name: files of the product, or tests and what they stand on. */
interface Takers {
  readonly product: boolean;
  readonly tests: boolean;
}

const comments = /\/\*[\s\S]*?\*\/|(^|[\s;{}(),])\/\/.*/g;
const declarations =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;
/** `import { a, type B as C } from 'x'`, `export { a as b } from 'x'`, `export { a };` */
const clauses = /^(import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?\{([^}]*)\}(?:\s*from\s+['"]([^'"]+)['"])?/gm;
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** By the file's own name, and by the name it has outside. */
const namesOf = (clause: string): readonly (readonly [string, string])[] =>
  clause
    .split(',')
    .map((part) => part.trim().replace(/^type\s+/, ''))
    .filter(Boolean)
    .map((part) => {
      const [name = '', other = name] = part.split(/\s+as\s+/);
      return [name, other];
    });

type Exports = Readonly<Record<string, { readonly 'tickfolio-source'?: string } | null>>;

/** What a workspace lets others import, by the name after its own. @param folder of the workspace, of `paths` */
export const subpathsOf = (
  folder: string,
  exports: Exports,
  paths: readonly string[],
): readonly (readonly [string, string])[] =>
  Object.entries(exports).flatMap(([subpath, target]): (readonly [string, string])[] => {
    const source = target?.['tickfolio-source'];
    if (source === undefined) return [];
    const path = posix.join(folder, source);
    const [before = '', after] = path.split('*');
    if (after === undefined) return [[subpath, path]];
    // What has a line of its own is told there, also that it is nobody's.
    return paths
      .filter((one) => one.startsWith(before) && one.endsWith(after) && !/\.(test|contract)\.ts$/.test(one))
      .map((one) => [subpath.replace('*', one.slice(before.length, -after.length)), one] as const)
      .filter(([name]) => !name.slice(subpath.indexOf('*')).includes('/') && !(name in exports));
  });

/** The files behind the subpaths that workspaces export, by the name that others import. */
export const readSubpaths = (): ReadonlyMap<string, string> => {
  const paths = projectFiles();
  return new Map(
    paths
      .filter((path) => path.endsWith('/package.json'))
      .flatMap((path) => {
        const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as { name: string; exports?: Exports };
        const subpaths = subpathsOf(posix.dirname(path), manifest.exports ?? {}, paths);
        return subpaths.map(([subpath, file]) => [manifest.name + subpath.slice(1), file] as const);
      }),
  );
};

/** What others install takes its names out of this house. */
const isDoor = (path: string): boolean => /^clients\/[^/]+\/index\.ts$/.test(path);

/**
 * Whom every export of `sources` is taken by, re-exports seen through. @param subpaths of workspaces, by the name that
 * others import
 */
const takersOfExports = (
  sources: readonly Source[],
  subpaths: ReadonlyMap<string, string>,
): ReadonlyMap<Export, Takers> => {
  const paths = new Set(sources.map(({ path }) => path));
  const fileOf = (from: string, name: string): string | undefined => {
    if (!name.startsWith('.')) return subpaths.get(name);
    const plain = posix.join(posix.dirname(from), name).replace(/\.js$/, '');
    return [`${plain}.ts`, `${plain}.tsx`].find((path) => paths.has(path));
  };
  const exports: Export[] = [];
  /** Who takes `path name`: a file, or another export that passes it on. */
  const takers = new Map<string, { product: boolean; tests: boolean; readonly passedOn: string[] }>();
  const takersOf = (path: string, name: string) => {
    const key = `${path} ${name}`;
    const found = takers.get(key) ?? { product: false, tests: false, passedOn: [] };
    takers.set(key, found);
    return found;
  };
  const take = (path: string, name: string, { forTests }: Source) => {
    takersOf(path, name)[forTests ? 'tests' : 'product'] = true;
  };
  const read = (source: Source) => {
    const { path } = source;
    const code = source.text.replace(comments, '$1');
    for (const [, name = ''] of code.matchAll(declarations)) exports.push({ path, name });
    const imported = new Map<string, readonly [string, string]>();
    for (const [, kind, clause = '', from] of code.matchAll(clauses))
      for (const [name, other] of namesOf(clause)) {
        const target = from === undefined ? undefined : fileOf(path, from);
        if (kind === 'import') {
          if (target === undefined) continue;
          imported.set(other, [target, name]);
          take(target, name, source);
          continue;
        }
        exports.push({ path, name: other });
        if (isDoor(path)) take(path, other, source);
        const origin = target === undefined ? imported.get(name) : ([target, name] as const);
        if (origin) takersOf(...origin).passedOn.push(`${path} ${other}`);
      }
    for (const [, from = ''] of code.matchAll(dynamic)) {
      const target = fileOf(path, from);
      if (target !== undefined) for (const word of new Set(code.match(/\w+/g))) take(target, word, source);
    }
  };
  for (const source of sources) read(source);
  const reach = (key: string, seen: Set<string>): Takers => {
    const direct = takers.get(key);
    if (!direct || seen.has(key)) return { product: false, tests: false };
    seen.add(key);
    const further = direct.passedOn.map((next) => reach(next, seen));
    return {
      product: direct.product || further.some(({ product }) => product),
      tests: direct.tests || further.some(({ tests }) => tests),
    };
  };
  return new Map(exports.map((one) => [one, reach(`${one.path} ${one.name}`, new Set())]));
};

const isDeclaredAs = (kinds: string, name: string) =>
  new RegExp(`^export (declare )?(abstract )?(async )?(${kinds}) ${name}\\b`);
const anything = 'const|let|function\\*?|class|interface|type|enum';

/** Whether the file itself needs it: a value for anything, a type to say what another export takes or gives. */
const isNeededAtHome = (code: string, name: string): boolean => {
  // The formatter lets nothing but a statement begin at the edge.
  const declared = isDeclaredAs(anything, name);
  const others = code.split(/\n(?=\w)/).filter((statement) => !declared.test(statement));
  if (others.join('\n') === code) return false;
  const declaredType = isDeclaredAs('interface|type', name);
  const isType = code.split('\n').some((line) => declaredType.test(line));
  const word = new RegExp(`\\b${name}\\b`);
  return others.some((statement) => word.test(statement) && (!isType || statement.startsWith('export ')));
};

/**
 * Exports of the product that nobody takes, or only tests and not the file itself either.
 * @param subpaths of workspaces, by the name that others import; default as their manifests have them
 */
export const unusedExports = (sources: readonly Source[], subpaths = readSubpaths()): Export[] => {
  const files = new Map(sources.map((source) => [source.path, source]));
  return [...takersOfExports(sources, subpaths)].flatMap(([one, { product, tests }]) => {
    const source = files.get(one.path);
    if (!source || source.forTests || product) return [];
    const code = source.text.replace(comments, '$1');
    const lines = code.split('\n');
    const isDeclared = (kinds: string) => {
      const declared = isDeclaredAs(kinds, one.name);
      return lines.some((line) => declared.test(line));
    };
    const isUsed = isDeclared(anything)
      ? isNeededAtHome(code, one.name) && (tests || isDeclared('interface|type'))
      : tests;
    return isUsed ? [] : [one];
  });
};
