import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages } from './pages.js';
import { root } from './sources.js';

for (const [path, text] of Object.entries(pages)) writeFileSync(join(root, path), text());
