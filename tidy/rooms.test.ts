import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSources, root } from './sources.js';

const sources = readSources().filter(({ forTests }) => !forTests);
const paths = new Set(sources.map(({ path }) => path));
/** The files behind the subpaths of lib, which services and the gateway import by name. */
const exportsOfLib = (
  JSON.parse(readFileSync(join(root, 'lib/package.json'), 'utf8')) as {
    exports: Record<string, { 'tickfolio-source': string }>;
  }
).exports;

const fileOf = (from: string, name: string): string | undefined => {
  if (name.startsWith('@tickfolio/lib/')) {
    const source = exportsOfLib[`.${name.slice('@tickfolio/lib'.length)}`]?.['tickfolio-source'];
    return source === undefined ? undefined : posix.join('lib', source);
  }
  if (!name.startsWith('.')) return undefined;
  const plain = posix.join(posix.dirname(from), name).replace(/\.js$/, '');
  return [`${plain}.ts`, `${plain}.tsx`].find((path) => paths.has(path));
};

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** The groups of nodes of which each leads to each other, by Tarjan's algorithm; those of one node left out. */
const circles = (edges: Edges): string[][] => {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.get(node) ?? 0);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group.sort());
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
};

/** Where the rooms of a workspace are put together; what stands there belongs to no room. */
const doors = (workspace: string): readonly string[] => [workspace, 'web/page'];

/** Who imports whom between the rooms of one workspace. */
const roomEdges = (): Edges => {
  const edges = new Map<string, Set<string>>();
  for (const { path, workspace, imports } of sources)
    for (const name of imports) {
      const target = fileOf(path, name);
      if (target === undefined) continue;
      const [from, to] = [posix.dirname(path), posix.dirname(target)];
      if (
        from === to ||
        doors(workspace).includes(from) ||
        doors(workspace).includes(to) ||
        !to.startsWith(`${workspace}/`)
      )
        continue;
      edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  return edges;
};

/** Who imports whom between files, also when only for a type or when it is loaded later. */
const fileEdges = (): Edges =>
  new Map(sources.map(({ path, imports }) => [path, new Set(imports.flatMap((name) => fileOf(path, name) ?? []))]));

describe('files', () => {
  it('of which one imports another are not imported by it, not even by a type', () => {
    expect(circles(fileEdges())).toEqual([]);
  });
});

describe('rooms', () => {
  it('of which one looks into another are not looked into by it, not even by a type', () => {
    expect(circles(roomEdges())).toEqual([]);
  });
  it('that look into each other would be seen', () => {
    const edges = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'd'])],
      ['c', new Set(['a'])],
      ['d', new Set<string>()],
    ]);
    expect(circles(edges)).toEqual([['a', 'b', 'c']]);
  });
  it('have at most 15 source files at a level: where there are more, a second noun hides', () => {
    const count = new Map<string, number>();
    for (const { path } of sources) count.set(posix.dirname(path), (count.get(posix.dirname(path)) ?? 0) + 1);
    expect([...count].filter(([, files]) => files > 15)).toEqual([]);
  });
  it('have files of at most 300 lines', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 301);
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});
