import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './sources.js';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** The files of gen/ that are not generated. */
const byHand = new Set(['descriptors.ts', 'package.json', 'tsconfig.json']);

// Several runs of another program, each of which a busy machine keeps waiting.
it('gen/ is what proto/ generates', { timeout: 120_000 }, () => {
  const fresh = mkdtempSync(join(tmpdir(), 'tickfolio-gen-'));
  try {
    const buf = join(root, 'node_modules/.bin/buf');
    execFileSync(buf, ['generate', 'proto', '-o', fresh], { cwd: root });
    for (const name of readdirSync(join(root, 'proto')))
      if (existsSync(join(root, 'proto', name, 'v1')))
        execFileSync(
          buf,
          ['build', 'proto', '--path', `proto/${name}/v1`, '-o', join(fresh, 'gen', name, 'v1/descriptors.binpb')],
          {
            cwd: root,
          },
        );
    const files = filesBelow(join(fresh, 'gen'));
    expect(files.length).toBeGreaterThan(2);
    // What a proto file left behind when it went is still imported by nobody, but looks as if it could be.
    const present = filesBelow(join(root, 'gen')).filter(
      (file) => !byHand.has(file) && !/^(dist|node_modules)\//.test(file),
    );
    expect(present).toEqual(files);
    for (const file of files) {
      const same = readFileSync(join(fresh, 'gen', file)).equals(readFileSync(join(root, 'gen', file)));
      expect(same, `gen/${file} is out of date: run "make gen"`).toBe(true);
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});
