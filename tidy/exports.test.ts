import { describe, expect, it } from 'vitest';
import { readSubpaths, subpathsOf, unusedExports } from './exports.js';
import { readSources, type Source } from './sources.js';

/** What stays although only tests take it, and why. */
const kept: Readonly<Record<string, string>> = {
  'services/services.ts': 'the registry is data; most of it is there to be compared with what is deployed',
  'services/servers.ts': 'as the registry',
  'lib/clickhouse/error.ts': 'what the port says of its errors, held by the contract suite of every adapter',
  'lib/events/domain-event.ts': 'the form of every event of the trading core, which is being built on it',
  'lib/events/balance-events.ts': 'as the form of events',
  'lib/events/domain-topics.ts': 'as the form of events',
  'lib/events/portfolio-events.ts': 'as the form of events',
  'lib/outbox/inbox/inbox.ts': 'how services take events in, which those of the trading core do first',
  'lib/outbox/inbox/owner.ts': 'as the inbox',
  'lib/outbox/inbox/start-inbox.ts': 'as the inbox',
  'lib/outbox/inbox/taking/consumed-topic.ts': 'as the inbox',
  'lib/outbox/inbox/taking/parked.ts': 'as the inbox',
  'lib/outbox/inbox/taking/tables.ts': 'as the inbox',
  'lib/postgres/database-time.ts': 'a database whose time a test decides',
};

const source = (path: string, text: string, forTests = false): Source => ({
  path,
  text,
  forTests,
  workspace: 'lib',
  imports: [],
});

describe('what a file exports', () => {
  it('is taken by somebody; by more than tests, unless the file needs it itself', () => {
    const unused = unusedExports(readSources()).filter(({ path }) => kept[path] === undefined);
    expect(unused.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });
  it('of a workspace is a subpath that somebody imports', () => {
    const imported = readSources().flatMap(({ imports }) => imports);
    // Of a kit, which others may take from, not every file is for others.
    const kitOf = (name: string) => /^.+\/kit(?=\/[\w-]+$)/.exec(name)?.[0];
    const isImported = (subpath: string) =>
      imported.some((name) => name === subpath || (kitOf(name) !== undefined && kitOf(name) === kitOf(subpath)));
    const unused = [...readSubpaths()].filter(([subpath, path]) => !isImported(subpath) && kept[path] === undefined);
    expect(unused.map(([subpath]) => subpath)).toEqual([]);
  });
  it('by a pattern is every file that it stands for, but for what another line keeps or gives', () => {
    const exports = {
      './*': { 'tickfolio-source': './*.ts' },
      './inner': null,
      './room/*': null,
      './late': { 'tickfolio-source': './room/late.ts' },
    };
    const paths = ['api/a.ts', 'api/a.test.ts', 'api/inner.ts', 'api/room/late.ts', 'api/package.json', 'lib/b.ts'];
    expect(subpathsOf('api', exports, paths)).toEqual([
      ['./a', 'api/a.ts'],
      ['./late', 'api/room/late.ts'],
    ]);
  });
  it('is taken by name, through what passes it on, and when it is loaded late', () => {
    const files = [
      source(
        'lib/a.ts',
        'export const used = 1;\nexport const unused = 2; // used\nexport const late = 3;\nexport class Passed {}\n',
      ),
      source('lib/room.ts', "export { type Passed as Given, unused } from './a.js';\n"),
      source(
        'lib/b.ts',
        "import { used } from './a.js';\nimport type { Given } from '@tickfolio/lib/room';\nimport('./a.js').then(({ late }) => late);\n",
      ),
    ];
    const found = unusedExports(files, new Map([['@tickfolio/lib/room', 'lib/room.ts']]));
    expect(found).toEqual([
      { path: 'lib/a.ts', name: 'unused' },
      { path: 'lib/room.ts', name: 'unused' },
    ]);
  });
  it('may be there for a test where the file needs it too, and a type where it says what another export takes', () => {
    const files = [
      source(
        'lib/a.ts',
        'export const inner = 1;\nexport const dead = 2;\nconst own = inner;\nexport interface Options {}\ninterface Own {}\nexport type Alone = Own;\nexport const outer = (options: Options) => own;\n',
      ),
      source('lib/a.test.ts', "import { dead, inner } from './a.js';\n", true),
      source('lib/b.ts', "import { outer } from './a.js';\n"),
    ];
    expect(unusedExports(files, new Map())).toEqual([
      { path: 'lib/a.ts', name: 'dead' },
      { path: 'lib/a.ts', name: 'Alone' },
    ]);
  });
});
