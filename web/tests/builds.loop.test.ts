import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Builds side by side, as a newcomer makes them who follows the README in two terminals, in a checkout that was never
// built.

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Inside the project, where its packages are found; in a folder that git and all checks leave out. */
const dist = join(root, 'dist');
mkdirSync(dist, { recursive: true });
const checkout = mkdtempSync(join(dist, 'checkout-'));
const page = join(checkout, 'web/dist/page');

/** The project's files, whose workspaces are those of the copy. */
const copyCheckout = () => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const paths = listed.split('\n').filter((name) => name && existsSync(join(root, name)));
  for (const path of paths) cpSync(join(root, path), join(checkout, path));
  const workspaces = join(checkout, 'node_modules/@tickfolio');
  mkdirSync(workspaces, { recursive: true });
  for (const path of paths) {
    const [, folder] = /^((?:services\/)?[\w-]+)\/package\.json$/.exec(path) ?? [];
    if (folder !== undefined) symlinkSync(join(checkout, folder), join(workspaces, basename(folder)));
  }
};

interface Ended {
  readonly code: number;
  readonly told: string;
}
const run = (command: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    execFile(command, args, { cwd: checkout, env }, (err, stdout, stderr) =>
      resolve({ code: err ? 1 : 0, told: stdout + stderr }),
    );
  });
const build = () => run('npm', ['run', '--silent', 'build']);
const buildPage = () => run(process.execPath, ['web/dist/build.js']);
const later = async (ms: number, begin: () => Promise<Ended>): Promise<Ended> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return begin();
};

/** Lines of what went wrong, as an exception is shown. */
const faultsIn = ({ told }: Ended): string[] => told.split('\n').filter((line) => /Error|ENO|^\s+at /.test(line));

/** Files that the index or the worker names and that are not there. */
const missingFiles = (): string[] => {
  const index = readFileSync(join(page, 'index.html'), 'utf8');
  const worker = readFileSync(join(page, 'worker.js'), 'utf8');
  const named = [
    ...index.matchAll(/(?:src|href)="\.\/([^"#?]+)"/g),
    ...worker.matchAll(/\b(assets\/[\w.-]+\.\w+)/g),
  ].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(10);
  return [...named, 'index.html.br', 'index.html.gz'].filter((name) => !existsSync(join(page, name)));
};

describe('two builds at once', () => {
  beforeAll(copyCheckout);
  afterAll(() => rmSync(checkout, { recursive: true, force: true }));

  it('in a new checkout: the second waits, both end well, and the page is whole', { timeout: 600_000 }, async () => {
    const ended = await Promise.all([build(), later(1_000, build)]);
    expect(ended.map(({ code, told }) => (code === 0 ? '' : told))).toEqual(['', '']);
    expect(ended.flatMap(faultsIn)).toEqual([]);
    expect(
      ended.filter(({ told }) => told.includes('Another build is running in this folder; waiting for it ...')),
    ).toHaveLength(1);
    expect(missingFiles()).toEqual([]);
    expect(readdirSync(join(checkout, 'web/dist')).filter((name) => /^page[-.]/.test(name))).toEqual(['page.sources']);
  });

  it.each([0, 1_500])('of the page alone, %d ms apart, leave one whole page', async (ms) => {
    unlinkSync(join(checkout, 'web/dist/page.sources'));
    const ended = await Promise.all([buildPage(), later(ms, buildPage)]);
    expect(ended.map(({ code, told }) => (code === 0 ? '' : told))).toEqual(['', '']);
    expect(ended.flatMap(faultsIn)).toEqual([]);
    expect(missingFiles()).toEqual([]);
    expect(readdirSync(join(checkout, 'web/dist')).filter((name) => /^page[-.]/.test(name))).toEqual(['page.sources']);
  });

  it('that left a broken page before: the next one mends it', async () => {
    const script = readdirSync(join(page, 'assets')).find((name) => name.startsWith('appearance-')) ?? '';
    unlinkSync(join(page, 'assets', script));
    expect((await buildPage()).code).toBe(0);
    expect(missingFiles()).toEqual([]);
    // One that is whole is left as it is.
    const madeAt = new Date(0);
    utimesSync(join(page, 'index.html'), madeAt, madeAt);
    expect((await buildPage()).code).toBe(0);
    expect(statSync(join(page, 'index.html')).mtimeMs).toBe(0);
  });
});
