import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePackage } from './package.js';

const run = promisify(execFile);
/** Compressed as the page's own scripts are. */
const maxBytes = 8 * 1024;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let installed: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  installed = join(folder.path, 'node_modules/@tickfolio/client');
  await makePackage(installed);
});
afterAll(() => folder.remove());

const program = `
import { type DecimalText, type Frame, isProblem, tickfolio } from '@tickfolio/client';
const t = tickfolio({ url: 'http://127.0.0.1:1', WebSocket: class { constructor(_url: string, _protocols: string[]) {} close() {} } });
export const totals = async (): Promise<DecimalText[]> => {
  const found: DecimalText[] = [];
  for await (const frame of t.portfolio.live() as AsyncIterable<Frame>) found.push(frame.TotalValue);
  return found;
};
try {
  await t.signIn('alice', 'correct horse battery');
} catch (thrown) {
  console.log(isProblem(thrown, 0) ? 'nobody answers' : thrown);
}
`;

describe('the package that others install', () => {
  it('is one script of at most 8 KiB, compressed', async () => {
    const { readFile } = await import('node:fs/promises');
    const script = await readFile(join(installed, 'index.js'));
    expect(script.toString()).not.toMatch(/\bimport\b/);
    expect(brotliCompressSync(script).length).toBeLessThanOrEqual(maxBytes);
  });

  it.each([
    ['Node', ['--lib', 'ES2023', '--types', 'node']],
    ['a browser', ['--lib', 'ES2023,DOM,DOM.AsyncIterable', '--types', '']],
  ])('compiles and runs outside of this project, with the types of %s', async (_where, types) => {
    await writeFile(join(folder.path, 'program.ts'), program.replaceAll('console.', 'globalThis.console.'));
    await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
    await symlink(join(projectRoot, 'node_modules/@types'), join(folder.path, 'node_modules/@types')).catch(
      (err: NodeJS.ErrnoException) => {
        if (err.code !== 'EEXIST') throw err; // There from the case before.
      },
    );
    const options = ['--module', 'NodeNext', '--target', 'ES2023', '--strict', '--exactOptionalPropertyTypes'];
    const { stdout } = await run(
      process.execPath,
      [join(projectRoot, 'node_modules/typescript/bin/tsc'), ...options, ...types, 'program.ts'],
      { cwd: folder.path },
    ).catch((err: { stdout?: string }) => ({ stdout: err.stdout ?? String(err) }));
    expect(stdout).toBe('');
    expect((await run(process.execPath, ['program.js'], { cwd: folder.path })).stdout).toBe('nobody answers\n');
  });
});
