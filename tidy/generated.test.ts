import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './sources.js';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

it('gen/ is what proto/ generates', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'tickfolio-gen-'));
  try {
    const buf = join(root, 'node_modules/.bin/buf');
    execFileSync(buf, ['generate', 'proto', '-o', fresh], { cwd: root });
    execFileSync(buf, ['build', 'proto', '-o', join(fresh, 'gen/descriptors.binpb')], { cwd: root });
    const files = filesBelow(join(fresh, 'gen'));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const same = readFileSync(join(fresh, 'gen', file)).equals(readFileSync(join(root, 'gen', file)));
      expect(same, `gen/${file} is out of date: run "make gen"`).toBe(true);
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});
