import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../sources.js';
import { apply } from './edits.js';
import { bffEdits } from './edits-of-bff.js';
import { deployEdits } from './edits-of-deploy.js';
import { serviceEdits } from './edits-of-services.js';

describe('the edits of the trial service', () => {
  it('still fit the files, whoever has changed their lines', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tickfolio-edits-'));
    try {
      for (const edit of [...serviceEdits, ...bffEdits, ...deployEdits]) {
        mkdirSync(join(folder, dirname(edit.path)), { recursive: true });
        cpSync(join(root, edit.path), join(folder, edit.path));
        expect(() => apply(folder, edit)).not.toThrow();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
