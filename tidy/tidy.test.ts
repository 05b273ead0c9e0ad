import { existsSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { serviceNames } from '@tickfolio/services/registry';
import { describe, expect, it } from 'vitest';
import { projectFiles, readSources, root, type Source } from './sources.js';

const sources = readSources();
// Examples are programs of their readers, who live by no rules of this house.
const product = sources.filter(
  ({ forTests, workspace }) => !forTests && workspace !== 'bench' && workspace !== 'examples',
);

const withoutComment = (line: string): string => line.replace(/(^|[^:'"`])\/\/.*|^\s*\/?\*.*/, '$1');

/** Lists `path: line` of every line for which `isWrong`, so that a failure says where. */
const wrongLines = (files: readonly Source[], isWrong: (line: string) => boolean): string[] =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (isWrong(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );

/** The same of every match outside comments. */
const matches = (
  files: readonly Source[],
  pattern: RegExp,
  allowed: (path: string) => boolean = () => false,
): string[] =>
  wrongLines(
    files.filter((file) => !allowed(file.path)),
    (line) => pattern.test(withoutComment(line)),
  );

/** Left for later or switched off; mostly said in comments, so these count. */
const isUnfinished = (line: string): boolean =>
  /\b(TODO|FIXME|XXX)\b|@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable|\b(v8|c8|istanbul) ignore\b/.test(
    line,
  ) || /\b(it|test|describe)(\.\w+)*\.(only|skip|todo)\b/.test(withoutComment(line));

/** The type that switches types off, in a type's place. */
const isUntyped = (line: string): boolean =>
  /(:|\bas|=|<|\||&|,\s\w+:)\s*any\b(?!['"`]| \w)|\bany\[\]|, any>/.test(withoutComment(line));

/** How far above itself a text leads: the steps `..` in a row. */
const stepsUp = (line: string): number =>
  Math.max(0, ...[...line.matchAll(/(?<!\.)(?:\.\.\/)*\.\.(?=\/|['"`])/g)].map(([steps]) => steps.split('/').length));
/** A path that ends outside of the project, where nothing of it can be. @param path of the file that has the line */
const leavesTheProject = (path: string, line: string): boolean => {
  const code = withoutComment(line);
  // Compiled, a file lies one folder deeper: programs always, others where they say so.
  const depth = path.split('/').length - 1 + (path.endsWith('/main.ts') || /\bdist\b/.test(code) ? 1 : 0);
  return stepsUp(code) > depth || /[rR]oot(,\s*['"`]|\}\/?)\.\./.test(code);
};

/** A time that doubles with each failure. */
const growingPause = /Ms\b.*\b2 \*\* [a-zA-Z(]|\b2 \*\* [a-zA-Z(].*Ms\b|Math\.min\((2 \* \w+Ms|\w+Ms \* 2), /;

const services = [...serviceNames, 'web'];

describe('who may import whom', () => {
  it('no service imports another', () => {
    const wrong = product
      .filter((source) => source.workspace !== 'standalone')
      .flatMap((source) =>
        source.imports
          .filter((name) =>
            services.some((service) => name === `@tickfolio/${service}` || name.startsWith(`@tickfolio/${service}/`)),
          )
          .map((name) => `${source.path} -> ${name}`),
      );
    expect(wrong).toEqual([]);
  });
  it('lib, gen and api stand below every service', () => {
    const wrong = product.filter(({ workspace }) => ['lib', 'gen', 'api'].includes(workspace));
    expect(
      wrong.flatMap(({ path, workspace, imports }) =>
        imports
          .filter(
            (name) =>
              name.startsWith('@tickfolio/') &&
              !(workspace === 'api' ? /^@tickfolio\/api\// : /^@tickfolio\/(lib|gen|api)\//).test(name),
          )
          .map((name) => `${path} -> ${name}`),
      ),
    ).toEqual([]);
  });
  it('nothing imports what is proved of the whole', () => {
    const wrong = sources.filter(({ imports }) => imports.some((name) => name.startsWith('@tickfolio/e2e')));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
  it('no program imports a kit of tests, which no image holds', () => {
    const wrong = product
      .filter(({ workspace, path }) => workspace !== 'e2e' && !path.startsWith('web/page/'))
      .flatMap(({ path, imports }) =>
        imports.filter((name) => /(^|\/)kit\//.test(name)).map((name) => `${path} -> ${name}`),
      );
    expect(wrong).toEqual([]);
  });
  it('the benchmarks name programs and modules that are there', () => {
    // By text, so no compiler looks: their own child processes, and what they measure inside the gateway.
    const named = sources
      .filter(({ workspace }) => workspace === 'bench')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/(?:start<\w+>|beside)\('([\w/-]+)\.js'\)/g)].map(([, name = '']) => ({ path, name })),
      );
    const isThere = ({ name }: { name: string }) =>
      ['bench', 'bff'].some((folder) => existsSync(join(root, folder, `${name}.ts`)));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((one) => !isThere(one))).toEqual([]);
  });
  it('the page takes the types of api, and of its code the close codes only', () => {
    const code = /import (?!type )[^;]*?from '@tickfolio\/api\/(?!close-codes')[\w-]+'/;
    expect(
      ["import { Frame } from '@tickfolio/api/frame'", "import type { Frame } from '@tickfolio/api/frame'"].filter(
        (line) => code.test(line),
      ),
    ).toHaveLength(1);
    expect(
      product.filter(({ path, text }) => path.startsWith('web/page/') && code.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });
  it('nobody reaches into another workspace by a relative path', () => {
    const wrong = sources.flatMap(({ path, workspace, imports }) =>
      imports
        .filter((name) => name.startsWith('.') && !join(path, '..', name).startsWith(`${workspace}/`))
        .map((name) => `${path} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });
  it('a driver is imported in the adapter named after it only', () => {
    const adapters: Record<string, RegExp> = {
      cockatiel: /^lib\/retry\/breaker\.ts$/,
      ioredis: /^lib\/pubsub\/redis(-[\w-]+)?\.ts$/,
      kafkajs: /^lib\/event-log\/kafka\/[\w-]+\.ts$/,
      pg: /^lib\/postgres\/server\/[\w-]+\.ts$/,
      '@electric-sql/pglite': /^lib\/postgres\/pglite\/(thread\/)?[\w-]+\.ts$/,
      '@clickhouse/client': /^lib\/clickhouse\/(chdb\/)?[\w-]+\.ts$/,
      chdb: /^lib\/clickhouse\/chdb\/[\w-]+\.ts$/,
      'chdb/durable/node': /^lib\/clickhouse\/chdb\/[\w-]+\.ts$/,
    };
    const wrong = product.flatMap(({ path, imports }) =>
      imports
        .filter((name) => adapters[name] !== undefined && !adapters[name]?.test(path))
        .map((name) => `${path} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });
  it('every imported package stands in the dependencies of its own workspace', () => {
    const wrong = sources
      .filter(({ workspace }) => existsSync(join(root, workspace, 'package.json')))
      .flatMap(({ path, workspace, imports, forTests }) => {
        const manifest = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as Record<
          string,
          Record<string, string> | undefined
        > & { readonly name: string };
        const shared = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
          devDependencies: Record<string, string>;
        };
        // Peers: half a gigabyte that no service's image shall hold. Whoever opens an embedded store brings its engine.
        const known = {
          ...manifest.dependencies,
          ...manifest.peerDependencies,
          ...(forTests ? { ...manifest.devDependencies, ...shared.devDependencies } : {}),
        };
        return imports
          .filter((name) => !name.startsWith('.') && !isBuiltin(name))
          .map((name) =>
            name
              .split('/')
              .slice(0, name.startsWith('@') ? 2 : 1)
              .join('/'),
          )
          .filter((name) => known[name] === undefined && name !== manifest.name)
          .map((name) => `${path} -> ${name}`);
      });
    expect(wrong).toEqual([]);
  });
});

describe('what stands beside the project', () => {
  it('is asked for by nothing, so a clone works in an empty folder', () => {
    const files = projectFiles().filter((path) => path !== 'tidy/tidy.test.ts' && !/\.(png|binpb)$/.test(path));
    const wrong = files.flatMap((path) => {
      const lines = readFileSync(join(root, path), 'utf8').split('\n');
      return lines.flatMap((line, index) =>
        leavesTheProject(path, line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      );
    });
    expect(wrong).toEqual([]);
  });
  it('is known by its path', () => {
    const outside: [string, string][] = [
      ['services/auth/x.test.ts', "new URL('../../../shared/data/', import.meta.url)"],
      ['services/auth/x.test.ts', "join(import.meta.dirname, '../../../shared/data', name)"],
      ['standalone/x.test.ts', `\`\${projectRoot}../shared/data\``],
      ['tidy/x.ts', "join(root, '../beside')"],
      ['lib/x.ts', "join('..', '../..')"],
    ];
    expect(outside.filter(([path, line]) => !leavesTheProject(path, line))).toEqual([]);
    const inside: [string, string][] = [
      ['services/auth/x.ts', "new URL('../../web/', import.meta.url)"],
      ['lib/kit/x.ts', "import.meta.url.includes('/dist/') ? '../../kit/recordings/' : './recordings/'"],
      ['tidy/sources.ts', "new URL('..', import.meta.url)"],
      ['lib/x.ts', 'const all = [...one, ...two];'],
    ];
    expect(inside.filter(([path, line]) => leavesTheProject(path, line))).toEqual([]);
  });
});

describe('what only one place may do', () => {
  it('only lib/lifecycle ends the process or listens for signals', () => {
    expect(matches(product, /process\.(exit\(|on\(|once\()/, (path) => path.startsWith('lib/lifecycle/'))).toEqual([]);
  });
  it('only main.ts reads the environment', () => {
    expect(matches(product, /process\.env\b/, (path) => path.endsWith('/main.ts'))).toEqual([]);
  });
  it('time comes from the clock', () => {
    // lib/grpc states deadlines in wall-clock time, as its library wants them; lib/http bounds a check of the running
    // process.
    const allowed = /^lib\/(clock|grpc|http|lifecycle)\/|^clients\/typescript\/clock\.ts$|\/main\.tsx?$/;
    expect(
      matches(product, /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|\bperformance\.now\(/, (path) =>
        allowed.test(path),
      ),
    ).toEqual([]);
  });
  it('only lib/config writes an address, because an IPv6 host stands in brackets', () => {
    const [joined, apart] = [/\$\{[\w.]*host\}:\$\{/i, /includes\(':'\) \? `\[/];
    const allowed = (path: string) => path === 'lib/config/config.ts';
    expect([...matches(product, joined, allowed), ...matches(product, apart, allowed)]).toEqual([]);
  });
  it('only lib/retry lets pauses grow', () => {
    // The dashboard's scripts reach the browser as they are compiled, without what they would import.
    const allowed = /^lib\/retry\/|^services\/dashboard\/browser\//;
    expect(matches(product, growingPause, (path) => allowed.test(path))).toEqual([]);
  });
  it('a pause that grows is seen, and no other power', () => {
    const growing = [
      'Math.min(capMs, baseMs * 2 ** times)',
      'x = 2 ** Math.min(n, 16) * firstMs',
      'retryMs = Math.min(2 * retryMs, maxRetryMs)',
    ];
    expect(growing.filter((line) => !growingPause.test(line))).toEqual([]);
    const others = [
      'const maxTimerMs = 2 ** 31 - 1;',
      'const units = 2n ** bits;',
      'Math.min(2 * closeMs + 1, 5)',
      'size * 2 ** level',
    ];
    expect(others.filter((line) => growingPause.test(line))).toEqual([]);
  });
  it('chance comes from outside too', () => {
    expect(matches(product, /\bMath\.random\(/, (path) => path.endsWith('/main.ts'))).toEqual([]);
  });
});

describe('names and habits', () => {
  it('files and folders are kebab-case nouns', () => {
    const wrong = sources.filter(
      ({ path }) =>
        !/^[a-z0-9/.-]+$/.test(path) || /(^|\/)(utils?|helpers?|common|manager|misc|impl)(\/|\.|$)/.test(path),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
  const others = sources.filter(({ path }) => path !== 'tidy/tidy.test.ts');
  it('nothing is left half done or switched off', () => {
    expect(wrongLines(others, isUnfinished)).toEqual([]);
  });
  it('nothing is untyped', () => {
    expect(wrongLines(others, isUntyped)).toEqual([]);
  });
  it('these two rules see what they are for, and nothing else', () => {
    const unfinished = [
      '// TODO: later',
      '  * FIXME',
      '// @ts-ignore',
      'x(); // biome-ignore lint/x: y',
      "it.skip('x')",
      "it.concurrent.only('x')",
    ];
    expect(unfinished.filter((line) => !isUnfinished(line))).toEqual([]);
    expect(['const todo = 1;', "describe.skipIf(!x)('y')", '// skips it.'].filter(isUnfinished)).toEqual([]);
    const untyped = [
      'const x: any = 1;',
      'f(x as any);',
      'type X = any;',
      'new Map<any, string>()',
      'Map<string, any>',
      'let a: any[];',
      'a: string | any',
      '(x: any) => 1',
    ];
    expect(untyped.filter((line) => !isUntyped(line))).toEqual([]);
    const typed = [
      'expect.any(String)',
      '// as any other',
      "it('is as any other', x)",
      "help: 'any text'",
      "a ? 'x' : anything",
      '/* of : any */',
    ];
    expect(typed.filter(isUntyped)).toEqual([]);
  });
  it('every workspace is called after its folder; a client after what it is, in the folder of its language', () => {
    const wrong = projectFiles()
      .filter((path) => path.endsWith('/package.json'))
      .filter(
        (path) =>
          (JSON.parse(readFileSync(join(root, path), 'utf8')) as { name: string }).name !==
          `@tickfolio/${path.startsWith('clients/') ? 'client' : path.split('/').at(-2)}`,
      );
    expect(wrong).toEqual([]);
  });
  it('no workspace exports its root, save what others install', () => {
    const manifests = projectFiles().filter((path) => path.endsWith('/package.json') && !path.startsWith('clients/'));
    expect(
      manifests.filter(
        (path) => '.' in ((JSON.parse(readFileSync(join(root, path), 'utf8')) as { exports?: object }).exports ?? {}),
      ),
    ).toEqual([]);
  });
  it('no recorded data, archives or data folders are committed', () => {
    const made = 'lib/kit/recordings/made.frames.jsonl';
    expect(projectFiles().filter((path) => /\.(jar|gz|tgz|zip|sqlite|parquet)$|frames\.jsonl/.test(path))).toEqual([
      made,
    ]);
    expect(statSync(join(root, made)).size).toBeLessThan(40_000);
  });
});
